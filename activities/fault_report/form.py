"""The report form of an operating model, filled: the organisation's own, or the one that comes with kantadesk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from activities.documents.docx_file import marked
from activities.fault_report.form_file import UnusableForm
from activities.fault_report.own_form import own_form
from activities.fault_report.stand_in import stand_in
from workflows.procedure.incident.criteria import DEFAULT_VERSION
from workflows.procedure.operating_model.reporting import Report


def own_files(report: Report, folder: Path) -> tuple[Path, Path] | None:
    """The organisation's own docx and its mapping; None where it has none. Raises ``UnusableForm`` for one alone.

    ``folder``: what relative paths start from.
    """
    if not report.template and not report.mapping:
        return None
    if not (report.template and report.mapping):
        raise UnusableForm("report.template and report.mapping are given together or not at all")
    return folder / report.template, folder / report.mapping


def filled_form(
    report: Report,
    folder: Path,
    values: Mapping[str, str],
    mark: str = "",
    *,
    said: tuple[str, ...] = (),
    version: str = DEFAULT_VERSION,
) -> bytes:
    """The form as docx. Raises ``UnusableForm``.

    ``mark``: a line at the head of every page. ``said`` (remarks) and ``version`` (of the criteria): for ours alone.
    """
    if own := own_files(report, folder):
        return own_form(*own, values, mark)
    content = stand_in(values, said, report.label_languages, version)
    return marked(content, mark) if mark else content

"""The fault report as a docx: our stand-in form, or the organisation's own with its mapping."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.documents.text import cleaned, shortened
from activities.evidence.case_folder import CaseFolders
from activities.fault_report.form import filled_form
from activities.fault_report.form_file import UnusableForm
from activities.fault_report.values import form_values, report_facts
from workflows.incident.ports import FaultReport, FormWriter
from workflows.procedure.identity_codes import identity_codes_in, without_doubts
from workflows.procedure.incident.report_form import ALL_FIELDS, FORM, labels, remarks
from workflows.procedure.operating_model.model import OperatingModel
from workflows.process.messages import Document
from workflows.process.ports import FORM_UNUSABLE, PERSONAL_DATA_FOUND


class FaultReportForm(FormWriter):
    """Writes the form and keeps it in the incident's folder.

    ``operating_model``: the model as it stands now; ``model_folder``: what relative paths in it start from.
    """

    def __init__(self, operating_model: Callable[[], OperatingModel], model_folder: Path, folders: CaseFolders) -> None:
        self._operating_model = operating_model
        self._model_folder = model_folder
        self._folders = folders

    @activity.defn(name="write_fault_report")
    async def write_fault_report(self, report: FaultReport) -> Document:
        """See ``FormWriter``. Filling takes about a tenth of a second, in a thread of its own."""
        return await asyncio.to_thread(self._written, report)

    def _written(self, report: FaultReport) -> Document:
        name = document_name(report)
        if before := self._folders.kept(report.case or report.reference, "documents", name):
            return before
        model = self._operating_model()
        values = form_values(report, model)
        _refuse_identity_codes(values)
        facts = report_facts(report)
        values = {
            field: shortened(_without_doubts(field, cleaned(value)), FORM.shortened) for field, value in values.items()
        }
        said = remarks(values, facts)
        content = self._filled(report, model, {**values, "remarks": "\n".join(said)}, said)
        return self._folders.keep(report.case or report.reference, "documents", name, content)

    def _filled(
        self, report: FaultReport, model: OperatingModel, values: Mapping[str, str], said: tuple[str, ...]
    ) -> bytes:
        decisions = report.status.decisions
        version = decisions[-1].criteria_version if decisions else report.status.criteria_version
        mark = FORM.drill if report.drill else ""
        try:
            return filled_form(model.report, self._model_folder, values, mark, said=said, version=version)
        except UnusableForm as fault:
            raise _unusable(str(fault)) from fault


OUR_OWN = ("own_reference", "kela_reference", "business_id", "organisation_oid", "unit_oid", "phone", "email")
"""Fields that hold numbers by their nature."""


def document_name(report: FaultReport) -> str:
    """The file's name: the same for the same key, and nothing personal in it."""
    key = hashlib.sha256(report.key.encode()).hexdigest()[:8]
    return f"hairioilmoitus-{report.reference}-{report.number}-{key}.docx"


def _without_doubts(field: str, value: str) -> str:
    """What may be a code goes masked; our own numbers stay."""
    return value if field in OUR_OWN else without_doubts(value)


def _refuse_identity_codes(values: Mapping[str, str]) -> None:
    """Both as written and as it would be printed: what is taken out of a text may have split a code."""
    found = [field for field, value in values.items() if identity_codes_in(value) or identity_codes_in(cleaned(value))]
    if found:
        where = ", ".join(labels(ALL_FIELDS[field], ("fi", "en")) for field in found)
        raise ApplicationError(
            "The fault report was not written: what looks like a Finnish personal identity code stands in "
            f"{where}. The desk takes it out of the text and sends the triage again.",
            type=PERSONAL_DATA_FOUND,
            non_retryable=True,
        )


def _unusable(why: str) -> ApplicationError:
    return ApplicationError(
        f"The organisation's own form can't be filled: {why}. Those who keep the operating model correct the docx or "
        "the mapping (kantadesk doctor lists every field) or take both out; until then the desk reports by hand.",
        type=FORM_UNUSABLE,
        non_retryable=True,
    )

"""What goes with the letters about a planned break: the calendar file, and the notice to publish in each language."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.documents.doubts import masked_where_in_doubt
from activities.documents.templates import template
from activities.documents.text import one_line, word
from activities.evidence.case_folder import CaseFolders
from activities.maintenance.calendar_file import calendar_file
from activities.maintenance.facts import break_facts
from workflows.maintenance.ports import MaintenancePapers, MaintenanceSheet
from workflows.procedure.identity_codes import identity_codes_in
from workflows.procedure.languages import LANGUAGES, Language
from workflows.procedure.operating_model.model import OperatingModel
from workflows.procedure.services import named
from workflows.process.messages import Document
from workflows.process.ports import PERSONAL_DATA_FOUND


class BreakPapers(MaintenancePapers):
    """Writes the papers into the folder of the break's case."""

    def __init__(self, model: Callable[[], OperatingModel], folders: CaseFolders) -> None:
        self._model, self._folders = model, folders

    @activity.defn(name="write_maintenance_papers")
    async def write_maintenance_papers(self, sheet: MaintenanceSheet) -> list[Document]:
        """Write the calendar file and the notices; see the port for what it promises."""
        return await asyncio.to_thread(self._write, sheet)

    def _write(self, sheet: MaintenanceSheet) -> list[Document]:
        files = dict(self._files(sheet, self._model()))
        if any(identity_codes_in(content.decode("utf-8").replace("\r\n ", "")) for content in files.values()):
            raise ApplicationError(
                "a text of the break holds what looks like a personal identity code: neither calendar file nor notice "
                "is written. Take the code out with a change",
                type=PERSONAL_DATA_FOUND,
                non_retryable=True,
            )
        plan = masked_where_in_doubt(sheet.plan, ("title", "effect", "text"))
        if plan != sheet.plan:
            files = dict(self._files(sheet.model_copy(update={"plan": plan}), self._model()))
        return [self._folders.keep(sheet.case, "documents", name, content) for name, content in files.items()]

    @staticmethod
    def _files(sheet: MaintenanceSheet, model: OperatingModel) -> Iterator[tuple[str, bytes]]:
        """Each file by its name; the key is in it, so that a second process of the reference overwrites nothing."""
        mark = f"{sheet.sequence}-{hashlib.sha256(sheet.key.encode()).hexdigest()[:6]}"
        yield f"break-{sheet.reference}-{mark}.ics", calendar_file(sheet, model)
        for language in LANGUAGES:
            text = notice(sheet, model, language)
            yield f"notice-{sheet.reference}-{mark}-{language}.txt", text.encode()


def notice(sheet: MaintenanceSheet, model: OperatingModel, language: Language) -> str:
    """The text to publish, in one language."""
    plan = sheet.plan
    facts = break_facts(plan, None, language, model.organisation.time_zone)
    text = template(language, "paper_break_notice").render(
        facts
        | {
            "title": one_line(plan.title),
            "services": named(plan.services, language),
            "organisation": one_line(model.organisation.name_in(language)),
            "withdrawn": sheet.withdrawn,
            "drill": sheet.drill,
            "reference": sheet.reference,
        }
    )
    unverified = f"{word('sender', 'nobody', language)}\n\n" if sheet.is_unverified else ""
    return unverified + text.strip("\n") + "\n"

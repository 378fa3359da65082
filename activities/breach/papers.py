"""The papers of a personal data breach, in each language as a docx and as a text to paste into an e-service.

Both come from the same blocks of one template (``paper_blocks``), so that their words can't differ.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.breach.facts import CODE_MAY_STAND_IN, paper_facts, texts
from activities.breach.notification import sections
from activities.breach.told import phase_of
from activities.documents.as_docx import Frame, as_docx
from activities.documents.as_text import as_text
from activities.documents.blocks import Block, blocks
from activities.documents.doubts import masked_where_in_doubt
from activities.documents.text import word
from activities.evidence.case_folder import CaseFolders
from workflows.breach.ports import BreachPaper, BreachWriter
from workflows.procedure.identity_codes import identity_codes_in
from workflows.procedure.incident.report_form import FORM
from workflows.procedure.languages import Language
from workflows.procedure.operating_model.model import OperatingModel
from workflows.process.messages import Document
from workflows.process.ports import PERSONAL_DATA_FOUND


class BreachPapers(BreachWriter):
    """Writes the papers and keeps them in the case folder that ``BreachPaper.reference`` names.

    ``operating_model``: the model as it stands now. The reference that is shown is the breach's own.
    """

    def __init__(self, operating_model: Callable[[], OperatingModel], folders: CaseFolders) -> None:
        self._operating_model = operating_model
        self._folders = folders

    @activity.defn(name="write_breach_paper")
    async def write_breach_paper(self, paper: BreachPaper) -> list[Document]:
        """See ``BreachWriter``. For each language first the docx, then the text."""
        return await asyncio.to_thread(self._written, paper)

    def _written(self, paper: BreachPaper) -> list[Document]:
        names = [document_name(paper, language, kind) for language in _languages(paper) for kind in ("docx", "txt")]
        before = [self._folders.kept(paper.reference, "documents", name) for name in names]
        if all(before):
            return [document for document in before if document]
        _refuse_identity_codes(paper)
        paper = paper.model_copy(update={"status": masked_where_in_doubt(paper.status, CODE_MAY_STAND_IN)})
        model = self._operating_model()
        contents = [content for language in _languages(paper) for content in _contents(paper, model, language)]
        made = zip(names, contents, strict=True)
        return [self._folders.keep(paper.reference, "documents", name, content) for name, content in made]


def document_name(paper: BreachPaper, language: Language, kind: str) -> str:
    """The file's name: the same for the same key, and nothing personal in it."""
    told_apart: dict[str, list[str]] = {
        "authority_notification": [phase_of(paper)],
        "controller_notice": [str(paper.number)],
    }
    key = hashlib.sha256(paper.key.encode()).hexdigest()[:8]
    which = told_apart.get(paper.paper, [])
    parts = [paper.paper.replace("_", "-"), paper.status.reference, *which, language, key]
    return "-".join(parts) + f".{kind}"


def _languages(paper: BreachPaper) -> tuple[Language, ...]:
    return tuple(dict.fromkeys(paper.languages))


def _contents(paper: BreachPaper, model: OperatingModel, language: Language) -> tuple[bytes, bytes]:
    """The paper in one language as docx and as text. Nothing is answered where the finished text holds a code."""
    facts = paper_facts(paper, model, language)
    parts = paper_blocks(paper, facts, language)
    mark = FORM.drill if paper.drill else ""
    text = as_text(parts, mark)
    if identity_codes_in(text):
        raise _refused("the finished text, where parts of several fields meet")
    return _docx(parts, paper, facts["organisation"], language, mark), text.encode()


def paper_blocks(paper: BreachPaper, facts: dict[str, Any], language: Language) -> list[Block]:
    """The paper of these facts as blocks; that of the authority follows the order of its form.

    Of what a stranger has opened it says so below its title, in the docx as in the text.
    """
    form = {"sections": sections(facts, language)} if paper.paper == "authority_notification" else {}
    parts = blocks(f"paper_{paper.paper}", language, facts | form)
    if paper.status.is_a_strangers:
        title = next(place for place, block in enumerate(parts) if block.kind == "title")
        parts.insert(title + 1, Block("note", (word("sender", "draft", language),)))
    return parts


def _docx(parts: Sequence[Block], paper: BreachPaper, organisation: str, language: Language, mark: str) -> bytes:
    return as_docx(parts, Frame(left=organisation, right=paper.status.reference, language=language, drill_mark=mark))


def _refuse_identity_codes(paper: BreachPaper) -> None:
    found = [name for name, text in texts(paper) if identity_codes_in(text)]
    if found:
        raise _refused(", ".join(found))


def _refused(where: str) -> ApplicationError:
    return ApplicationError(
        "The paper was not written: what looks like a Finnish personal identity code stands in "
        f"{where}. The data protection officer sends the message with that field again, without the code.",
        type=PERSONAL_DATA_FOUND,
        non_retryable=True,
    )

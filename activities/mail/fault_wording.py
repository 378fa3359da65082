"""What a letter says of the fault: as what it is announced, whether it is over, the recipient's advice, where to read.

The phase and the place come with the letter; what a recipient is advised follows the recipient's own sector, whoever
opened the incident. Who speaks for the organisation is offered a text for citizens instead, in three languages.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from activities.documents.moments import moment_in
from activities.documents.text import indented, one_line, word
from workflows.procedure.incident.guidance import (
    CITIZENS_PAGES,
    PROFESSIONALS_PAGES,
    Page,
    citizen_advice,
    guidance_in_letters,
    procedure_for,
)
from workflows.procedure.incident.progress import Phase
from workflows.procedure.incident.situation import FaultSituation
from workflows.procedure.languages import LANGUAGES, Language
from workflows.procedure.operating_model.model import OperatingModel
from workflows.procedure.services import named
from workflows.process.ports import Letter

_GUIDED = ("start", "change", "end")
"""The letters that say what to do."""
_CAME_BEFORE_SITUATIONS: dict[str, Phase] = {"end": "watch"}


def fault_facts(letter: Letter, model: OperatingModel, for_title: Callable[[str], str]) -> dict[str, Any]:
    """What a template may name of the fault. ``for_title``: how a stranger's title is made fit for this letter."""
    situation, language = situation_of(letter), letter.language
    organisation = one_line(model.organisation.name_in(language))

    def said(moment: datetime | None) -> str:
        return moment_in(language, moment, model.organisation.time_zone)

    return {
        "where": word("fault_where", situation.place, language),
        "what_it_is": word("fault_place", situation.place, language).format(organisation=organisation),
        "is_test": situation.place == "test",
        "is_placed": situation.place != "unsaid",
        "hears_of_changes": model.is_told(letter.contact, "change"),
        "hears_of_end": model.is_told(letter.contact, "end"),
        "is_over": situation.is_over,
        "is_back": situation.is_back,
        "awaits_triage": situation.awaits_triage,
        "kela_notice": for_title(one_line(situation.kela_notice)),
        "ended": said(situation.resolved_at),
        "watched_until": said(situation.watch_until),
        "guidance": _guidance(letter, situation),
        "for_citizens": letter.for_citizens,
        "is_drill": letter.drill,
        "citizens": _texts_for_citizens(letter, situation, model) if letter.for_citizens else [],
        **_to_read(letter, situation, model),
    }


def situation_of(letter: Letter) -> FaultSituation:
    """How the fault stands. A letter of the first releases knew only its kind."""
    return letter.situation or FaultSituation(phase=_CAME_BEFORE_SITUATIONS.get(letter.kind, "handling"))


def _guidance(letter: Letter, situation: FaultSituation) -> list[dict[str, Any]]:
    """The advice for the recipient; none for those who are offered the text for citizens."""
    if letter.kind not in _GUIDED or letter.for_citizens:
        return []
    language = letter.language
    return [
        {"topic": each.topic.in_(language), "text": each.text.in_(language), "verified": each.verified}
        for each in guidance_in_letters(letter.services, letter.sector, situation.phase, situation.place)
    ]


def _to_read(letter: Letter, situation: FaultSituation, model: OperatingModel) -> dict[str, Any]:
    """The organisation's own instructions and the national procedure, where a letter says what to do."""
    if letter.kind not in _GUIDED or situation.place == "test":
        return {"own_instructions": [], "procedure": "", "procedure_pages": []}
    language = letter.language
    ours = [each for each in model.instructions if each.is_for(letter.sector)]
    readable = [each for each in ours if each.language == language] or ours
    return {
        "own_instructions": [
            {
                "title": one_line(each.title),
                "place": one_line(each.place),
                "language": word("written_in", each.language, language) if each.language != language else "",
            }
            for each in readable
        ],
        "procedure": procedure_for(letter.sector).title.in_(language),
        "procedure_pages": [shown(page, language) for page in PROFESSIONALS_PAGES.read_in(language)],
    }


def shown(page: Page, language: Language) -> str:
    """The address of a page, marked where nobody has verified it."""
    return page.address if page.verified else f"{page.address} ({word('unverified', 'address', language)})"


def _texts_for_citizens(letter: Letter, situation: FaultSituation, model: OperatingModel) -> list[dict[str, Any]]:
    """The text for citizens in each language, with the page of kanta.fi for them; nothing where there is none."""
    advice = citizen_advice(letter.services, situation.phase, situation.place) if letter.kind in _GUIDED else ()
    texts = []
    for each in LANGUAGES if advice else ():
        names = {
            "organisation": one_line(model.organisation.name_in(each)),
            "services": named(letter.services, each),
        }
        texts.append(
            {
                "language": word("written_in", each, letter.language),
                "text": indented(" ".join(sentence.text.in_(each).format(**names) for sentence in advice)),
                "verified": all(sentence.verified for sentence in advice),
                "page": shown(CITIZENS_PAGES.in_(each), letter.language),
            }
        )
    return texts

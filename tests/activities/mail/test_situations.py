"""Who reads what in which situation: golden texts of subjects, first lines and advice, and what must hold of them all.

``KANTADESK_RETELL=1`` writes the golden texts again: read each difference as the ward, the pharmacy or the editor of
the citizens' page that gets the letter.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from activities.mail.wording import Wording
from tests.activities.mail.post_office import HOSTILE
from tests.activities.mail.situations import (
    FOR_THE_DESK,
    MODEL,
    OWN,
    SITUATIONS,
    UPDATE,
    Told,
    back,
    judged,
    over,
    recipients,
)
from workflows.procedure.incident.guidance import CITIZENS_PAGES, PROFESSIONALS_PAGES
from workflows.procedure.languages import LANGUAGES, Language

GOLDEN = Path(__file__).parent / "golden"
GOES_ON = {"fi": "jatkuu", "sv": "fortsätter", "en": "goes on"}
IN_KANTA = {"fi": "Kanta-palveluissa", "sv": "i Kanta-tjänsterna", "en": "in the Kanta Services"}
GUIDED = {name: told for name, told in SITUATIONS.items() if told.kind != "cancelled"}
IN_FINNISH = ("Suomeksi:", "På finska:", "In Finnish:")
"""Above the text for citizens."""
READ_WHOLE = {
    "start": ("ward", "pharmacy", "social welfare", "communications"),
    "change": ("pharmacy",),
    "end": ("pharmacy", "communications"),
    "update after the end": ("ward", "pharmacy"),
}
INDENT = "    "


def compared_with_golden(name: str, told: str) -> None:
    """Compare with the golden text, which is written first where that is wanted."""
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("KANTADESK_RETELL"):
        golden.write_text(told, encoding="utf-8")
    assert told == golden.read_text(encoding="utf-8")


def first_lines(wording: Wording) -> str:
    """The subject and the first paragraph; of a drill without its banner."""
    paragraphs = [part for part in wording.body.split("\n\n") if not part.startswith("***")]
    lines = [wording.subject, *paragraphs[0].split("\n")]
    return "".join(f"{INDENT}{line}\n" for line in lines)


def advised(wording: Wording) -> str:
    """What the letter advises: the topics; and the beginning of the text for citizens in Finnish."""
    lines = wording.body.split("\n")
    topics = [line.removeprefix("- ").split(":")[0] for line in lines if line.startswith("- ") and ": " in line]
    texts = [after.strip() for line, after in zip(lines, lines[2:], strict=False) if line in IN_FINNISH]
    return "; ".join([*topics, *(f"“{text[:60]}…”" for text in texts)])


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_each_situation_says_to_each_recipient(language: Language) -> None:
    chapters = []
    for name, told in SITUATIONS.items():
        wordings = {who: told.worded(recipient) for who, recipient in recipients(language).items()}
        (first,) = {first_lines(wording) for wording in wordings.values()}
        read = "".join(
            f"{INDENT}{who + ':':<16}{advised(wording)}".rstrip() + "\n" for who, wording in wordings.items()
        )
        text = told.as_text(recipients(language)["ward"])
        chapters.append(f"{name}\n{first}{INDENT}by text message: {text}\n{read}")
    for name, told in FOR_THE_DESK.items():
        chapters.append(f"to the desk: {name}\n{first_lines(told.worded(recipients(language)['ward']))}")
    compared_with_golden(f"situations.{language}", "\n".join(chapters))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pharmacy_in_a_hospitals_fault(language: Language) -> None:
    """A hospital's fault, from its start to an update after its end, as the ward, the pharmacy and others read it."""
    told = {
        "start": Told("start", judged("kela", same_as_notice="yes")),
        "change": Told("change", judged("kela", same_as_notice="yes"), UPDATE),
        "end": SITUATIONS["end, in Kanta"],
        "update after the end": SITUATIONS["update after the end, in Kanta"],
    }
    letters = [
        f"===== {when}, to the {who} =====\nSubject: {wording.subject}\n\n{wording.body}"
        for when, each in told.items()
        for who in READ_WHOLE[when]
        for wording in [each.worded(recipients(language)[who])]
    ]
    compared_with_golden(f"pharmacy_in_a_hospitals_fault.{language}", "\n".join(letters))


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_after_the_end_says_that_the_fault_goes_on(language: Language) -> None:
    for name, told in (SITUATIONS | FOR_THE_DESK).items():
        for recipient in recipients(language).values():
            wording = told.worded(recipient)
            if told.record.phase == "watch" and told.kind != "reminder":
                assert GOES_ON[language] not in wording.subject + wording.body, name
                assert "incident resolve" not in wording.body, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_fault_is_never_announced_as_one_of_kanta(language: Language) -> None:
    for told in (Told("start", judged(**OWN)), Told("change", judged(**OWN), UPDATE), Told("end", over(**OWN))):
        for recipient in recipients(language).values():
            assert IN_KANTA[language] not in told.worded(recipient).subject
    assert IN_KANTA[language] in Told("start", judged("kela")).worded(recipients(language)["ward"]).subject


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_to_read_more_stands_wherever_there_is_advice(language: Language) -> None:
    for name, told in GUIDED.items():
        for recipient in recipients(language).values():
            body = told.worded(recipient).body
            is_test = "test environment" in name
            for page in PROFESSIONALS_PAGES.read_in(language):
                assert (page.address in body) != is_test, name
    assert (
        CITIZENS_PAGES.in_(language).address
        in SITUATIONS["start, in Kanta"].worded(recipients(language)["communications"]).body
    )


@pytest.mark.parametrize(("language", "line"), [("fi", "Ympäristö:  asiakastesti\n"), ("sv", "Miljö:      kundtest\n")])
def test_the_client_test_environment_is_named_in_every_letter(language: Language, line: str) -> None:
    for kind in ("desk_opened", "start", "change", "end", "cancelled", "reminder", "instruction", "not_sent"):
        told = Told(kind, judged("kela", environment="client_test"))
        assert line in told.worded(recipients(language)["ward"]).body, kind
        assert line not in Told(kind, judged("kela")).worded(recipients(language)["ward"]).body, kind


def test_an_address_that_nobody_has_checked_says_so() -> None:
    body = SITUATIONS["start, in Kanta"].worded(recipients("en")["ward"]).body
    pages = PROFESSIONALS_PAGES
    assert f"  {pages.en.address}\n  {pages.fi.address} (address not verified)\n" in body


@pytest.mark.parametrize("sector", ["healthcare", "pharmacy", "social_welfare", "kelain", "supplier"])
def test_advice_follows_the_recipient_whatever_the_sector_of_the_incident(sector: str) -> None:
    for name, told in {
        "start": Told("start", judged("kela", sector=sector)),
        "end": Told("end", over("kela", sector=sector)),
    }.items():
        for who, recipient in recipients("fi").items():
            expected = Told(name, (judged if name == "start" else over)("kela")).worded(recipient)
            assert told.worded(recipient) == expected, who


def test_own_instructions_are_those_of_the_sector_and_of_the_language() -> None:
    start = SITUATIONS["start, in Kanta"]
    assert "- Varautumisohje: Intranet > Varautuminen\n" in start.worded(recipients("fi")["ward"]).body
    assert "Reservrutiner" not in start.worded(recipients("fi")["ward"]).body
    assert "- Reservrutiner: Intranät > Beredskap\n" in start.worded(recipients("sv")["ward"]).body
    assert "- Varautumisohje (på finska): Intranet" in start.worded(recipients("sv")["social welfare"]).body
    assert "Varautumisohje" not in start.worded(recipients("fi")["pharmacy"]).body
    assert "https://apteekit.example.org/ohje" in start.worded(recipients("fi")["pharmacy"]).body


def test_a_title_of_kelas_notice_can_carry_no_identity_code() -> None:
    situation = judged("kela", same_as_notice="yes").situation()
    hostile = situation.model_copy(update={"kela_notice": f"131052-308T {HOSTILE}"})
    told = Told("start", judged("kela"), {"situation": hostile})
    wording = told.worded(recipients("fi")["ward"])
    assert "308T" not in wording.body
    assert "49" not in wording.body


def test_a_notice_of_the_same_fault_contradicts_a_place_of_our_own() -> None:
    assert judged("own", same_as_notice="yes").fault_place() == "unsaid"
    assert judged("own", same_as_notice="no").fault_place() == "own"


def test_what_was_judged_before_a_fault_came_back_holds_no_more() -> None:
    record = back("kela", same_as_notice="yes")
    assert (record.situation().place, record.situation().kela_notice) == ("unsaid", "")
    assert record.situation().watch_until is None
    assert over("kela", same_as_notice="yes").situation().kela_notice


def test_the_text_for_citizens_names_the_organisation_in_each_language() -> None:
    body = SITUATIONS["start, in our own system, no criterion"].worded(recipients("fi")["communications"]).body
    for name in ("Esimerkin hyvinvointialue:", "Exempelområdet:", "Example wellbeing services county:"):
        assert f"    {name}" in body
    assert MODEL.organisation.name_in("sv") == "Exempelområdet"


@pytest.mark.parametrize(
    ("language", "words"), [("fi", "ÄLÄ JULKAISE"), ("sv", "PUBLICERA INTE"), ("en", "DO NOT PUBLISH")]
)
def test_the_text_for_citizens_of_a_drill_is_not_to_be_published(language: Language, words: str) -> None:
    for kind in ("start", "change"):
        drill, real = Told(kind, judged("kela", drill=True)), Told(kind, judged("kela"))
        assert words in drill.worded(recipients(language)["communications"]).body
        assert words not in real.worded(recipients(language)["communications"]).body


def test_a_hostile_name_stays_a_name_in_the_text_for_citizens() -> None:
    model = MODEL.model_copy(
        update={"organisation": MODEL.organisation.model_copy(update={"names": {}, "name": "A {services} {{ 7 * 7 }}"})}
    )
    told = SITUATIONS["start, in our own system, no criterion"]
    assert "    A {services} {{ 7 * 7 }}: there is" in told.worded(recipients("en")["communications"], model).body


@pytest.mark.parametrize(
    ("change", "end", "promised"),
    [
        (["everyone"], ["everyone"], "when the situation changes and when the fault is over."),
        ([], ["everyone"], "We will tell you when the fault is over."),
        (["everyone"], [], "We will tell you when the situation changes."),
        ([], [], ""),
    ],
)
def test_nobody_is_promised_a_letter_that_is_not_sent(change: list[str], end: list[str], promised: str) -> None:
    telling = MODEL.telling.model_copy(update={"change": tuple(change), "end": tuple(end)})
    model = MODEL.model_copy(update={"telling": telling})
    body = SITUATIONS["start, in Kanta"].worded(recipients("en")["ward"], model).body
    assert (promised in body) if promised else ("We will tell you" not in body)

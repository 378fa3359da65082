"""What the letters say, in each language, whatever is put into them."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from pathlib import Path

import pytest

from activities.documents.text import word
from activities.mail.wording import Wording, identity_code_in, worded
from tests.activities.mail.post_office import CODE, HOSTILE, KINDS, NOTICED, document, letter, operating_model
from workflows.procedure.languages import LANGUAGES, Language

MODEL = operating_model()
GROUP_LETTERS = ("start", "change", "end", "cancelled", "instruction")
DESK_LETTERS = ("desk_opened", "known_notice", "notice_ended", "reminder", "overdue", "not_sent")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_is_worded_in_every_language(kind: str, language: str, tmp_path: Path) -> None:
    some = letter(
        kind=kind,
        language=language,
        text="Tilanne on tämä.",
        duty="phone_kela",
        duty_kind="phone_kela",
        due_at=NOTICED + timedelta(minutes=15),
        attachments=[document(tmp_path)],
    )
    wording = worded(some, MODEL)

    assert wording.subject.startswith("[INC-1] ")
    assert "\n" not in wording.subject
    assert "INC-1" in wording.body
    assert "{" not in wording.body
    assert "\n\n\n" not in wording.body
    assert not wording.body.startswith("\n")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_can_do_with_the_bare_minimum(kind: str, language: str) -> None:
    some = letter(kind=kind, language=language, title="", services=[], severity="", extensive=False, noticed_at=None)
    wording = worded(some, MODEL)

    assert wording.subject.startswith("[INC-1] ")
    assert "None" not in wording.body


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_hostile_texts_stay_text(kind: str, language: str) -> None:
    hostile = letter(kind=kind, language=language, title=HOSTILE, text=HOSTILE * 200, duty=HOSTILE, what_to_do=HOSTILE)
    wording = worded(hostile, operating_model(name=HOSTILE.replace("\ud800", "")[:100], unit="a\x00b"))

    invisible = {c for c in wording.subject + wording.body if unicodedata.category(c) in ("Cc", "Cf", "Cs")}
    assert invisible <= {"\n", "\u200d"}
    assert len(wording.subject) <= 200
    assert len(wording.body) < 30_000
    assert "49" not in wording.body
    assert not any(line.startswith("Bcc:") for line in worded(letter(kind=kind, text=HOSTILE), MODEL).body.split("\n"))


def test_a_megabyte_is_cut_and_said_so() -> None:
    body = worded(letter(kind="change", text="a\n" * 500_000), MODEL).body
    assert "[Lyhennetty. Koko teksti on tapauksen tiedoissa.]" in body
    assert body.count("    a\n") == 200


@pytest.mark.parametrize(("language", "mark"), [("fi", "HARJOITUS"), ("sv", "ÖVNING"), ("en", "DRILL")])
@pytest.mark.parametrize("kind", KINDS)
def test_a_drill_is_marked_in_subject_and_body(kind: str, language: str, mark: str) -> None:
    wording = worded(letter(kind=kind, language=language, drill=True), MODEL)
    assert wording.subject.startswith(f"{mark} [INC-1]")
    assert wording.body.startswith(f"*** {mark}.")
    assert wording.body.rstrip().split("\n")[-1].startswith(f"*** {mark}.")


@pytest.mark.parametrize(
    ("language", "never"), [("fi", "EI viedä Reseptikeskukseen"), ("sv", "förs INTE in"), ("en", "NOT keyed into")]
)
def test_prescriptions_are_never_keyed_in_afterwards(language: str, never: str) -> None:
    for kind in ("start", "change", "end"):
        assert never in worded(letter(kind=kind, language=language), MODEL).body


def test_what_is_not_verified_is_shown_as_such() -> None:
    body = worded(letter(kind="end", language="en"), MODEL).body
    watching = next(line for line in body.split("\n") if line.startswith("- Watching:"))
    assert watching.endswith("(not verified)")
    assert "Not verified: the national instruction does not say this." in body


def test_a_pharmacy_reads_the_pharmacys_guidance() -> None:
    body = worded(letter(kind="start", language="sv", sector="pharmacy"), MODEL).body
    assert "Nödvändig läkemedelsbehandling" in body
    assert "Skriv receptet" not in body


def test_times_are_local() -> None:
    assert "22.11.2026 klo 14.05" in worded(letter(), MODEL).body
    assert "22.11.2026 klo 13.05" in worded(letter(), operating_model(time_zone="Europe/Stockholm")).body


@pytest.mark.parametrize("kind", GROUP_LETTERS + DESK_LETTERS)
def test_a_code_in_the_title_is_masked_inside_the_house(kind: str) -> None:
    some = letter(kind=kind, title=f"Potilas {CODE} odottaa")
    wording = worded(some, MODEL)
    assert CODE not in wording.body + wording.subject
    assert "***********" in wording.body
    assert identity_code_in(some, wording) is None


def test_a_code_on_its_way_to_kela_is_found() -> None:
    some = letter(kind="fault_report", contact="kela", title=f"Potilas {CODE}")
    assert identity_code_in(some, worded(some, MODEL)) == "title"


@pytest.mark.parametrize("hidden", [CODE, "131052\u200d-308T", "１３１０５２-308T", "131052\u200b-3\u202e08T"])
def test_a_code_in_the_text_of_a_letter_to_the_groups_is_found(hidden: str) -> None:
    some = letter(kind="change", text=f"Potilas {hidden} odottaa")
    assert identity_code_in(some, worded(some, MODEL)) == "text"


@pytest.mark.parametrize("hidden", [CODE, "131052\u200d-308T", "１３１０５２-308T"])
def test_the_desk_is_told_all_the_same_with_the_code_masked(hidden: str) -> None:
    some = letter(kind="not_sent", text=f"Potilas {hidden} odottaa")
    wording = worded(some, MODEL)
    assert identity_code_in(some, wording) is None
    assert "308T" not in wording.body


def test_a_code_anywhere_in_the_finished_message_is_found() -> None:
    assert identity_code_in(letter(), Wording(subject=f"[{CODE}]", body="")) == "subject"
    assert identity_code_in(letter(), Wording(subject="", body=f"x {CODE}.")) == "body"


def test_the_desk_learns_what_to_send_by_hand_and_where_it_lies(tmp_path: Path) -> None:
    form = document(tmp_path / "a b", "INC-1 häiriö.docx")
    some = letter(
        kind="not_sent",
        duty="report_to_kela",
        duty_kind="report_to_kela",
        attachments=[form],
        text="bad key",
        language="en",
    )
    body = worded(some, MODEL).body
    assert f"{tmp_path}/a b/INC-1 häiriö.docx" in body
    assert "tekninentuki@kanta.fi" in body
    assert "kantadesk duty met INC-1 report_to_kela" in body
    assert "    bad key" in body
    assert "020 634 7787" in body


def test_a_report_without_a_form_says_where_to_look_and_what_to_write() -> None:
    some = letter(kind="not_sent", duty="report_to_kela-2", duty_kind="report_to_kela", severity="low", extensive=False)
    body = worded(some, MODEL).body
    assert "Älä kirjoita siihen henkilötietoja." in body
    assert "kantadesk duty met INC-1 report_to_kela-2" in body
    assert "020 634 7787" not in body


def test_another_message_that_did_not_go_is_told_without_kela() -> None:
    body = worded(letter(kind="not_sent", language="en", text="no such contact"), MODEL).body
    assert "Tell the recipient in another way." in body
    assert "tekninentuki" not in body


def test_a_reminder_says_what_to_do_and_puts_the_command_on_its_own_line() -> None:
    due = NOTICED + timedelta(minutes=15)
    some = letter(kind="overdue", duty="phone_kela", duty_kind="phone_kela", due_at=due)
    wording = worded(some, MODEL)
    assert wording.subject == "[INC-1] MYÖHÄSSÄ: soitto Kelan tekniseen tukeen – määräaika oli 22.11.2026 klo 14.20"
    assert "\n       kantadesk incident call INC-1\n" in wording.body


def test_what_to_do_may_be_said_with_the_letter() -> None:
    assert (
        "Do it thus."
        in worded(letter(kind="reminder", duty_kind="nis2_final_report", what_to_do="Do it thus."), MODEL).body
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_command_for_an_uncertain_notice_decides_nothing_by_itself(language: str) -> None:
    some = letter(kind="notice_uncertain", language=language, to_acknowledge="3f0c", services=["PHR", "WILL"])
    body = worded(some, MODEL).body
    assert "\n       kantadesk notices enter --id 3f0c --kind KIND --service PHR --service WILL\n" in body
    unknown = worded(some.model_copy(update={"services": ()}), MODEL).body
    assert "--id 3f0c --kind KIND --service " in unknown
    assert "--kind fault" not in body + unknown


def test_many_services_do_not_drown_the_subject() -> None:
    wording = worded(letter(language="en", services=["PRESCRIPTION", "PDR", "CDR", "IMAGING"]), MODEL)
    assert wording.subject.endswith("Patient Data Repository +2")
    assert "Imaging data repository" in wording.body


def test_the_letter_to_kela_word_for_word() -> None:
    some = letter(kind="fault_report", contact="kela", extensive=False)
    assert worded(some, MODEL) == Wording(
        subject="[INC-1] Häiriöilmoitus: Resepti-palvelu (Reseptikeskus) – Esimerkin hyvinvointialue",
        body="""\
Hei,

ilmoitamme Kelan tekniseen tukeen häiriöstä. Täytetty häiriöilmoituslomake on liitteenä.

Ilmoittaja: Esimerkin hyvinvointialue, Käyttötuki
Palvelu:    Resepti-palvelu (Reseptikeskus)
Otsikko:    Reseptejä ei voi tallentaa
Havaittu:   22.11.2026 klo 14.05
Vakavuus:   kriittinen
Laajuus:    rajattu
Viite:      INC-1

Meidät tavoittaa vuorokauden ympäri numerosta +358 50 000 0000.

Häiriö on kriittinen, joten soitamme siitä myös numeroon 020 634 7787.

Pyydämme vahvistamaan, että ilmoitus on saapunut, ja kertomaan oman viitteenne. Käyttäkää vastauksessa viitettämme INC-1.

-- 
Esimerkin hyvinvointialue
Vastaus tähän viestiin menee osoitteeseen desk@organisation.example.
""",  # noqa: E501, W291  # the letter's own lines; RFC 3676: a signature begins with two hyphens and a space
    )


def test_the_organisation_signs_with_its_name_in_the_language_of_the_letter() -> None:
    model = operating_model(name="Alue", names={"sv": "Området"}, unit="Tuki", units={"sv": "Stödet"})
    for language, name, unit in (("fi", "Alue", "Tuki"), ("sv", "Området", "Stödet"), ("en", "Alue", "Tuki")):
        wording = worded(letter(kind="fault_report", language=language), model)
        assert wording.subject.endswith(name)
        assert f"{name}, {unit}" in wording.body


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_a_report_that_came_back_asks_for_the_phone_first(language: str) -> None:
    some = letter(kind="not_sent", duty="report_to_kela", duty_kind="report_to_kela", language=language, came_back=True,
                  severity="low", extensive=False)  # fmt: skip
    came_back, never_went = worded(some, MODEL), worded(some.model_copy(update={"came_back": False}), MODEL)
    assert came_back.subject != never_went.subject
    assert came_back.body.index(MODEL.kela.phone) < came_back.body.index("kantadesk duty met INC-1 report_to_kela")
    assert MODEL.kela.phone not in never_went.body
    other = worded(letter(kind="not_sent", language=language, came_back=True), MODEL)
    assert "kantadesk incident call" not in other.body
    assert other.subject != worded(letter(kind="not_sent", language=language), MODEL).subject


@pytest.mark.parametrize(
    ("language", "says", "confirm_it"),
    [
        ("fi", "Mitään ei ole vielä päätetty: määräajat ja muistutukset jatkuvat", "velvoitteen jättäminen tekemättä"),
        ("sv", "Ingenting är beslutat ännu: tidsfristerna och påminnelserna fortsätter", "skyldigheten inte fullgörs"),
        ("en", "Nothing is decided yet: clocks and reminders go on", "not meeting the duty"),
    ],
)
def test_what_waits_for_a_second_person_says_that_nothing_is_decided(language: str, says: str, confirm_it: str) -> None:
    duty = {"duty": "confirm_decision", "duty_kind": "confirm_decision", "decision": "duty_waived"}
    wording = worded(letter(kind="decision_waits", language=language, said_by="Anna Aalto", **duty), MODEL)
    assert confirm_it in wording.subject
    assert says in wording.body
    assert "Anna Aalto" in wording.body
    assert "\n       kantadesk duty confirm INC-1 --decision confirm_decision\n" in wording.body


@pytest.mark.parametrize(
    ("language", "by"),
    [
        ("fi", "Anna Aalto, vahvistanut Bengt Berg"),
        ("sv", "Anna Aalto, bekräftat av Bengt Berg"),
        ("en", "Anna Aalto, confirmed by Bengt Berg"),
    ],
)
def test_what_two_have_decided_names_both(language: str, by: str) -> None:
    two = {"said_by": "Anna Aalto", "confirmed_by": "Bengt Berg"}
    assert by in worded(letter(kind="breach_duty_waived", language=language, **two), MODEL).body


@pytest.mark.parametrize(
    ("language", "mark"), [("fi", "ei ole varmistettu"), ("sv", "är overifierad"), ("en", "is not verified")]
)
def test_a_letter_that_a_stranger_has_led_to_says_so_inside_the_house(language: Language, mark: str) -> None:
    told = [
        worded(letter(kind=kind, language=language, is_unverified=True), MODEL).body for kind in ("change", "start")
    ]
    assert all(mark in body.split("\n")[0] for body in told)
    assert mark not in worded(letter(kind="change", language=language), MODEL).body
    assert mark not in worded(letter(kind="fault_report", language=language, is_unverified=True), MODEL).body
    subjects = [
        worded(letter(kind="change", language=language, is_unverified=each), MODEL).subject for each in (True, False)
    ]
    assert subjects[0] == f"{word('sender', 'brief', language).upper()}: {subjects[1]}"

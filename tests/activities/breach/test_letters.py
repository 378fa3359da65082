"""The letters about a breach: to whom they go, and that they carry no description of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError

from activities.mail.envelope import message_id_for, sealed
from activities.mail.transport import DrillMail, LiveMail
from activities.mail.wording import identity_code_in, worded
from tests.activities.mail.post_office import CODE, NOTICED, document, letter, operating_model
from workflows.procedure.languages import LANGUAGES
from workflows.process.ports import REFUSED_BY_PROVIDER, Letter

MODEL = operating_model()
DUE = NOTICED + timedelta(hours=72)
INSIDE = ("breach_opened", "breach_deadline_moved", "breach_incident_ended")
OUTSIDE = ("breach_notice_controller", "breach_notice_kela")


def mail(some: Letter) -> LiveMail | DrillMail:
    return sealed(some, worded(some, MODEL), MODEL, message_id=message_id_for(some.key, MODEL), dated=NOTICED)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", INSIDE)
def test_inside_the_house_the_letter_says_the_clock_and_no_free_text(kind: str, language: str) -> None:
    some = letter(kind=kind, language=language, due_at=DUE, text=f"Potilas {CODE}", title=f"Potilas {CODE}")
    wording = worded(some, MODEL)
    due = {"fi": "25.11.2026 klo 14.05", "sv": "25.11.2026 kl. 14.05", "en": "25.11.2026 at 14:05"}[language]
    assert due in wording.subject
    assert due in wording.body
    assert "kantadesk breach show INC-1" in wording.body
    assert CODE not in wording.body
    if kind != "breach_deadline_moved":  # which says why it was moved
        assert "Potilas" not in wording.body
    assert identity_code_in(some, wording) is None


@pytest.mark.parametrize("kind", OUTSIDE)
@pytest.mark.parametrize("field", ["title", "text"])
def test_a_code_on_its_way_out_of_the_house_is_found(kind: str, field: str) -> None:
    some = letter(kind=kind, contact="kela", **{field: f"Potilas {CODE}"})
    assert identity_code_in(some, worded(some, MODEL)) == field


def test_a_controller_gets_the_notice_at_its_own_address(tmp_path: Path) -> None:
    notice = document(tmp_path, "controller-notice-BR-1-fi-12345678.docx")
    some = letter(
        kind="breach_notice_controller",
        contact="controller:Apteekki Esimerkki Oy",
        address="tietosuoja@apteekki.example",
        attachments=[notice],
    )
    sent = mail(some)
    assert isinstance(sent, LiveMail)
    assert sent.message["To"] == "tietosuoja@apteekki.example"
    assert [part.get_filename() for part in sent.message.iter_attachments()] == [notice.name]
    assert "Oma 72 tunnin määräaikanne" in worded(some, MODEL).body


def test_a_drill_for_a_controller_carries_no_real_address() -> None:
    some = letter(
        kind="breach_notice_controller",
        contact="controller:Å, Ö <x@y.example>",
        address="tietosuoja@apteekki.example",
        drill=True,
    )
    sent = mail(some)
    assert isinstance(sent, DrillMail)
    assert sent.message["To"] == "controller@drill.invalid"
    assert b"apteekki.example" not in bytes(sent.message)


def test_a_controller_without_an_address_is_told_by_hand() -> None:
    with pytest.raises(ApplicationError, match="Tell them in another way") as refused:
        mail(letter(kind="breach_notice_controller", contact="controller:Apteekki"))
    assert refused.value.type == REFUSED_BY_PROVIDER


def test_nobody_elses_address_comes_with_the_letter() -> None:
    sent = mail(letter(kind="breach_opened", contact="ward-3", address="elsewhere@other.example"))
    assert sent.message["To"] == "ward3@organisation.example"

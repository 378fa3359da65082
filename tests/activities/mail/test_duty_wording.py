"""What letters say of duties: to whom, how and what; a target of our own is never called law."""

from __future__ import annotations

from datetime import timedelta

import pytest

from activities.mail.wording import worded
from tests.activities.mail.post_office import NOTICED, letter, operating_model
from workflows.procedure.breach.rules import RULES, TIMED_BY_LAW
from workflows.procedure.languages import LANGUAGES, Language
from workflows.procedure.operating_model.model import System
from workflows.procedure.tasks import TASKS

MODEL = operating_model()
OWN = sorted({rule.kind for rule in RULES} - TIMED_BY_LAW)
LAW: dict[Language, tuple[str, ...]] = {"fi": ("lakisääte",), "sv": ("lagstadga",), "en": ("by law", "legal")}


def reminder(kind: str, language: Language = "fi", **facts: object) -> str:
    """The body of a reminder of a duty."""
    due_at = NOTICED + timedelta(hours=24)
    some = letter(
        kind="reminder", language=language, duty=kind, duty_kind=kind, due_at=due_at, asked_at=NOTICED, **facts
    )
    return worded(some, MODEL).body


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", OWN)
def test_an_own_target_is_never_called_law(kind: str, language: Language) -> None:
    body = reminder(kind, language, towards="County A").casefold()
    assert not any(word in body for word in LAW[language])


def test_the_72_hours_are_and_what_nobody_has_checked_says_so() -> None:
    assert "Lakisääteinen määräaika: 23.11.2026" in reminder("notify_supervisory_authority")
    assert "Määräaika (tarkistamatta): 23.11.2026" in reminder("nis2_early_warning")


def test_a_report_says_to_whom_how_and_what() -> None:
    body = reminder("report_device_hazard", "en")
    assert "To whom:  Finnish Medicines Agency Fimea (not verified)" in body
    assert "How:      e-mail: laitevaarat@fimea.fi" in body
    assert "How:      telephone: 029 522 3341" in body
    assert "- the hazard: what happened or could have happened, and when" in body
    assert "How:      form: Finnish Transport and Communications Agency" in reminder("nis2_early_warning", "en")
    supplier = reminder("report_to_supplier", "en", towards="system")
    assert "To whom:  the supplier of the system" in supplier
    assert ": system" not in supplier, "what tells duties apart is no name"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_to_a_supplier_names_it_and_tells_it_from_the_maker(language: Language) -> None:
    systems = [
        System(name=name, supplier=supplier)
        for name, supplier in [("A", "Alfa Oy"), ("B", ""), ("C", "Beta"), ("D", "Beta")]
    ]
    model = MODEL.model_copy(update={"systems": tuple(systems)})
    facts = {"duty": "report_to_supplier", "duty_kind": "report_to_supplier", "asked_at": NOTICED}
    told = {
        towards: worded(letter(kind="reminder", language=language, towards=towards, **facts), model)
        for towards in ("system", "device")
    }
    assert "(Alfa Oy; Beta)" in told["system"].body
    assert "Alfa" not in told["device"].body
    assert told["system"].subject != told["device"].subject


def test_two_controllers_are_told_apart() -> None:
    some = letter(kind="overdue", language="en", duty="notify_controller-2", duty_kind="notify_controller", towards="B")
    assert "notice to the controller: B" in worded(some, MODEL).subject


def test_a_processor_is_not_told_of_72_hours() -> None:
    for language in LANGUAGES:
        told = letter(kind="breach_opened", language=language, due_at=NOTICED, is_processor=True)
        assert "72" not in worded(told, MODEL).body
        assert "breach risk" not in worded(told, MODEL).body
    assert "breach risk" not in TASKS["document_breach_by_processor"].en

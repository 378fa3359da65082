"""The command that a reminder gives: complete for its reader; for one of several controllers with that one's name."""

from __future__ import annotations

import shlex

import pytest

from tests.builders import NOON
from workflows.procedure.duties import DutyState
from workflows.procedure.languages import LANGUAGES, Language
from workflows.procedure.names import folded
from workflows.procedure.tasks import what_to_do

SAID = {"reference": "BREACH-7", "duty": "notify_controller-2", "phone": "020 634 7787"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_controller_is_named_in_the_command_that_logs_its_notice(language: Language) -> None:
    plain = what_to_do("notify_controller", language, **SAID)
    assert plain.endswith("kantadesk breach controller BREACH-7")
    assert what_to_do("notify_controller", language, **SAID, towards="Kunta B") == f'{plain} --controller "Kunta B"'


def test_a_name_with_quotation_marks_stays_one_argument() -> None:
    told = what_to_do("notify_controller", "en", **SAID, towards='Apteekki "Kulma" Oy')
    assert shlex.split(told.partition(": ")[2])[-2:] == ["--controller", "Apteekki 'Kulma' Oy"]


def test_other_duties_name_no_controller_in_their_command() -> None:
    for kind in ("confirm_joint_notification", "document_breach", "of_tomorrow"):
        assert what_to_do(kind, "en", **SAID, towards="Kela") == what_to_do(kind, "en", **SAID)


def test_a_name_is_the_same_whatever_its_case_and_spaces() -> None:
    assert folded("  Apteekki\u00a0 A\t") == folded("APTEEKKI a") == "apteekki a"
    assert folded("Straße") == folded("STRASSE")
    assert folded("Kunta A") != folded("KuntaA")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_duty_that_the_facts_no_longer_ask_for_is_decided_on_and_nobody_is_told_to_do_it(language: Language) -> None:
    owed = DutyState(id="notify_controller-2", kind="notify_controller", recipient="Kunta B", basis="t", opened_at=NOON)
    own = owed.model_copy(update={"task": "document_breach_by_processor"})
    assert (owed.task_now, own.task_now) == ("notify_controller", "document_breach_by_processor")
    gone = own.model_copy(update={"no_longer_because": "Kunta B is not named any more"})
    told = what_to_do(gone.task_now, language, **SAID, towards="Kunta B")
    assert "kantadesk duty waive BREACH-7 notify_controller-2" in told
    assert "breach controller" not in told
    assert "--controller" not in told

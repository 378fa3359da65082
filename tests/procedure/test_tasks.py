"""The command that a reminder gives: complete for its reader; for one of several controllers with that one's name."""

from __future__ import annotations

import shlex

import pytest

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

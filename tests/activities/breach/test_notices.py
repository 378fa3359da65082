"""The notices to controllers and to Kela: what each is told, and of whom it is not told."""

from __future__ import annotations

from tests.activities.breach.builder import (
    AWARE,
    status,
)
from tests.activities.breach.written_papers import english
from workflows.breach.messages import Notified


def test_a_controller_reads_of_its_own_clock_and_of_no_other_controller() -> None:
    text = english(paper="controller_notice", controller="Apteekki Esimerkki")
    assert "Apteekki Esimerkki · BR-20261023-K3T9" in text
    assert "As agreed, you notify the supervisory authority of it." in text, "a joint controller"
    assert "We process personal data on your behalf" not in text
    assert "Toinen hyvinvointialue" not in text
    assert "Risk to the persons: High risk" in text  # who notifies has to say it


def test_a_notice_to_an_unnamed_controller_supplements_none() -> None:
    text = english(paper="controller_notice", status=status(role="processor"))
    assert "The controller · BR-20261023-K3T9" in text
    assert "We complete our earlier notice" not in text, "what the authority was told is not what a controller was told"


def test_a_processors_controller_reads_of_its_own_clock_and_of_no_other() -> None:
    some = status(role="processor", risks=(), risk=None, joint_notifier="")
    text = english(paper="controller_notice", controller="Kela", status=some)
    assert "Your own 72 hours to notify the supervisory authority run from when you learn of the breach" in text
    assert "We do not assess the risk" in text
    assert "26.10.2026 at 14:40" not in text
    told = some.model_copy(update={"notifications": (Notified(to="KELA ", at=AWARE, by="dpo"),)})
    again = english(paper="controller_notice", controller="Kela", key="2", status=told)
    assert "We are supplementing our earlier notice (23.10.2026 at 15:40) of a personal data breach." in again


def test_kela_is_told_what_its_page_asks() -> None:
    text = english(paper="kela_notice")
    for label in (
        "Which data",
        "How the data were affected",
        "Noticed, date and time",
        "Place",
        "Detailed description",
    ):
        assert f"\n{label}:" in text
    assert "Prescription service (Prescription Centre), Data Management Service" in text

"""What the papers say of ways, names and agreements, in the language of the paper, and what they leave unsaid."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from activities.breach.saying import channel_in
from activities.breach.told import how_told
from tests.activities.breach.builder import AWARE, bare_status, duty, risk, status
from tests.activities.breach.written_papers import english
from workflows.breach.messages import Controller, Notified
from workflows.procedure.languages import LANGUAGES


@pytest.mark.parametrize("typed", ["kirje", "Brev", " LETTER "])
def test_a_well_known_way_is_said_in_the_language_of_the_paper(typed: str) -> None:
    assert [channel_in(language, typed) for language in LANGUAGES] == ["kirje", "brev", "letter"]


def test_another_way_stands_as_it_was_typed() -> None:
    assert [channel_in(language, "kyläkokous\nsunnuntaina") for language in LANGUAGES] == ["kyläkokous sunnuntaina"] * 3
    assert how_told("Kirje: 1", "sv") == "brev, 1 person"
    assert how_told("by hand, nobody counted", "fi") == "by hand, nobody counted"


def test_each_way_of_telling_the_persons_stands_with_its_time() -> None:
    told = [
        Notified(to="data subjects", at=AWARE + timedelta(hours=h), by="dpo", detail=f"letter: {h}") for h in (3, 2)
    ]
    said = "Informed:\n- 23.10.2026 at 17:40, letter, 2 persons\n- 23.10.2026 at 18:40, letter, 3 persons\n"
    assert said in english(paper="authority_notification", status=status(notifications=tuple(told)))


@pytest.mark.parametrize("kind", ["authority_notification", "kela_notice"])
def test_that_nobody_has_said_who_of_the_joint_controllers_notifies_is_a_row(kind: str) -> None:
    row = "Which of the joint controllers notifies: "
    unsaid = status(joint_notifier="", notifications=())
    assert f"{row}No agreement has been recorded yet. We notify ourselves.\n" in english(paper=kind, status=unsaid)
    ours = f"{row}Exampleshire wellbeing services county\n"
    assert ours in english(paper=kind, status=status(joint_notifier="")), "we have notified"
    assert ours in english(paper=kind, status=status(joint_notifier="us", notifications=()))
    assert row not in english(paper=kind, status=status(role="controller", joint_notifier=""))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"risks": ()}, "- Agree with us who informs the persons concerned if the risk is high.\n"),
        ({}, "- The risk is high: agree with us at once who informs the persons concerned.\n"),
        ({"risks": (risk(risk="risk"),)}, ""),
        (
            {"notifications": (Notified(to="data subjects", at=AWARE, by="dpo", detail="letter: 7"),)},
            "- We have informed the persons concerned: 23.10.2026 at 15:40, letter, 7 persons.\n",
        ),
    ],
)
def test_a_joint_controller_reads_of_the_persons_what_is_so(changes: dict[str, Any], said: str) -> None:
    of = status(joint_notifier="other", joint_notifier_name="Kela", joint_notifier_reason="Agreement", **changes)
    text = english(paper="controller_notice", status=of, controller="Kela")
    assert said in text
    assert text.count("persons concerned") == (2 if said else 1), "the heading, and nothing else of them"


@pytest.mark.parametrize(("others", "is_whole"), [((), True), (("County B",), False)])
def test_a_controller_that_is_not_alone_reads_that_the_whole_breach_is_described(
    others: tuple[str, ...], *, is_whole: bool
) -> None:
    named = tuple(Controller(name=name) for name in ("County A", *others))
    text = english(paper="controller_notice", status=status(role="processor", controllers=named), controller="County A")
    assert ("It is described here as a whole" in text) is not is_whole
    assert ("all controllers together" in text) is not is_whole


def test_a_controller_on_whose_behalf_we_notified_is_not_asked_to_notify() -> None:
    made = Notified(to="A", at=AWARE, by="dpo", phase="preliminary", detail="on behalf of County A")
    text = english(
        paper="controller_notice", status=status(role="processor", notifications=(made,)), controller="county a"
    )
    assert "We have notified the supervisory authority on your behalf: 23.10.2026 at 15:40" in text
    for of_its_own in ("Your own 72 hours", "your own notification", "whether the authority"):
        assert of_its_own not in text


def test_kela_is_spoken_to_and_not_of() -> None:
    other = {"joint_notifier": "other", "joint_notifier_name": "FPA", "joint_notifier_reason": "Agreement"}
    asked = duty("confirm_joint_notification", recipient="FPA")
    waiting = status(notifications=(), duties=(asked,), **other)
    assert "You notify as agreed. We have not received your confirmation yet." in english(
        paper="kela_notice", status=waiting
    )
    met = asked.model_copy(update={"state": "met", "met_at": AWARE})
    confirmed = status(notifications=(), duties=(met,), **other)
    assert "You have confirmed your notification: 23.10.2026 at 15:40" in english(paper="kela_notice", status=confirmed)


@pytest.mark.parametrize(
    ("phase", "risk_row", "measures"),
    [
        ("preliminary", "Not assessed yet", "Nothing recorded yet"),
        ("final", "Not assessed", "Nothing recorded"),
    ],
)
@pytest.mark.parametrize("kind", ["authority_notification", "controller_notice"])
def test_what_was_not_done_is_not_called_unknown(kind: str, phase: str, risk_row: str, measures: str) -> None:
    text = english(paper=kind, status=bare_status(role="joint_controller"), phase=phase)
    assert f"Risk to the persons: {risk_row}\n" in text
    assert f": {measures}\n" in text
    assert "First noticed" not in text, "who is aware of a breach has noticed it"
    assert "Place" not in text

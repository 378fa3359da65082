"""Which process a person means: the last part of a reference, or none at all; and what they are told who mistyped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import click
import pytest
from click.shell_completion import BashComplete

from starter.cli import cli
from starter.client import meant as meaning
from starter.client.meant import ends_with, meant, only_open
from starter.client.references import RETURNED, Reference, new_reference
from starter.client.search import Row
from starter.sending.values import service_named, services_meant
from starter.terminal import prompts
from starter.terminal.errors import NotThere, Unreachable, Wrong
from tests.starter.conftest import Desk, kantadesk

AT = datetime(2026, 11, 22, tzinfo=UTC)


def row(reference: str, process: str = "incident", *, drill: bool = False) -> Row:
    """An open process, as the list has it."""
    return Row(
        reference=reference, phase="handling", severity=None, services=(), next_due=None, overdue=0, rejected=0,
        drill=drill, opened_at=AT, workflow_id=f"{process}-{reference}", run_id="r",
    )  # fmt: skip


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> list[Row]:
    """What Temporal lists; to be filled."""
    rows: list[Row] = []

    async def found(_client: Any, _processes: Any, *, also_closed: bool = False) -> list[Row]:  # noqa: ARG001
        return rows

    async def exists(_client: Any, workflow_id: str) -> bool:
        return workflow_id in {each.workflow_id for each in rows}

    monkeypatch.setattr(meaning, "_rows", found)
    monkeypatch.setattr(meaning, "_exists", exists)
    monkeypatch.setattr(meaning, "talk", lambda conversation: _run(conversation(None, None)))
    return rows


def _run(conversation: Any) -> Any:
    try:
        conversation.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("nothing is waited for here")


@pytest.mark.parametrize(
    ("typed", "whole"),
    [
        ("4f2k", "INC-20261122-4F2K"),
        ("20261122-4f2k", "INC-20261122-4F2K"),
        ("inc-20261122-4f2k", "INC-20261122-4F2K"),
        ("INC-20261122-4F2K", "INC-20261122-4F2K"),
        ("417", "TICKET-417"),
        ("17", "17"),  # a whole one, though another one ends so, too
        ("F2K", "F2K"),  # no part of one: it is not there, and that is said later
        ("breach-INC-1", "breach-INC-1"),
    ],
)
def test_the_last_part_is_enough(typed: str, whole: str, listed: list[Row]) -> None:
    listed += [row("INC-20261122-4F2K"), row("TICKET-417"), row("17"), row("A-17")]
    assert meant(typed, "incident", "breach") == whole


def test_what_may_be_several_is_refused_with_them(listed: list[Row]) -> None:
    listed += [row("A-7"), row("B-7"), row("B-7", "breach")]
    with pytest.raises(Wrong, match="7 may be one of several: A-7, B-7; give more of it"):
        meant("7", "incident")


def test_a_reference_as_it_is_made_here_is_never_looked_up() -> None:
    for kind in ("INC", "MNT", "BR"):
        assert RETURNED.fullmatch(new_reference(AT, kind))


def test_where_nobody_answers_the_text_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(_conversation: Any) -> None:
        raise Unreachable("no")

    monkeypatch.setattr(meaning, "talk", silent)
    assert meant("4f2k", "incident") == "4f2k"


def test_without_a_reference_the_open_one_is_meant(listed: list[Row], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotThere, match="nothing is open"):
        only_open("incident")
    listed += [row("A"), row("A", "breach")]
    assert only_open("incident", "breach") == "A"
    listed.append(row("B", drill=True))
    with pytest.raises(Wrong, match="more than one is open: A, B; give more of it"):
        only_open("incident")
    shown: list[str] = []

    def one_of(_question: str, names: Mapping[str, str]) -> str:
        shown.extend(names.values())
        return "B"

    monkeypatch.setattr(meaning, "may_ask", lambda: True)
    monkeypatch.setattr(meaning, "called", lambda _rows: {"A": "Reseptit eivät aukea"})
    monkeypatch.setattr(prompts, "one_of", one_of)
    assert only_open("incident") == "B"
    assert shown == ["A  Reseptit eivät aukea  handling", "DRILL B  handling"]


def test_only_the_end_of_a_reference_is_a_part_of_it() -> None:
    assert ends_with("INC-1.2", "2")
    assert not ends_with("INC-1.2", "1")
    assert not ends_with("INC-1.2", ".")


@pytest.mark.parametrize(
    ("typed", "ref", "duty"),
    [(["report_to_kela"], None, "report_to_kela"), (["A", "report_to_kela"], "A", "report_to_kela")],
)
def test_a_duty_alone_is_no_reference(typed: list[str], ref: str | None, duty: str) -> None:
    reference = Reference(["ref"], processes=("incident",), then="duty")
    seen: list[object] = []
    reference.callback = lambda _ctx, _parameter, text: seen.append(text)
    command = click.Command("met", params=[reference, click.Argument(["duty"])])
    assert (seen, command.make_context("met", [*typed]).params["duty"]) == ([ref], duty)


def offered(*words: str) -> list[str]:
    """What a shell completes after these words; the last one is incomplete."""
    complete = BashComplete(cli, {}, "kantadesk", "_KANTADESK_COMPLETE")
    return [item.value for item in complete.get_completions([*words[:-1]], words[-1])]


@pytest.mark.parametrize(
    ("words", "among"),
    [
        (("incident", "open", "--service", "PRE"), ["PRESCRIPTION"]),
        (("incident", "open", "--service", "oma"), ["MYKANTA", "PHR"]),
        (("incident", "list", "--service", "res"), ["PRESCRIPTION"]),
        (("incident", "triage", "X", "--criterion", "saf"), ["safety="]),
        (("incident", "triage", "X", "--criterion", "safety=u"), ["safety=unknown"]),
        (("incident", "ack", "X", "--contact", "da"), ["data-protection-officer"]),
        (("incident", "show", "4f"), ["INC-20261122-4F2K"]),
        (("duty", "met", "inc-2026"), ["INC-20261122-4F2K"]),
    ],
)
def test_the_shell_completes_values(words: Sequence[str], among: list[str], listed: list[Row]) -> None:
    listed += [row("INC-20261122-4F2K"), row("TICKET-417")]
    assert offered(*words)[: len(among)] == among


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("incident", "opne"), "Did you mean one of: 'open', 'reopen'?"),
        (("incidnt",), "Did you mean 'incident'?"),
        (("triage", "X"), "Did you mean 'incident triage'?"),
        (
            ("incident", "open", "--title", "x", "--service", "reseptkeskus"),
            "did you mean Prescription service (Prescription Centre)?",
        ),
        (
            ("incident", "open", "--title", "x", "--service", "arkisto"),
            "several services may be meant, Patient Data Repository / Client data",
        ),
    ],
)
def test_what_may_have_been_meant_is_said(arguments: tuple[str, ...], said: str, tmp_path: Any) -> None:
    answer = kantadesk(tmp_path, *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


def test_a_service_by_any_name_or_part() -> None:
    for typed in ("PRESCRIPTION", "reseptikeskus", "Receptcentret", "prescription centre"):
        assert service_named(typed) == "PRESCRIPTION"
    assert service_named("kuva") == "IMAGING"
    assert services_meant("zz") == services_meant("") == []


def test_the_dialogue_takes_names(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {"PRESCRIPTION": "", "MYKANTA": "", "IMAGING": ""}
    for typed in ("1, 2", "1 2", "Reseptikeskus, omakanta", "reseptikeskus omakanta", "prescription,2"):
        monkeypatch.setattr(prompts, "line", lambda _question, typed=typed: typed)
        assert prompts.picked("?", names, meant=services_meant) == ["PRESCRIPTION", "MYKANTA"]


def test_a_running_desk_knows_what_is_meant(desk: Desk) -> None:
    reference = "Ticket-20261122-4F2K"
    assert desk("incident", "open", "--title", "x", "--service", "PDR", "--reference", reference).code == 0
    desk.until(lambda rows: any(each["reference"] == reference for each in rows), "incident", "list", "--json")
    assert desk("incident", "show", "4f2k", "--json").json["reference"] == reference
    missed = desk("incident", "show", "Ticket-20261122-4F2H")
    assert missed.code == 4
    assert f"did you mean {reference}" in missed.err
    for copied in (
        f"incident-{reference}",
        f"Incident-{reference.lower()}",
        f"#{reference}",
        f" {reference} ",
        f"'{reference}'",
    ):
        shown = desk("incident", "show", copied, "--json")
        assert shown.code == 0, shown.err
        assert shown.json["reference"] == reference
    nothing = desk("incident", "show", "incident-NOPE-1")
    assert nothing.code == 4
    assert "there is no incident NOPE-1" in nothing.err, "and nobody is told that it was ended"

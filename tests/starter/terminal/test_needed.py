"""What is given by place and is missing: one line with an example, and in a terminal a question."""

from __future__ import annotations

import shlex
from pathlib import Path

import click
import pytest

from starter.cli import cli
from starter.lazy import LazyGroup
from tests.starter.conftest import Desk, kantadesk
from tests.starter.terminal.pseudo_terminal import Terminal

ALONE = (
    "evidence verify", "duty let-go", "duty let-go breach-X", "keys retire", "keys lost", "completion",
    "breach export --to 2026-01-01", "breach paper X-1", "contacts settle",
)  # fmt: skip


@pytest.mark.parametrize("typed", ALONE)
def test_what_is_missing_is_said_in_one_line_with_an_example(tmp_path: Path, typed: str) -> None:
    answer = kantadesk(tmp_path, *shlex.split(typed))
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.count("\n") == 1
    assert "Missing" not in answer.err
    said, example = answer.err.split("; for example: ")
    assert said.startswith("kantadesk: ")
    assert said.endswith(": is missing")
    words = " ".join(typed.split()[:2] if " " in typed else [typed])
    assert example.startswith(f"kantadesk {words} ")


def commands(group: click.Group, path: str = "kantadesk") -> list[tuple[str, click.Command]]:
    context, found = click.Context(group, info_name=path), []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command
        inside = commands(command, f"{path} {name}") if isinstance(command, LazyGroup) else []
        found += inside or [(f"{path} {name}", command)]
    return found


def test_no_command_leaves_a_missing_parameter_to_click() -> None:
    for path, command in commands(cli):
        context = click.Context(command, info_name=path)
        for parameter in command.get_params(context):
            assert not parameter.required or hasattr(parameter, "question"), (path, parameter.name)


def test_a_duty_is_asked_for_among_those_that_are_open(desk: Desk) -> None:
    reference = desk.incident()
    refused = desk("duty", "met", reference)
    assert refused.code == 2
    assert "DUTY: is missing; for example: kantadesk duty met INC-" in refused.err
    terminal = Terminal(desk, "duty", "waive", reference, "--reason", "Kela called us first")
    terminal.expect("(triage)")
    terminal.expect("Which duty?")
    terminal.type("99")
    terminal.expect("one of the numbers")
    terminal.type("1")
    code, _out = terminal.ended()
    assert code == 3, "the process says that a triage is not waived"

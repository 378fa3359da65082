"""Help and completion import nothing heavy; every command has help with an example."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from starter.cli import cli
from starter.lazy import LazyGroup
from tests.starter.conftest import environment, kantadesk

HEAVY = ("temporalio", "pydantic", "docx", "aiohttp", "cryptography")
PROBE = """
import sys
from starter.cli import run
code = run(sys.argv[1:])
found = [name for name in {heavy!r} if name in sys.modules]
assert code == 0, code
assert not found, found
"""


def groups() -> list[tuple[str, ...]]:
    context = click.Context(cli)
    names = [name for name in cli.list_commands(context) if isinstance(cli.get_command(context, name), LazyGroup)]
    return [(), *((name,) for name in names)]


def commands() -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        if isinstance(command, LazyGroup):
            found += [(name, inner) for inner in command.list_commands(context)]
        else:
            found.append((name,))
    return found


@pytest.mark.parametrize("group", groups(), ids=" ".join)
def test_help_of_a_group_imports_nothing_heavy(group: tuple[str, ...], tmp_path: Path) -> None:
    probe = PROBE.format(heavy=HEAVY)
    done = subprocess.run(
        [sys.executable, "-c", probe, *group, "--help"],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Commands:" in done.stdout


def test_a_command_that_only_lists_loads_neither_models_nor_rules(tmp_path: Path) -> None:
    probe = (
        "import starter.client.search, starter.client.client, sys; "
        "print([n for n in sys.modules if n.startswith('workflows.')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], env=environment(tmp_path), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    loaded = [
        "workflows.process",
        "workflows.process.ids",
        "workflows.process.sealed",
        "workflows.process.sealed.seals",
        "workflows.process.payloads",
        "workflows.procedure",
        "workflows.procedure.local_time",
    ]
    assert done.stdout.strip() == str(loaded)


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_command_has_help_with_an_example(command: tuple[str, ...], tmp_path: Path) -> None:
    shown = kantadesk(tmp_path, *command, "--help")
    assert shown.code == 0, shown.err
    assert f"kantadesk {' '.join(command)}" in shown.out.split("Options:")[0].split("\n", 1)[1]
    assert "\\\\" not in shown.out, "a line that goes on is copied into a shell as it stands"


@pytest.mark.parametrize(
    ("typed", "position", "offered"),
    [("kantadesk incident tri", 2, "triage"), ("kantadesk incident triage --sev", 3, "--severity"),
     ("kantadesk evid", 1, "evidence"), ("kantadesk incident list --phase wa", 4, "watch")],
)  # fmt: skip
def test_the_shell_completes(typed: str, position: int, offered: str, tmp_path: Path) -> None:
    shown = kantadesk(
        tmp_path, _KANTADESK_COMPLETE="bash_complete", COMP_WORDS=typed, COMP_CWORD=str(position)
    )  # fmt: skip
    assert f"plain,{offered}" in shown.out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script_is_printed(shell: str, tmp_path: Path) -> None:
    assert f"{shell}_complete" in kantadesk(tmp_path, "completion", shell).out

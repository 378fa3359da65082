"""The manual page and the completions that the wheel installs, made from the commands: ``make texts`` writes them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from starter.cli import cli
from starter.language.help import in_force
from starter.lazy import LazyGroup
from starter.shells import register

FOLDER = Path(__file__).parents[2] / "starter" / "installed"
COMPLETIONS = {"bash": "kantadesk.bash", "zsh": "_kantadesk", "fish": "kantadesk.fish"}
HEAD = """\
.TH KANTADESK 1 "" "kantadesk" "User Commands"
.SH NAME
kantadesk \\- the incident desk for organisations that use Finland's Kanta Services
.SH SYNOPSIS
.B kantadesk
.RI [ OPTIONS ] " COMMAND " [ ARGS ]...
.SH DESCRIPTION
"""
FOOT = """\
.SH ENVIRONMENT
.TP
.B KANTADESK_DATA_DIR
The folder of everything that is kept.
.TP
.B KANTADESK_BY
Who says what is typed.
.TP
.B KANTADESK_LANGUAGE
fi, sv or en.
.PP
Every setting that
.B kantadesk doctor \\-\\-settings
names has a variable of its own.
.SH EXIT STATUS
0 done; 2 the input is wrong; 3 refused by the process; 4 no such thing; 5 Temporal can't be reached.
"""


def manual() -> str:
    """The whole page."""
    whole = in_force(cli)  # as it is shown: a command that is too long for a line stands on several
    sections = [HEAD + lines(whole.help or ""), ".SH COMMANDS\n", *_commands(cli, "kantadesk"), FOOT]
    return "".join(sections)


def files() -> dict[str, str]:
    """What lies in the folder, by name."""
    register()
    made = {name: get_completion_class(shell) for shell, name in COMPLETIONS.items()}
    scripts = {name: of(cli, {}, "kantadesk", "_KANTADESK_COMPLETE").source() for name, of in made.items() if of}
    return {"kantadesk.1": manual(), **scripts}


def _commands(group: LazyGroup, path: str) -> Iterator[str]:
    context = click.Context(group, info_name=path)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command
        if isinstance(command, LazyGroup):
            yield from _commands(command, f"{path} {name}")
            continue
        inside = click.Context(command, info_name=f"{path} {name}")
        usage = " ".join(command.collect_usage_pieces(inside))
        yield f".SS {escaped(f'{path} {name} {usage}')}\n{lines(command.help or '')}"
        for parameter in command.get_params(inside):
            if record := parameter.get_help_record(inside):
                yield f".TP\n.B {escaped(record[0])}\n{escaped(record[1])}\n"


def lines(text: str) -> str:
    """Help in the words of roff: paragraphs flow, examples stay as they stand."""
    written = []
    for part in text.replace("\\b\n", "\b\n").split("\n\n"):
        if part.strip().startswith("\b"):
            written.append(f".PP\n.nf\n{escaped(part.strip().lstrip(chr(8)).strip(chr(10)))}\n.fi\n")
        elif part.strip():
            written.append(f".PP\n{escaped(' '.join(part.split()))}\n")
    return "".join(written)


def escaped(text: str) -> str:
    """Nothing in a text is a request to roff."""
    safe = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join(f"\\&{line}" if line[:1] in {".", "'"} else line for line in safe.split("\n"))


if __name__ == "__main__":
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")

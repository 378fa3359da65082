"""``kantadesk duty let-go``: a process that was deleted from outside, and was meant to go, is missed no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from starter.language.heard import heard
from starter.language.words import N_, _
from starter.terminal.needed import NeededArgument, NeededOption
from starter.terminal.output import json_option, say, say_json

if TYPE_CHECKING:
    from pathlib import Path


@click.command("let-go")
@click.argument("process", cls=NeededArgument, asks=N_("Which process? Its workflow id, as in the letter"))
@click.option("--reason", cls=NeededOption, metavar="TEXT", help="Why nobody needs to open it again.")
@click.option("--by", metavar="NAME", help="Who decides  [you].")
@json_option
def let_go(process: str, reason: str, by: str | None, as_json: bool) -> None:
    r"""Miss a process no longer that was deleted from outside. PROCESS is its workflow id, as in the watchdog's letter.

    The decision is kept, with who and why, and those who are answerable for the law hear of it. It can't be taken back
    here; opening the process again can be done at any time. To be run where the worker runs.

    \b
      kantadesk duty let-go breach-INC-20261122-7F3K --reason "a test of ours, opened by mistake"
    """
    from starter.client.configuration import settings_in_force
    from starter.sending.who import person, user

    who = person(by, "--by") if by else user()
    decide(settings_in_force().data_dir, process, by=who, reason=reason)
    if as_json:
        say_json({"process": process, "by": who, "let_go": True})
    else:
        say(_("{process} is missed no longer. The watchdog tells so at its next look.", process=process))


def decide(data_dir: Path, process: str, *, by: str, reason: str) -> None:
    """Keep the decision. Raises ``NotThere`` where the process is not missed, ``Wrong`` for what can't be kept."""
    from pydantic import TypeAdapter, ValidationError

    from activities.book.port import BookUnreadable, Happened
    from activities.book.sqlite import SqliteBook
    from starter.terminal.errors import NotThere, Wrong
    from starter.terminal.time_input import now
    from workflows.procedure.model import NeededLine
    from workflows.procedure.watchdog.outside import open_again
    from workflows.process.reading import plainly

    try:
        said = {name: TypeAdapter(NeededLine).validate_python(text) for name, text in (("by", by), ("reason", reason))}
        book = SqliteBook(data_dir)
        run = next((each for each in book.latest() if each.workflow_id == process and each.state == "gone"), None)
        if run is None:
            raise NotThere(_('{process} is not missed here; "kantadesk doctor --watch" names what is', process=process))
        facts = {"process": process, "command": open_again(run), **said}
        key = f"let_go/{process}/{run.run_id}"
        book.write_down(Happened(key=key, kind="let_go", workflow_id=process, at=now(), facts=facts))
        book.change(run, state="let_go")
    except ValidationError as fault:
        raise Wrong(_("--reason, --by: {fault}", fault=heard(plainly(fault)))) from None
    except BookUnreadable as fault:
        raise Wrong(heard(str(fault))) from None

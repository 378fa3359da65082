"""``kantadesk board``: open duties across all processes, live: in a terminal, or as a page for a wall."""

from __future__ import annotations

import asyncio
import os
import select
import sys
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import click

from starter.language.words import _
from starter.terminal.output import json_option, say, say_json, wide_option

if TYPE_CHECKING:
    from temporalio.client import Client

    from starter.board.snapshot import Look, Looking
    from workers.settings import Settings

TERMINAL_GONE = 129
"""As a shell has it for a command that its terminal took along."""


@click.command
@click.option("--every", type=click.FloatRange(1, 3600), default=5.0, show_default=True, help="Seconds between looks.")
@click.option("--drills/--no-drills", default=None, help="Only drills, or none.")
@click.option("--overdue", is_flag=True, help="Only what is past its time.")
@click.option(
    "--html", "page", type=click.Path(dir_okay=False, path_type=Path), help="Write a page for a wall display instead."
)
@click.option("--once", is_flag=True, help="Look once, print or write it, and end.")
@wide_option
@json_option
def board(  # noqa: PLR0917  # click gives every option by name
    every: float, drills: bool | None, overdue: bool, page: Path | None, once: bool, wide: bool, as_json: bool
) -> None:
    r"""Everything that is owed, soonest first, with the time left; kept up to date until q or Ctrl-C.

    Enter opens an incident or a breach, o shows only what is late, d leaves drills out, ? says the rest. LATE and SOON
    (within the hour) are words, so that no colour is needed. Without a terminal it is printed once.

    With --html it writes a page that refreshes itself, for a screen on the wall: references and duties, no names and no
    texts. A page whose writer has stopped says so by itself.

    \b
      kantadesk board
      kantadesk board --no-drills --every 15
      kantadesk board --html /srv/wall/board.html
      kantadesk board --html board.html --once
    """
    from starter.board.snapshot import Looking
    from starter.client.client import talk
    from starter.client.configuration import settings_in_force

    page = page.absolute() if page else None

    looking = Looking(every=every, data_dir=settings_in_force().data_dir, drills=drills, overdue=overdue)
    if page:
        written = talk(lambda client, _settings: _write(client, page, looking, once=once or as_json))
        if as_json:
            say_json(written)
        elif once:
            say(_("Written: {page}", page=page))
        return
    if once or wide or as_json or not (sys.stdout.isatty() and sys.stdin.isatty()):
        look = talk(lambda client, _settings: looking.look(client))
        if as_json:
            say_json(look.found.rows)
        else:
            _print(look, wide=wide)
        look.refuse_silence()
        return
    talk(lambda client, settings: _live(client, settings, looking))


def _print(look: Look, *, wide: bool) -> None:
    from starter.board.columns import GIVEN_UP, columns
    from starter.board.lines import summary
    from starter.terminal.fitted import show_fitted
    from starter.views.kela import whom_at_kela

    if look.lines:
        show_fitted(columns(look.lines, look.at), GIVEN_UP, wide=wide)
    say(summary(look.lines, look.at, look.found.not_asked, look.unconfirmed, look.found.going_on))
    for line in (*look.on_duty, *whom_at_kela(look.at)):
        say(line)


def _end_with_terminal() -> None:
    """End where the terminal is closed: without one the screen would draw, and keep a core busy, for ever."""
    gone = select.poll()
    gone.register(sys.stdin.fileno(), 0)  # nothing but the end of the terminal
    gone.poll()
    os._exit(TERMINAL_GONE)


async def _live(client: Client, settings: Settings, looking: Looking) -> None:
    from starter.board.screen import Board
    from starter.web.command import address_of

    Thread(target=_end_with_terminal, daemon=True).start()
    web = address_of(settings, client.service_client.config.target_host)
    await Board(client, looking, web).run_async()


async def _write(client: Client, page: Path, looking: Looking, *, once: bool) -> dict[str, object]:
    """Write the page now and, unless once, again and again until stopped; an old page says itself that it is old."""
    from starter.board.html import write_page
    from starter.serve.foreground import stop_wanted
    from starter.terminal.errors import Unreachable

    async with stop_wanted() as stop:
        look = await looking.look(client)
        write_page(page, look, looking.every)
        if not once:
            say(_("Writing {page} every {every:g} s. Ctrl-C ends.", page=page, every=looking.every))
        while not once and not stop.is_set():
            try:
                await asyncio.wait_for(stop.wait(), looking.pause)
            except TimeoutError:
                try:
                    look = await looking.look(client)
                except Unreachable as error:
                    said = _("the page is not up to date: {message}", message=error.message)
                    click.echo(f"kantadesk: {said}", err=True)
                else:
                    write_page(page, look, looking.every)
    return {"page": str(page), "open": len(look.lines), "written_at": look.at.isoformat()}

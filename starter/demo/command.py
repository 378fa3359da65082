"""``kantadesk demo``: one complete incident as a drill, on a Temporal of its own, told in the terminal."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from starter.language.words import _
from starter.terminal.output import json_option, say, say_json

if TYPE_CHECKING:
    from starter.demo.story import Story
    from workers.settings import Settings


@click.command
@click.option(
    "--to",
    default="demo-output",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for everything that is made.",
)
@click.option(
    "--pace",
    type=click.FloatRange(0, 60),
    help="Seconds between two scenes  [4 in a terminal, otherwise 0].",
)
@click.option("--keep-running", is_flag=True, help="Leave Temporal Web open at the end, until Ctrl-C.")
@json_option
def demo(to: Path, pace: float | None, keep_running: bool, as_json: bool) -> None:
    r"""A Prescription Centre outage with a suspected breach, as a drill whose clock is moved, from opening to evidence.

    It starts a Temporal of its own and needs no network. Leaves the fault report form, the mails, the timeline and the
    evidence in a folder, with an index.html that leads through them.

    \b
      kantadesk demo
      kantadesk demo --to /tmp/demo --keep-running
    """
    from starter.client.configuration import settings_in_force
    from starter.demo.texting import model_of_demo
    from starter.terminal.errors import Wrong
    from starter.terminal.log_lines import log_to_stderr, sdk_lines_are_logged
    from workers.embedded.server import EmbeddedError

    log_to_stderr()
    sdk_lines_are_logged()
    folder = to.absolute()
    settings = settings_in_force(
        operating_model=model_of_demo(folder),
        data_dir=folder / "desk", evidence_dir=folder / "evidence", outbox_dir=folder / "outbox",
        key_file=folder / "desk" / "keys.toml", mail_transport="outbox", notice_feed=folder / "notices.xml",
        port=0, ui_port=0, http_port=0, codec_port=0,
    )  # fmt: skip
    try:
        made = asyncio.run(_run(settings, folder, silent=as_json, pace=pace, keep_running=keep_running))
    except EmbeddedError as error:
        raise Wrong(str(error)) from None
    if as_json:
        say_json(made)


async def _run(
    settings: Settings, folder: Path, *, silent: bool, pace: float | None, keep_running: bool
) -> dict[str, Any]:
    from starter.demo.index import write_index
    from starter.demo.narration import Narrator
    from starter.demo.notices import NoticeFeedOfDemo
    from starter.demo.story import Story, left_behind
    from starter.serve.foreground import stop_wanted
    from starter.serve.up import everything

    def tell(text: str = "") -> None:
        if not silent:
            say(text)

    feed = NoticeFeedOfDemo(folder / "notices.xml")
    async with stop_wanted() as stop, everything(settings, drills_only=True) as (client, server, _lacks_key):
        readable = 4.0 if sys.stdout.isatty() and not silent else 0.0
        story = Story(client, Narrator(tell, readable if pace is None else pace), feed)
        tell(_("Temporal Web: {link}", link=_link(settings, server.addresses.web, story)))
        telling = asyncio.create_task(story.run())
        await asyncio.wait({telling, stopping := asyncio.create_task(stop.wait())}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not telling.done():
            telling.cancel()
            raise click.Abort
        made = left_behind(telling.result(), folder)
        made["index"] = str(write_index(folder, telling.result(), story.scenes, made))
        for line in made.pop("lines"):
            tell(line)
        if keep_running:
            tell(_("Temporal Web is open: {link}  Ctrl-C ends.", link=_link(settings, server.addresses.web, story)))
            await stop.wait()
        else:
            tell(_('See it in Temporal Web: kantadesk up --data-dir "{data_dir}"', data_dir=settings.data_dir))
    return {**made, "web": story.page(server_web(settings))}


def _link(settings: Settings, web: str, story: Story) -> str:
    """The incident's page, for a browser that has not entered yet."""
    from workers.door.browsers import link
    from workers.door.secrets_file import DoorFile

    return link(DoorFile(settings.door_token_file).secrets(), web, story.page(""))


def server_web(settings: Settings) -> str:
    """Where Web will be when the desk is started again."""
    return settings.web_address or f"http://127.0.0.1:{settings.ui_port or 8233}"

"""``kantadesk up``: Temporal, worker, and the door to Temporal Web and the codec server together, on this machine."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import click

from starter.language.heard import heard
from starter.language.words import Texts, _
from starter.terminal.output import say

if TYPE_CHECKING:
    from temporalio.client import Client

    from workers.connection import EmbeddedAddresses
    from workers.embedded.server import EmbeddedTemporal
    from workers.settings import Settings


PLACES: Texts = {
    "temporal": "Temporal", "web": "Temporal Web", "http_api": "HTTP API", "codec_server": "codec server",
    "seen_page": "links of letters", "data_dir": "data folder", "outbox": "outbox",
    "evidence": "evidence", "operating_model": "operating model",
}  # fmt: skip


@click.command
@click.option("--data-dir", metavar="FOLDER", help="Where everything is kept  [~/.local/share/kantadesk].")
@click.option("--port", metavar="PORT", help="Temporal  [7233]. 0 takes any free port, here and below.")
@click.option("--ui-port", metavar="PORT", help="Temporal Web  [8233].")
@click.option("--http-port", metavar="PORT", help="Temporal's HTTP API  [7243], with --http-api.")
@click.option("--http-api", is_flag=True, default=None, help="Open Temporal's HTTP API, for those who show a token.")
@click.option("--codec-port", metavar="PORT", help="Codec server  [8234].")
@click.option("--json", "as_json", is_flag=True, help="Print the addresses as one JSON document, on one line.")
def up(as_json: bool, **options: str | bool | None) -> None:
    r"""Run everything on this machine until Ctrl-C or SIGTERM.

    Started again on the same folder it goes on where it was.

    Mails go to FOLDER/outbox and evidence to FOLDER/evidence, unless configured otherwise. Other commands find it by
    themselves if they use the same folder (KANTADESK_DATA_DIR), or the usual one.

    Temporal Web opens by the link that is printed, once in each browser; "kantadesk web --open open" makes another.

    \b
      kantadesk up
      kantadesk up --data-dir ./desk --port 0 --ui-port 0 --http-port 0 --codec-port 0
    """
    from starter.client.configuration import settings_in_force
    from starter.terminal.log_lines import log_to_stderr
    from workers.embedded.ports import PortTaken
    from workers.embedded.server import EmbeddedError

    log_to_stderr(once_started=True)
    settings = settings_in_force(**options)
    try:
        asyncio.run(_run(settings, as_json=as_json))
    except EmbeddedError as error:
        from starter.terminal.errors import Wrong

        raise Wrong(heard(str(error))) from None
    except OSError as error:
        from starter.serve.secured import not_usable

        raise not_usable(settings, error) from None
    except PortTaken as error:
        from starter.client.elsewhere import port_taken

        raise port_taken(settings, str(error)) from None


async def _run(settings: Settings, *, as_json: bool) -> None:
    from starter.serve.foreground import make_keys, stop_wanted
    from starter.terminal.log_lines import sdk_lines_are_logged, started

    sdk_lines_are_logged()
    made = make_keys(settings)
    async with stop_wanted() as stop:
        async with everything(settings) as (_client, server, lacks_key):
            started()
            _announce(server.addresses, settings, as_json=as_json, key_file_made=made)
            await _until_end(stop, server, lacks_key)
        click.echo(_("Stopped. Everything is kept in {data_dir}", data_dir=settings.data_dir), err=True)


@asynccontextmanager
async def everything(
    settings: Settings, *, drills_only: bool = False
) -> AsyncIterator[tuple[Client, EmbeddedTemporal, asyncio.Event]]:
    """Temporal, its door and the worker, running while inside, with an event that is set when the worker lacks a key.

    ``drills_only``: published notices are told to drills, by a notice watch that starts afresh, as in the demo.
    Raises ``EmbeddedError``, ``PortTaken``, ``Wrong``.
    """
    from starter.serve.door import door_process, until_open
    from starter.serve.foreground import keys_of, make_keys
    from starter.serve.worker import worker_with_keys
    from workers.connection import connect_to
    from workers.door.secrets_file import DoorFile
    from workers.embedded.desks import DATABASE
    from workers.embedded.server import EmbeddedTemporal
    from workers.server_settings import differences, shorter_retention
    from workers.setup import set_up
    from workers.singletons import NOTICE_WATCH, ensure_standing, restart
    from workflows.notices.messages import WatchOpening

    make_keys(settings)
    keys, is_old = keys_of(settings), (settings.data_dir / DATABASE).exists()
    DoorFile(settings.door_token_file).make_where_missing()
    async with EmbeddedTemporal(settings) as server, door_process(server, settings) as is_open:
        client = await connect_to(server.addresses.address, keys, role="kantadesk-up")
        kept = await set_up(client, settings)
        found = shorter_retention(kept if is_old else settings.retention, settings.retention)
        for each in (*found, *await differences(client, settings)):
            said = _("LOOK AT this: {what}; {to_do}", what=heard(each.what), to_do=heard(each.to_do))
            click.echo(f"kantadesk: {said}", err=True)
        if drills_only:
            await restart(client, NOTICE_WATCH, WatchOpening(drill=True))
        await ensure_standing(client)
        async with worker_with_keys(client, settings) as lacks_key:
            await until_open(is_open)
            yield client, server, lacks_key


async def _until_end(stop: asyncio.Event, server: EmbeddedTemporal, lacks_key: asyncio.Event) -> None:
    """Until a stop is wanted, or the worker lacks a key; raises ``Unreachable`` where the server ends by itself."""
    from starter.serve.worker import first_of
    from starter.terminal.errors import Unreachable

    await first_of(stop.wait(), lacks_key.wait(), server.ended())
    if not stop.is_set() and not lacks_key.is_set():
        raise Unreachable(_("the Temporal server has ended by itself; see {log}, then start again", log=server.log))


def _announce(addresses: EmbeddedAddresses, settings: Settings, *, as_json: bool, key_file_made: bool) -> None:
    from workers.door.browsers import link
    from workers.door.secrets_file import DoorFile

    places: dict[str, str] = {
        "temporal": addresses.address,
        "web": addresses.web,
        "http_api": addresses.http,
        "codec_server": addresses.codec,
        "seen_page": addresses.seen,
        "web_link": link(DoorFile(settings.door_token_file).secrets(), addresses.web),
        "data_dir": str(settings.data_dir),
        "outbox": str(settings.outbox_dir),
        "evidence": str(settings.evidence_dir),
        "operating_model": str(settings.operating_model),
    }
    if as_json:
        sys.stdout.write(json.dumps(places) + "\n")
        sys.stdout.flush()
        return
    say(_("kantadesk is running. Ctrl-C stops it; nothing is lost."))
    places["web"] = places.pop("web_link") + "  " + _("(opens once; another: kantadesk web --open open)")
    places["http_api"] = places["http_api"] or _("off (kantadesk up --http-api)")
    places["seen_page"] = places["seen_page"] or _("off (setting door_port)")
    for name, place in places.items():
        say(f"  {_(PLACES[name]):<18} {place}")
    if not addresses.seen and _letters_bear_links(settings):
        say("  " + _("LOOK AT this: letters bear links to a page that is off: set door_port (docs/security.md)."))
    if settings.origins["operating_model"].startswith("the example"):
        say("  " + _("This is the example organisation. Put your own operating-model.toml into the data folder."))
    if key_file_made:
        say(
            "  "
            + _(
                "A new key file was made: {key_file}. Back it up: without it nobody can read an incident.",
                key_file=settings.key_file,
            )
        )
    say(_('Next, in another terminal: kantadesk incident open --title "..." --service PRESCRIPTION'))
    sys.stdout.flush()


def _letters_bear_links(settings: Settings) -> bool:
    from starter.client.configuration import operating_model

    model = operating_model(settings)
    return bool(model and model.acknowledgement_links.address)

"""``kantadesk codec-server``: lets Temporal Web read what is encrypted."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from starter.language.heard import heard, system_says
from starter.language.words import _
from starter.terminal.output import say

if TYPE_CHECKING:
    from workers.settings import Settings


@click.command("codec-server")
@click.option("--port", "codec_port", metavar="PORT", help="Port; 0 takes any free one. Setting: codec_port.")
def codec_server(codec_port: str | None) -> None:
    r"""Let Temporal Web and the temporal command read what is encrypted, until Ctrl-C or SIGTERM.

    Anybody who reaches it can read every incident: it listens on this machine only, unless the settings say otherwise
    (codec_host, codec_token_file, codec_origins).

    \b
      kantadesk codec-server
      temporal workflow show -w incident-INC-20261122-7F3K --detailed --codec-endpoint http://127.0.0.1:8234
    """
    from starter.client.configuration import settings_in_force
    from starter.terminal.log_lines import log_to_stderr

    log_to_stderr()
    asyncio.run(_serve(settings_in_force(codec_port=codec_port)))


async def _serve(settings: Settings) -> None:
    from starter.serve.foreground import keys_of, stop_wanted
    from starter.terminal.errors import Wrong
    from workers.door.doors import codec_server as serving
    from workers.door.guard import guard
    from workers.settings import SettingsError

    origins = (f"http://127.0.0.1:{settings.ui_port}", f"http://localhost:{settings.ui_port}")
    try:
        guarded = guard(settings, origins)
        async with (
            stop_wanted() as stop,
            serving(keys_of(settings), guarded, settings.codec_host, settings.codec_port) as address,
        ):
            say(_("Codec server: {address}  Ctrl-C stops.", address=address))
            await stop.wait()
    except SettingsError as error:
        raise Wrong(heard(str(error))) from None
    except OSError as error:
        raise Wrong(
            _(
                "can't listen on {codec_host}:{codec_port} ({strerror}); choose another --port",
                codec_host=settings.codec_host,
                codec_port=settings.codec_port,
                strerror=system_says(error),
            )
        ) from None

"""``kantadesk worker``: a worker beside your own Temporal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from starter.printing import say

if TYPE_CHECKING:
    from temporalio.client import Client
    from temporalio.worker import Worker

    from workers.settings import Settings


@click.command
def worker() -> None:
    r"""Run a worker until Ctrl-C or SIGTERM. It does what the incidents need: remind, write, send.

    Several may run at once, on one machine or many; they must share the evidence folder and the key file.

    \b
      TEMPORAL_ADDRESS=temporal.example.org:7233 kantadesk worker
    """
    from starter.running import log_to_stderr
    from starter.speaking import talk

    log_to_stderr()
    talk(_work)


async def _work(client: Client, settings: Settings) -> None:
    from starter.running import stop_wanted
    from starter.speaking import within_reach
    from workers.setup import missing_search_attributes

    if missing := await within_reach(missing_search_attributes(client), "namespace"):
        from starter.failure import Wrong

        raise Wrong(f'the namespace lacks {", ".join(missing)}; run "kantadesk setup" first')
    async with stop_wanted() as stop, worker_for(client, settings):
        say(f"Working for {client.service_client.config.target_host}, namespace {client.namespace}. Ctrl-C stops.")
        await stop.wait()
        say("Stopping ...")


def worker_for(client: Client, settings: Settings) -> Worker:
    """The worker with the neighbours that the settings name. Raises ``Wrong`` where one can't be used."""
    from activities.operating_model_faults import OperatingModelFault
    from starter.failure import Wrong
    from workers.settings import SettingsError
    from workers.wiring import build_worker, neighbours

    try:
        return build_worker(client, neighbours(settings, client))
    except (OperatingModelFault, SettingsError) as error:
        raise Wrong("; ".join(str(error).splitlines())) from None

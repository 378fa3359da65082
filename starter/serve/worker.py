"""``kantadesk worker``: a worker beside your own Temporal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import click

from starter.language.heard import heard
from starter.language.words import _
from starter.terminal.output import say

if TYPE_CHECKING:
    from temporalio.client import Client
    from temporalio.worker import Worker

    from workers.settings import Settings


@click.command
def worker() -> None:
    r"""Run a worker until Ctrl-C or SIGTERM. It does what the incidents need: remind, write, send.

    Several may run at once, on one machine or many; they must share the data folder and the key file. On several
    machines the ledger of sent mail must lie in PostgreSQL (setting store): a shared folder does not carry it. One that
    lacks a key that an open incident needs does not start (exit code 2), and says which.

    \b
      TEMPORAL_ADDRESS=temporal.example.org:7233 kantadesk worker
    """
    from starter.client.client import talk
    from starter.terminal.log_lines import log_to_stderr

    log_to_stderr(once_started=True)
    talk(_work)


async def _work(client: Client, settings: Settings) -> None:
    from starter.client.client import within_reach
    from starter.serve.foreground import stop_wanted
    from starter.serve.secured import make_signing_key, secure_folder
    from starter.terminal.log_lines import started
    from workers.setup import missing_search_attributes

    secure_folder(settings)
    if missing := await within_reach(missing_search_attributes(client), "namespace"):
        from starter.terminal.errors import Wrong

        raise Wrong(_('the namespace lacks {missing}; run "kantadesk setup" first', missing=", ".join(missing)))
    async with stop_wanted() as stop, worker_with_keys(client, settings) as lacks_key:
        make_signing_key(settings)
        started()
        say(
            _(
                "Working for {target_host}, namespace {namespace}. Ctrl-C stops.",
                target_host=client.service_client.config.target_host,
                namespace=client.namespace,
            )
        )
        await first_of(stop.wait(), lacks_key.wait())
        say(_("Stopping ..."))


@asynccontextmanager
async def worker_with_keys(client: Client, settings: Settings) -> AsyncIterator[asyncio.Event]:
    """The worker, running while inside, with every key that it needs; gives an event that is set when one is missing.

    Raises ``Wrong`` before it takes any work where a key is missing, and at the end where one turned out to be.
    """
    from starter.terminal.errors import Wrong
    from workers.connection import keys_of
    from workers.keys.check import key_book, keys_watched, refuse_without_needed_keys, why_stopped
    from workers.keys.ring import KeyFileError
    from workers.singletons import kept_standing

    keys, book = keys_of(client), key_book(settings)
    if keys is None:
        raise Wrong("a worker needs a client with keys that may change")
    try:
        await refuse_without_needed_keys(client, keys, book)
    except KeyFileError as error:
        raise Wrong(heard(str(error))) from None
    async with (
        keys_watched(keys, book, client.identity) as missing,
        worker_for(client, settings),
        kept_standing(client),
    ):
        yield missing
    if missing.is_set():
        raise Wrong(heard(why_stopped(keys)))


async def first_of(*waits: Coroutine[Any, Any, Any]) -> None:
    """Wait until the first of these is over."""
    tasks = {asyncio.create_task(wait) for wait in waits}
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


def worker_for(client: Client, settings: Settings) -> Worker:
    """The worker with the neighbours that the settings name. Raises ``Wrong`` where one can't be used."""
    from activities.book.sqlite import SqliteBook
    from activities.operating_model.faults import OperatingModelFault
    from activities.store.port import StoreFault
    from starter.terminal.errors import Wrong
    from workers.settings import SettingsError
    from workers.wiring import build_worker, neighbours

    try:
        return build_worker(client, neighbours(settings, client), book=SqliteBook(settings.data_dir))
    except (OperatingModelFault, SettingsError, StoreFault) as error:
        raise Wrong("; ".join(map(heard, str(error).splitlines()))) from None

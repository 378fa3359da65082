"""``kantadesk keys rotate``, ``retire`` and ``lost``."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from starter.language.heard import heard
from starter.language.words import N_, _, n_
from starter.terminal.needed import NeededArgument
from starter.terminal.output import json_option, say, say_json

if TYPE_CHECKING:
    from temporalio.client import Client

    from workers.keys.ring import KeyId
    from workers.keys.rotation import Rotated
    from workers.settings import Settings

WAIT = 120
"""Seconds. A worker that was killed is taken for gone after 90."""


@click.command
@click.option("--wait", type=click.IntRange(0, 3600), default=WAIT, show_default=True, metavar="SECONDS",
              help="How long to wait for workers to see the new key.")  # fmt: skip
@click.option("--force", is_flag=True, help="Don't wait: you have seen to it that every worker knows the new key.")
@json_option
def rotate(wait: int, force: bool, as_json: bool) -> None:
    r"""Write with a new key from now on. Nothing stops, and everything stays readable.

    The new key is first added for reading. It writes once every worker has said that it knows it. A worker that doesn't
    see the changed file stops the rotation there (exit code 3); the next call goes on. Back the key file up afterwards.

    \b
      kantadesk keys rotate
      kantadesk keys rotate --wait 300 --json
    """
    from starter.client.client import talk

    done = talk(lambda client, settings: _rotate(client, settings, timedelta(seconds=wait), force=force))
    if as_json:
        say_json(done._asdict())
        return
    known = "" if force else " " + n_("Known to {n} worker.", "Known to {n} workers.", len(done.workers))
    say(
        _(
            "{current} writes from now on; {before} still reads.{known}",
            current=done.current,
            before=done.before,
            known=known,
        )
    )
    say(_('Back the key file up now. "kantadesk keys status" says when the old key is not needed any more.'))


@click.command
@click.argument("key_id", cls=NeededArgument, metavar="KEY", asks=N_("Which key? Its id, as in kantadesk keys status"))
@json_option
def retire(key_id: str, as_json: bool) -> None:
    r"""Forget an old key for good. Refused (exit code 3) while anything that Temporal keeps needs it.

    Backups of the database from its time can't be read without it: keep a copy of the key with those.

    \b
      kantadesk keys retire key-1f3a90c2
    """
    from starter.client.client import talk

    known = _key_id(key_id)
    talk(lambda client, settings: _retire(client, settings, known))
    if as_json:
        say_json({"retired": known})
        return
    say(_("{known} is forgotten. Running workers let go of it when they are next started.", known=known))


@click.command
@click.argument("key_id", cls=NeededArgument, metavar="KEY", asks=N_("Which key? Its id, as in kantadesk keys status"))
@json_option
def lost(key_id: str, as_json: bool) -> None:
    r"""Give up a lost key, so that workers start without it.

    What was written with it stays unreadable, and an open process that needs it stays stuck. Restoring the key file
    from its backup is always better; put back there, the key is used again.

    \b
      kantadesk keys lost key-1f3a90c2
    """
    from starter.client.configuration import settings_in_force
    from starter.terminal.errors import Refused
    from workers.keys.check import key_book

    known, settings = _key_id(key_id), settings_in_force()
    if known in _ids_here(settings):
        raise Refused(_("{known} is in the key file: it isn't lost", known=known))
    key_book(settings).declare_lost(known)
    if as_json:
        say_json({"lost": known})
        return
    say(_("{known} is given up: workers start without it. What was written with it can't be read.", known=known))


async def _rotate(client: Client, settings: Settings, within: timedelta, *, force: bool) -> Rotated:
    from temporalio.service import RPCError

    from starter.client.client import within_reach
    from starter.terminal.errors import Refused, Wrong
    from starter.terminal.time_input import now
    from workers.keys import rotation as key_rotation
    from workers.keys.check import key_book
    from workers.keys.ring import KeyFileError
    from workers.schedules import register_schedules

    _changeable(settings)
    try:
        rotation = key_rotation.rotate(
            client, settings.key_file, key_book(settings), within=within, now=now, force=force
        )
        done = await within_reach(rotation, _("task queue"))
    except key_rotation.NotYet as error:
        raise Refused(heard(str(error))) from None
    except KeyFileError as error:
        raise Wrong(heard(str(error))) from None
    with suppress(RPCError):  # else `keys status` says so, and "kantadesk setup" does it
        await register_schedules(client)  # a schedule lives for ever: written again, it lets go of the old key
    return done


async def _retire(client: Client, settings: Settings, key_id: KeyId) -> None:
    from starter.keys.status import looked_at
    from starter.terminal.errors import NotThere, Refused, Wrong
    from starter.terminal.time_input import now
    from workers.keys import rotation as key_rotation
    from workers.keys.check import key_book
    from workers.keys.ring import KeyFileError

    _changeable(settings)
    book = key_book(settings)
    if key_id not in _ids_here(settings) | book.ids():
        raise NotThere(
            _('there is no key {key_id}; "kantadesk keys status --quick" shows what there is', key_id=key_id)
        )
    use = await looked_at(client, settings)
    try:
        key_rotation.retire(settings.key_file, book, key_id, needed=use.needed(key_id), at=now())
    except key_rotation.NotYet as error:
        where = ", " + _("for instance by {example}", example=use.example[key_id]) if key_id in use.example else ""
        raise Refused(
            _('{error}{where}; "kantadesk keys status" says more', error=heard(str(error)), where=where)
        ) from None
    except KeyFileError as error:
        raise Wrong(heard(str(error))) from None


def _changeable(settings: Settings) -> None:
    from starter.terminal.errors import Wrong

    if settings.key_env:
        raise Wrong(
            _(
                "the keys come from the environment variable {key_env}, which can't be changed from here; "
                "docs/security.md says how to rotate there",
                key_env=settings.key_env,
            )
        )


def _key_id(text: str) -> KeyId:
    from starter.terminal.errors import Wrong
    from workers.keys.ring import KeyId, is_key_id

    if not is_key_id(text):
        raise Wrong(_('{said!r} is no key id; "kantadesk keys status --quick" shows them', said=text[:64]))
    return KeyId(text)


def _ids_here(settings: Settings) -> set[Any]:
    from starter.terminal.errors import Wrong
    from workers.keys.live import live_keys
    from workers.keys.ring import KeyFileError

    try:
        return set(live_keys(settings).ring().keys)
    except KeyFileError as error:
        raise Wrong(heard(str(error))) from None

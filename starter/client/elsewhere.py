"""The wrong place: kantadesk runs on this machine, but not on the folder that this command uses.

Then the message says which folder it is and what to type, and never invites to start a second desk.
"""

from __future__ import annotations

import os
import pwd
import shlex
import socket
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from starter.language.heard import heard
from starter.language.words import _, n_
from starter.terminal.errors import Unreachable, Wrong
from workers.connection import is_address_given, target
from workers.embedded.desks import DATABASE, RunningDesk, running_desks
from workers.settings import Settings, SettingsError

NAMED_AT_MOST = 3
ANSWERS_WITHIN = 1.0


def refuse_wrong_place(settings: Settings) -> None:
    """Raise ``Unreachable`` where nothing was ever started on this folder, or another one's desk would be asked."""
    if settings.key_env:
        return
    if not settings.key_file.exists() and not _is_desk_of_this_folder(settings):
        raise Unreachable(_nothing_here(settings))
    refuse_other_desk(settings)


def refuse_other_desk(settings: Settings) -> None:
    """Raise ``Unreachable`` where the Temporal that would be asked is that of a desk on another folder.

    Who has named a key file, or an address beside keys of their own, has said which desk is meant.
    """
    if settings.key_env or settings.origins["key_file"] != "default":
        return
    if settings.key_file.exists() and is_address_given():
        return
    meant = address_meant(settings)
    if there := [desk for desk in others(settings) if desk.address == meant]:
        raise Unreachable(said(there, settings))


def others(settings: Settings) -> list[RunningDesk]:
    """The desks that run on this machine on other folders than this one; those of our own account where there are."""
    here = settings.data_dir.resolve()
    found = [desk for desk in running_desks() if desk.folder.resolve() != here]
    return [desk for desk in found if desk.owner == os.geteuid()] or found


def offered(settings: Settings) -> list[RunningDesk]:
    """Those of them that a person may mean."""
    here = settings.data_dir.resolve()
    return [desk for desk in others(settings) if _may_be_meant(desk.folder, here)]


def _may_be_meant(folder: Path, here: Path) -> bool:
    """Whether a person may mean a desk: its folder is there, and it is none for a trial that goes when it is over.

    Who works in a temporary folder may mean another one there.
    """
    temporary = Path(tempfile.gettempdir()).resolve()
    return not _is_gone(folder) and (not folder.resolve().is_relative_to(temporary) or here.is_relative_to(temporary))


def _is_gone(folder: Path) -> bool:
    """Whether there is no such folder any more; one that may not be looked at is there."""
    try:
        folder.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def way_elsewhere(settings: Settings) -> str:
    """Where kantadesk runs, if it runs on other folders only and never was on this one; empty otherwise.

    Also where an address of Temporal is given: that one is meant, not a desk of this machine.
    """
    if settings.key_env or settings.key_file.exists():
        return ""
    with suppress(SettingsError):  # wrong settings of Temporal's are said where they are looked at
        if is_address_given():
            return ""
    there = offered(settings)
    return said(there, settings) if there else ""


def unreachable(settings: Settings, fault: str) -> str:
    """What to say where Temporal does not answer; ``fault``: the sentence without other desks on this machine."""
    there = offered(settings)
    if not there:
        return fault
    elsewhere = said(there, settings)
    if not is_address_given() and not (settings.data_dir / DATABASE).exists():  # "start it" would make a second desk
        return elsewhere
    return _("{fault}; or was another one meant? {elsewhere}", fault=fault, elsewhere=elsewhere)


def said(there: Iterable[RunningDesk], settings: Settings) -> str:
    """Where kantadesk runs, and what to type."""
    desks, here = [*there], settings.data_dir.resolve()
    desks = [desk for desk in desks if _may_be_meant(desk.folder, here)] or desks
    folders = ", ".join(str(desk.folder) for desk in desks[:NAMED_AT_MOST]) + " …" * (len(desks) > NAMED_AT_MOST)
    first = desks[0]
    export = f"export KANTADESK_DATA_DIR={shlex.quote(str(first.folder))}"
    where = n_(
        "kantadesk runs on this machine in the folder {folders}, and this command looks in {here}",
        "kantadesk runs on this machine in the folders {folders}, and this command looks in {here}",
        len(desks),
        folders=folders,
        here=settings.data_dir,
    )
    if os.geteuid() not in (0, first.owner):
        return _(
            "{where}: become the account {account}, type {export} and then your command again",
            where=where,
            account=_account(first.owner),
            export=export,
        )
    return _("{where}: type {export} and then your command again", where=where, export=export)


def port_taken(settings: Settings, fault: str) -> Wrong:
    """What to say of a port of ours that is taken: by a desk, perhaps, that should be used and not started twice."""
    wanted = {str(settings.port), str(settings.ui_port)}
    there = [desk for desk in others(settings) if wanted & set(desk.ports)]
    return Wrong(said(there, settings) if there else heard(fault))


def address_meant(settings: Settings) -> str:
    """The address that would be asked. Raises ``Wrong``."""
    try:
        return str(target(settings)["target_host"])
    except SettingsError as error:
        raise Wrong(heard(str(error))) from None


def _is_desk_of_this_folder(settings: Settings) -> bool:
    """Whether the desk of this very folder runs: it has lost its key file, then."""
    here = settings.data_dir.resolve()
    return any(desk.folder.resolve() == here for desk in running_desks())


def _nothing_here(settings: Settings) -> str:
    """What to say where there is no key file, so that no desk has ever been here."""
    if there := offered(settings):
        return said(there, settings)
    address = address_meant(settings)
    if _answers(address):
        return _(
            "Temporal answers at {address}, but its desk keeps its keys somewhere else (there is no key file "
            "{key_file}): set KANTADESK_DATA_DIR or KANTADESK_KEY_FILE to where they are; who runs that Temporal knows",
            address=address,
            key_file=settings.key_file,
        )
    return _(
        'nothing has been started here yet (there is no key file {key_file}); start "kantadesk up", or '
        "set KANTADESK_DATA_DIR or KANTADESK_KEY_FILE to where it is",
        key_file=settings.key_file,
    )


def _answers(address: str) -> bool:
    host, _colon, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), ANSWERS_WITHIN).close()
    except (OSError, ValueError):
        return False
    return True


def _account(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)

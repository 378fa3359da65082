"""Who sits at the desk: what stands as ``by`` in the evidence where no command says it.

The setting ``by``, else whoever has begun a shift here, else the account, where it is a person's. An account that
nobody or anybody has (root, a shared desk) is no name: in a terminal the person is asked once a shift.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from starter.client.configuration import settings_in_force
from starter.language.heard import heard
from starter.language.moments import said_back
from starter.language.words import _
from starter.terminal import prompts
from starter.terminal.asking import may_ask
from starter.terminal.errors import Wrong
from starter.terminal.time_input import now
from workers.kept_texts import KeptTexts
from workers.keys.live import live_keys
from workers.keys.ring import KeyFileError
from workers.settings import Settings, account_logged_in
from workflows.procedure.model import Line, NeededLine
from workflows.process.reading import plainly

NO_PERSON = frozenset({"root", "toor", "admin", "administrator", "nobody", "daemon", "kantadesk", "www-data"})
"""Accounts that are nobody's own: such a name says nothing about who decided."""


class Who(NamedTuple):
    """Who is meant; ``name`` is empty where nobody is named. ``since``: from when the shift runs."""

    name: str
    origin: str
    since: datetime | None = None


def user(option: str = "--by") -> str:
    """Who says what a command sends. Raises ``Wrong`` where nobody is named and nobody can be asked.

    ``option``: the one by which this command takes the name; empty where it has none.
    """
    settings = settings_in_force()
    if found := known(settings).name:
        return found
    if may_ask():
        return begin(settings, asked(settings)).name
    why = _("many use this desk") if settings.shared_desk else _("this account is no person's")
    ways = ", ".join(filter(None, (option, "KANTADESK_BY")))
    how = _('say who it is with {ways} or "kantadesk shift start --by NAME"', ways=ways)
    raise Wrong(f"{option or 'by'}: {why}: {how}")


def known(settings: Settings) -> Who:
    """Who is named, and by what; nobody is asked."""
    if settings.by:
        return Who(person(settings.by, "by"), settings.origins["by"])
    if found := _shift(settings):
        since, name = found
        return Who(name, _("shift since {since}", since=said_back(since)), since)
    account = account_logged_in()
    if not account or settings.shared_desk or is_nobody(account):
        return Who("", _("nobody is named"))
    return Who(account, _("the account on this machine"))


def asked(settings: Settings) -> str:
    """The name that a person gives in a terminal; asked again until it is one. Enter: to whom it was handed over."""
    question, coming = _("Who are you? Your name stands in the evidence (asked once a shift)"), follows(settings)
    if coming:
        question += " " + _("(Enter: {default})", default=coming)
    while True:
        typed = prompts.text(question, Line if coming else NeededLine) or coming
        if not is_nobody(typed):
            return typed
        prompts.tell("  " + _('"{name}" is an account, not a person.', name=typed))


def begin(settings: Settings, name: str) -> Who:
    """Whoever works at this account from now on, for a day at most. Raises ``Wrong`` where it can't be kept."""
    name, at = person(name, "--by"), now()
    try:
        texts = _texts(settings)
        texts.keep(_place(), name, at)
        texts.forget(_coming())
    except (OSError, KeyFileError) as fault:
        raise Wrong(_("the shift can't be kept: {fault}", fault=heard(str(fault)))) from None
    return Who(name, _("shift since {since}", since=said_back(at)), at)


def end(settings: Settings, to: str = "") -> None:
    """The shift is over: the next command asks anew. ``to``: who is expected; nobody speaks until they say so."""
    with suppress(OSError, KeyFileError):
        texts = _texts(settings)
        texts.forget(_place())
        texts.keep(_coming(), to, now()) if to else texts.forget(_coming())


def follows(settings: Settings) -> str:
    """To whom the last shift was handed over, until somebody begins one; empty where nobody was named."""
    with suppress(OSError, KeyFileError):
        found = _texts(settings).read(_coming(), now())
        return found[1] if found else ""
    return ""


def person(name: str, called: str) -> str:
    """A name, if it is a person's and fits on a line. Raises ``Wrong``."""
    try:
        said = str(TypeAdapter(NeededLine).validate_python(name))
    except ValidationError as fault:
        raise Wrong(f"{called}: {heard(plainly(fault))}") from None
    if is_nobody(said):
        told = _('"{name}" is an account, not a person: give the name of who decides', name=said)
        raise Wrong(f"{called}: {told}")
    return said


def is_nobody(name: str) -> bool:
    """Whether a name is that of an account that nobody has for himself."""
    return name.strip().casefold() in NO_PERSON


def _shift(settings: Settings) -> tuple[datetime, str] | None:
    with suppress(OSError, KeyFileError):
        return _texts(settings).read(_place(), now())
    return None


def _texts(settings: Settings) -> KeptTexts:
    return KeptTexts(settings.data_dir / "shift", live_keys(settings).ring())


def _coming() -> str:
    return f"coming/{os.getuid()}"


def _place() -> str:
    return f"shift/{os.getuid()}"

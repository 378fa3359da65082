"""Links by which a contact acknowledges a letter: whether letters bear them, and how long each is open."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

from workflows.procedure.model import Duration, Model

_ON_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
_SHORTEST, _LONGEST = timedelta(hours=1), timedelta(days=60)


def _public_address(address: str) -> str:
    """An origin and nothing more; https, except on this machine."""
    if not address:
        return address
    try:
        parts = urlsplit(address)
        is_plain = bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_plain = False
    else:
        is_plain = is_plain and address.rstrip("/") == f"{parts.scheme}://{parts.netloc}" and "@" not in parts.netloc
    if not is_plain or not address.isascii() or any(letter.isspace() for letter in address):
        raise ValueError("write it like https://desk.example.org, without a path")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _ON_THIS_MACHINE):
        raise ValueError("must begin with https://: a link travels by mail")
    return address.rstrip("/")


def _some_days(length: timedelta) -> timedelta:
    if not _SHORTEST <= length <= _LONGEST:
        raise ValueError("must be between 1 hour and 60 days")
    return length


class SeenLinks(Model):
    """Where contacts reach the door's page; without an address no letter bears a link."""

    address: Annotated[str, AfterValidator(_public_address)] = ""
    """The public address of the door's page (setting ``door_port``), as contacts reach it: ``https://desk.example.org``."""
    open_for: Annotated[Duration, AfterValidator(_some_days)] = timedelta(days=7)
    """How long a link can be used, from the moment of its letter."""

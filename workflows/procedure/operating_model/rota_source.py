"""Where a rota is read from: a calendar file, or an address that gives one. Secrets stand in it by reference only."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, StringConstraints

from workflows.procedure.operating_model.mail_address import invisible_in
from workflows.procedure.operating_model.text_addresses import BY_REFERENCE, SECRET

_ON_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
_LIKE = "write a file like rota.ics, or an address like https://calendar.example.org/rota.ics"


def is_address(source: str) -> bool:
    """Whether a rota is fetched from a server."""
    return "://" in source


def web_address(source: str) -> str:
    """The address as it is asked: ``webcal`` is what calendar programmes call an address of a calendar."""
    scheme, _, rest = source.partition("://")
    return f"https://{rest}" if scheme in ("webcal", "webcals") else source


def _rota_source(source: str) -> str:
    if hidden := invisible_in(source):
        raise ValueError(f"holds a character that shows nothing ({hidden}): type it by hand instead of pasting it")
    if not is_address(source):
        return source
    try:
        parts = urlsplit(web_address(SECRET.sub("x", source)))
        host = parts.hostname
    except ValueError as fault:
        raise ValueError(_LIKE) from fault
    if not host or " " in source:
        raise ValueError(_LIKE)
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _ON_THIS_MACHINE):
        raise ValueError("must begin with https://: it says who is on duty, by name")
    if parts.password and SECRET.sub("", source).partition("@")[0].rpartition(":")[2]:
        raise ValueError(f"a password stands in it: {BY_REFERENCE}")
    return source


RotaSource = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000), AfterValidator(_rota_source)]
"""A file (relative to the operating model's folder) or an address; empty where the role has no rota."""

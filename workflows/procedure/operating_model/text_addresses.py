"""Where text messages go, as written in the operating model: numbers and addresses, with secrets by reference only.

An address is one that the library Apprise knows (``46elks://``, ``msgbird://``, ``json://`` and many more). A secret in
it is written ``{secret:NAME}``: NAME is a file in the folder of secrets, read when a message goes out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from workflows.procedure.model import Model
from workflows.procedure.operating_model.mail_address import invisible_in

NUMBER = "{number}"
SECRET = re.compile(r"\{secret:([A-Za-z0-9][A-Za-z0-9._-]{0,63})\}")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_ADDRESS = re.compile(r"[a-z0-9]+://[^\s]+")
_LOOKS_SECRET = re.compile(r"(?=[A-Za-z0-9_-]*[0-9])(?=[A-Za-z0-9_-]*[A-Za-z])[A-Za-z0-9_-]{20,}")
BY_REFERENCE = "put it into a file of the folder of secrets and write {secret:NAME} here"


def is_number(address: str) -> bool:
    """Whether it is a telephone number, to be reached by the organisation's provider."""
    return _PHONE.fullmatch(address) is not None


def secrets_in(address: str) -> tuple[str, ...]:
    """The names of the secrets that an address needs."""
    return tuple(SECRET.findall(address))


def filled(address: str, *, number: str, secret: Callable[[str], str]) -> str:
    """The address with its number and its secrets in place. ``secret`` gives one by its name, ready for an address."""
    return SECRET.sub(lambda found: secret(found[1]), address.replace(NUMBER, number))


def _contact_address(text: str) -> str:
    _refuse_invisible(text)
    if not text or is_number(text):
        return text
    if "://" not in text:
        raise ValueError("must be a number like +358401234567, or an address of a provider like json://host/path")
    return _sound(text)


def _provider_address(text: str) -> str:
    _refuse_invisible(text)
    if text and NUMBER not in text:
        raise ValueError("must say where the number goes: write {number} there")
    return _sound(text.replace(NUMBER, "+358000000000")) and text if text else text


def _refuse_invisible(text: str) -> None:
    if hidden := invisible_in(text):
        raise ValueError(f"holds a character that shows nothing ({hidden}): type it by hand instead of pasting it")


def _sound(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError("must be one address without spaces, like 46elks://USER:{secret:elks}@FROM/{number}")
    bare = SECRET.sub("", text)
    if "{" in bare or "}" in bare:
        raise ValueError("holds braces that are not {secret:NAME} (letters, digits, dots, dashes) or {number}")
    user, at, _ = SECRET.sub("*", text).partition("://")[2].partition("/")[0].rpartition("@")
    if at and user.partition(":")[2] not in ("", "*"):
        raise ValueError(f"a password stands in it: {BY_REFERENCE}")
    if _LOOKS_SECRET.search(bare.partition("://")[2]):
        raise ValueError(f"what looks like a key or a token stands in it: {BY_REFERENCE}")
    return text


_Written = StringConstraints(strip_whitespace=True, max_length=1000)
TextAddress = Annotated[str, _Written, AfterValidator(_contact_address)]
"""A contact's address for text messages; empty where there is none."""
ProviderAddress = Annotated[str, _Written, AfterValidator(_provider_address)]
"""The organisation's provider, with ``{number}`` in it; empty where there is none."""


class TextProvider(Model):
    """The provider by which text messages go to numbers, as an address that Apprise knows, with ``{number}`` in it."""

    url: ProviderAddress = ""

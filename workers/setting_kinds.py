"""What kinds of value a setting can have: each reads the text of an environment variable or a value of the TOML file.

A kind raises ``ValueError`` with half a sentence that says what is wanted ("must be …"). Relative paths are taken from
``folder``: the folder of the TOML file, or the current one for an environment variable.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

Kind = Callable[[Any, Path], Any]
MAX_PORT = 65535
MAX_DAYS = 36_500
MAX_FEEDS = 10
_NEXT_FEED = re.compile(r"\s*,\s*(?=https?://|file:|[/~.])")
MAX_COUNT = 1_000_000


def text(value: Any, _folder: Path) -> str:
    """One line of text; may be empty."""
    if not isinstance(value, str):
        raise ValueError("must be one line of text")  # noqa: TRY004  # what every kind raises
    if not (value.isascii() and value.isprintable()) and (hidden := _invisible_in(value)):
        raise ValueError(f"must be one line of text; it holds a character that shows nothing ({hidden})")
    return value.strip()


def path(value: Any, folder: Path) -> Path:
    """A path; ``~`` is the home folder."""
    if not text(value, folder):
        raise ValueError("must be a path")
    return (folder / Path(value.strip()).expanduser()).absolute()


def guarded_file(value: Any, folder: Path) -> Path | None:
    """A file that holds a secret or says whom to trust, or none: nobody else may write it (``data_folder.py``)."""
    return path(value, folder) if value else None


def port(value: Any, _folder: Path) -> int:
    """A TCP port; 0 takes any free one."""
    return _whole(value, 0, MAX_PORT, "a port from 0 to 65535")


def count(value: Any, _folder: Path) -> int:
    """A whole number, at least one."""
    return _whole(value, 1, MAX_COUNT, "a number from 1 to 1000000")


def variable(value: Any, folder: Path) -> str:
    """The name of an environment variable; may be empty. What looks like a secret instead of a name is not repeated."""
    name = text(value, folder)
    if name and not name.isidentifier():
        raise ValueError("must be the name of an environment variable, never the key itself")
    return name


def days(value: Any, _folder: Path) -> timedelta:
    """A whole number of days, at least one."""
    return timedelta(days=_whole(value, 1, MAX_DAYS, "a number of days from 1 to 36500"))


def yes_or_no(value: Any, _folder: Path) -> bool:
    """``true`` or ``false``."""
    written = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if isinstance(value, bool):
        return value
    if str(value).lower() not in written:
        raise ValueError("must be true or false")
    return written[str(value).lower()]


def one_of(*choices: str) -> Kind:
    """One of a few words."""

    def choice(value: Any, _folder: Path) -> str:
        if value not in choices:
            raise ValueError(f"must be {', '.join(choices[:-1])} or {choices[-1]}")
        return str(value)

    return choice


def language(value: Any, _folder: Path) -> str:
    """A language of the desk; empty: that of the operating model."""
    if value not in ("", "fi", "sv", "en"):
        raise ValueError("must be fi, sv or en")
    return str(value)


def web_address(value: Any, folder: Path) -> str:
    """An http or https address; may be empty. A trailing slash is dropped."""
    address = text(value, folder).rstrip("/")
    parts = urlsplit(address)
    if address and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ValueError("must be an address that starts with http:// or https://")
    return address


def store_address(value: Any, folder: Path) -> str:
    """The address of a PostgreSQL database, without a password; may be empty."""
    address = text(value, folder)
    if not address:
        return ""
    wanted = "must be an address such as postgresql://user@host/database"
    try:
        parts = urlsplit(address)
        password, _ = parts.password, parts.port
    except ValueError:
        raise ValueError(wanted) from None
    if password is not None or "password" in parse_qs(parts.query):
        raise ValueError("must hold no password: put it into a file and name that in store_password_file")
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise ValueError(wanted)
    return parts._replace(scheme="postgresql").geturl()


def web_origins(value: Any, folder: Path) -> tuple[str, ...]:
    """Origins (scheme, host, port) of web pages: a list, or text with commas between."""
    listed = value if isinstance(value, list) else str(value).split(",")
    origins = tuple(web_address(item, folder) for item in listed if item)
    for origin in origins:
        parts = urlsplit(origin)
        if f"{parts.scheme}://{parts.netloc}" != origin:
            raise ValueError("must be origins such as https://temporal.example.org, without a path")
    return origins


def feeds(value: Any, folder: Path) -> tuple[str, ...]:
    """Where feeds are read: a list, or text with commas between. Each is an http(s) address or the path of a file.

    An address may hold commas of its own: only one before what looks like another address or path separates.
    """
    listed = value if isinstance(value, list) else _NEXT_FEED.split(text(value, folder))
    named = tuple(dict.fromkeys(_feed(item, folder) for item in listed if item))
    if len(named) > MAX_FEEDS:
        raise ValueError(f"must be at most {MAX_FEEDS} feeds")
    return named


def _feed(value: Any, folder: Path) -> str:
    where = text(value, folder)
    if where.startswith("file:"):
        return where
    return web_address(where, folder) if "://" in where else str(path(where, folder))


def shown(value: Any) -> str:
    """The value as text for people. A user and password inside an address are masked."""
    if isinstance(value, timedelta):
        return f"{value.days} days"
    if isinstance(value, tuple):
        return ", ".join(shown(item) for item in value)
    if value is None:
        return ""
    if isinstance(value, str) and "://" in value and "@" in value:
        parts = urlsplit(value)
        return urlunsplit(parts._replace(netloc="***@" + parts.netloc.rpartition("@")[2]))
    return str(value)


def _invisible_in(value: str) -> str | None:
    from workflows.procedure.operating_model.mail_address import invisible_in

    return invisible_in(value)


def _whole(value: Any, least: int, most: int, wanted: str) -> int:
    number = int(value) if isinstance(value, int | str) and str(value).isascii() and str(value).isdigit() else -1
    if not least <= number <= most:
        raise ValueError(f"must be {wanted}")
    return number

"""Before anything is kept: nobody else may write there, and there is a key that signs the evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from starter.language.heard import heard
from starter.language.words import _

if TYPE_CHECKING:
    from workers.settings import Settings


def secure(settings: Settings) -> None:
    """Take from others what they may write, and say so; make the signing key. Raises ``Wrong`` where that can't be."""
    secure_folder(settings)
    make_signing_key(settings)


def secure_folder(settings: Settings) -> None:
    """Take from others what they may write, and say so. Raises ``Wrong`` where that can't be."""
    from starter.terminal.errors import Wrong
    from workers.data_folder import UnsafeFolder, secured

    try:
        for place in secured(settings):
            click.echo(
                _(
                    "{path}: {why}. It was taken from them ({to_do}).",
                    path=place.path,
                    why=heard(place.why),
                    to_do=heard(place.to_do),
                ),
                err=True,
            )
    except UnsafeFolder as fault:
        raise Wrong(heard(str(fault))) from None


def make_signing_key(settings: Settings) -> None:
    """Make the key that signs the evidence where there is none. ``keys signing`` and ``doctor`` show it."""
    from starter.terminal.errors import Wrong
    from workers.keys.signing import make_where_missing

    try:
        make_where_missing(settings.signing_key_file)
    except OSError as fault:
        where = settings.signing_key_file
        raise Wrong(
            _(
                "{where} can't be made ({strerror}): set KANTADESK_SIGNING_KEY_FILE",
                where=where,
                strerror=fault.strerror,
            )
        ) from None

"""Before anything is kept: we can write there and nobody else may, and there is a key that signs the evidence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from starter.language.heard import heard, system_says
from starter.language.words import _
from starter.terminal.errors import Wrong

if TYPE_CHECKING:
    from workers.settings import Settings


def secure(settings: Settings) -> None:
    """Take from others what they may write, and say so; make the signing key. Raises ``Wrong`` where that can't be."""
    secure_folder(settings)
    make_signing_key(settings)


def secure_folder(settings: Settings) -> None:
    """Take from others what they may write, and say so. Raises ``Wrong`` where that can't be, or we can't write."""
    from workers.data_folder import UnsafeFolder, secured
    from workers.usable_folder import unusable

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
        place = fault.place
        raise Wrong(f"{place.path}: {heard(place.why)}; {heard(place.to_do)}") from None
    if why := unusable(settings):
        raise Wrong(heard(why))


def not_usable(settings: Settings, fault: OSError) -> Wrong:
    """What to say where something could not be kept after all."""
    from workers.usable_folder import cannot_be_kept

    return Wrong(heard(cannot_be_kept(Path(fault.filename or settings.data_dir), fault, "data_dir")))


def make_signing_key(settings: Settings) -> None:
    """Make the key that signs the evidence where there is none. ``keys signing`` and ``doctor`` show it."""
    from workers.keys.signing import make_where_missing

    try:
        make_where_missing(settings.signing_key_file)
    except OSError as fault:
        where = settings.signing_key_file
        raise Wrong(
            _(
                "{where} can't be made ({strerror}): set KANTADESK_SIGNING_KEY_FILE",
                where=where,
                strerror=system_says(fault),
            )
        ) from None

"""``kantadesk keys signing``: the public keys that sign the evidence, and a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from starter.language.heard import heard
from starter.language.words import _
from starter.terminal.output import json_option, say, say_json

if TYPE_CHECKING:
    from workers.settings import Settings


@click.command
@click.option("--rotate", is_flag=True, help="Sign with a new key from now on. The old one is thrown away.")
@json_option
def signing(rotate: bool, as_json: bool) -> None:
    r"""Show the keys that sign the evidence: fingerprint, public key, since when. The last one signs.

    It lies apart from the keys that encrypt (setting signing_key_file); its .pub lists all public keys and may be given
    to anybody who verifies a bundle. After --rotate, what the old key has signed is still verified by its public key.

    \b
      kantadesk keys signing
      kantadesk keys signing --rotate
    """
    from starter.client.configuration import settings_in_force
    from workers.keys.signing import known_signers

    settings = settings_in_force()
    current = _rotated(settings) if rotate else _current(settings)
    known = known_signers(settings.signing_key_file)
    if as_json:
        say_json({"signs": current, "keys": [each._asdict() for each in known]})
        return
    for each in known:
        mark = _("signs") if each.public == current else _("signed")
        since = _("since {moment}", moment=each.made_at)
        say(f"{mark:<16} {each.fingerprint}  {since}  {each.public}")
    if rotate:
        say(_("Back the new signing key up, and give the list of public keys to those who verify."))


def _current(settings: Settings) -> str:
    from starter.terminal.errors import Wrong
    from workers.keys.signing import SigningKeyError, load

    try:
        return load(settings.signing_key_file).public
    except SigningKeyError as fault:
        raise Wrong(heard(str(fault))) from None


def _rotated(settings: Settings) -> str:
    from starter.terminal.errors import Wrong
    from starter.terminal.time_input import now
    from workers.keys import signing as signing_keys

    try:
        return signing_keys.rotate(settings.signing_key_file, now()).public
    except signing_keys.SigningKeyError as fault:
        raise Wrong(heard(str(fault))) from None

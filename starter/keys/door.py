"""``kantadesk keys door``: the tokens of the door before Temporal Web, the HTTP API and the codec server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from starter.language.heard import heard
from starter.language.words import _
from starter.terminal.output import json_option, say, say_json

if TYPE_CHECKING:
    from workers.door.secrets_file import DoorFile, DoorSecrets


@click.command
@click.option("--token", "shown", metavar="NAME", help="Print this token and nothing else, for a script.")
@click.option("--add", "added", metavar="NAME", help="Make a token of this name, in the place of an older one.")
@click.option("--remove", "removed", metavar="NAME", help="From now on this token opens nothing.")
@click.option("--rotate", is_flag=True, help="New secrets for all: every token, and the right of every browser.")
@json_option
def door(shown: str | None, added: str | None, removed: str | None, rotate: bool, as_json: bool) -> None:
    r"""Show who may write through the door, and change it. A running door takes a change at once.

    Programmes show a token (Authorization: Bearer ...). Browsers enter by a link: kantadesk web --open open.

    \b
      kantadesk keys door
      kantadesk keys door --add monitoring
      TOKEN=$(kantadesk keys door --token integrations)
      kantadesk keys door --rotate
    """
    from starter.client.configuration import settings_in_force
    from starter.terminal.errors import Wrong
    from workers.door.secrets_file import DoorFile, DoorFileError

    if sum(map(bool, (shown, added, removed, rotate))) > 1:
        raise Wrong(_("one of --token, --add, --remove and --rotate at a time"))
    file = DoorFile(settings_in_force().door_token_file)
    try:
        file.make_where_missing()
        held = file.secrets() if not rotate else _rotated(file)
        if shown:
            click.echo(_token(held, shown))
            return
        if changed := _changed(held, added, removed):
            file.write(changed)
            held = changed
    except DoorFileError as error:
        raise Wrong(heard(str(error))) from None
    if as_json:
        say_json({"file": str(file.path), "tokens": sorted(held.tokens), "rotated": rotate})
        return
    say(_("Tokens: {tokens}  ({path})", tokens=", ".join(sorted(held.tokens)) or _("none"), path=file.path))
    if rotate:
        say(_("All are new. Browsers enter again: kantadesk web --open open"))
    if added:
        say(_("Its value: kantadesk keys door --token {added}", added=added))


def _rotated(file: DoorFile) -> DoorSecrets:
    """New secrets under the old names; under the first one's where the old file can't be read."""
    from workers.door.secrets_file import FIRST_TOKEN, DoorFileError, fresh

    try:
        names = list(file.secrets().tokens)
    except DoorFileError:
        names = [FIRST_TOKEN]
    file.write(fresh(names))
    return file.secrets()


def _changed(held: DoorSecrets, added: str | None, removed: str | None) -> DoorSecrets | None:
    from workers.door.secrets_file import with_token

    if added:
        return with_token(held, added)
    if removed:
        _token(held, removed)
        return held._replace(tokens={name: token for name, token in held.tokens.items() if name != removed})
    return None


def _token(held: DoorSecrets, name: str) -> str:
    """The token of this name. Raises ``NotThere``."""
    from starter.terminal.errors import NotThere

    if name not in held.tokens:
        raise NotThere(
            _(
                "there is no token {name!r}; there is {tokens}",
                name=name[:64],
                tokens=", ".join(sorted(held.tokens)) or _("none"),
            )
        )
    return held.tokens[name]

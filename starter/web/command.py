"""``kantadesk web``: where a supervisor looks, as ready addresses of Temporal Web."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import click

from starter.language.heard import heard
from starter.language.words import _
from starter.terminal.output import json_option, say, say_json

if TYPE_CHECKING:
    from starter.web.filters import Filter
    from workers.settings import Settings


class Place(NamedTuple):
    """Where Temporal Web is, and in which namespace the processes are. ``settings``: where a browser needs a link."""

    base: str
    namespace: str
    settings: Settings | None = None

    def link_to(self, address: str, account: int | None = None) -> str | None:
        """An address that lets a browser in, once, and leads to this one; None where none is needed.

        ``account``: the uid of whose browser it is, if not ours.
        """
        from starter.terminal.errors import Wrong
        from workers.door.browsers import link
        from workers.door.secrets_file import DoorFile, DoorFileError

        if self.settings is None or not self.settings.door_token_file.exists():
            return None
        try:
            held = DoorFile(self.settings.door_token_file).secrets()
        except DoorFileError as error:
            raise Wrong(heard(str(error))) from None
        return link(held, self.base, address.removeprefix(self.base) or "/", account)


@click.command
@click.option("--service", metavar="SERVICE", help="Only what concerns this service (id or name).")
@click.option("--open", "opened", metavar="NAME", help="Open this list in the browser of this machine.")
@click.option("--account", metavar="USER", help="Print a link for the browser of another account of this machine.")
@json_option
def web(as_json: bool, service: str | None, opened: str | None, account: str | None) -> None:
    r"""The lists of Temporal Web for a supervisor: open, overdue, critical, refused messages, stuck and more.

    It prints addresses; Temporal need not run for that. A browser enters the Temporal Web of "kantadesk up" by a link
    that works once: the second line has one, "--open" uses one. The addresses of "--json" as "save" keep the list among
    the browser's saved views. The columns are set once in each browser (docs/supervisors.md).

    \b
      kantadesk web
      kantadesk web --service Reseptikeskus
      kantadesk web --open overdue
      kantadesk web --account anna
      kantadesk web --json
    """
    from starter.client.configuration import settings_in_force
    from starter.sending.values import service_named
    from starter.terminal.time_input import now
    from starter.web.filters import filters

    listed = filters(now(), service_named(service) if service else None)
    wanted = named(listed, opened) if opened else None
    place = place_of(settings_in_force())
    if account:
        say(link_for(place, account))
        return
    if wanted:
        show(place, wanted)
    if as_json:
        say_json(document(place, listed))
    elif not wanted:
        print_lists(place, listed)


def link_for(place: Place, account: str) -> str:
    """A link for the browser of an account of this machine. Raises ``Wrong``."""
    import pwd

    from starter.terminal.errors import Wrong
    from starter.web.filters import workflows_address

    try:
        uid = pwd.getpwnam(account).pw_uid
    except KeyError:
        raise Wrong(_("--account: there is no account {account!r} on this machine", account=account[:64])) from None
    link = place.link_to(workflows_address(place.base, place.namespace), uid)
    if link is None:
        raise Wrong(
            _("--account: this Temporal Web lets nobody in by a link: it is not that of a running kantadesk up")
        )
    return link


def place_of(settings: Settings) -> Place:
    """Where Temporal Web is, and the namespace. Raises ``Wrong`` where that is not known."""
    from starter.client.elsewhere import way_elsewhere
    from starter.terminal.errors import Wrong
    from workers.connection import target
    from workers.settings import SettingsError

    try:
        temporal = target(settings)
    except SettingsError as error:
        raise Wrong(heard(str(error))) from None
    base = address_of(settings, temporal["target_host"])
    if not base:
        raise Wrong(
            way_elsewhere(settings)
            or _(
                'the address of Temporal Web is not known: start "kantadesk up", or set web_address '
                "(KANTADESK_WEB_ADDRESS)"
            )
        )
    return Place(base, temporal.get("namespace") or "default", None if settings.web_address else settings)


def address_of(settings: Settings, temporal: str) -> str:
    """The setting ``web_address``, or that of ``up`` where it is the Temporal at this address; empty where unknown."""
    from workers.connection import embedded_addresses

    embedded = embedded_addresses(settings.data_dir)
    of_up = embedded.web if embedded and embedded.address == temporal else ""
    return settings.web_address or of_up


def named(listed: list[Filter], name: str) -> Filter:
    """The list of this name. Raises ``Wrong``."""
    from starter.terminal.errors import Wrong

    for each in listed:
        if each.name == name:
            return each
    raise Wrong(
        _(
            "--open: there is no list {name!r}; there is {listed}",
            name=name,
            listed=", ".join(each.name for each in listed),
        )
    )


def show(place: Place, wanted: Filter) -> None:
    """Open a list in this machine's browser. Raises ``Wrong`` where there is none."""
    import webbrowser

    from starter.terminal.errors import Wrong
    from starter.web.filters import list_address

    address = list_address(place.base, place.namespace, wanted)
    address = place.link_to(address) or address
    if not webbrowser.open(address):
        raise Wrong(_("no browser could be started here; open it yourself: {address}", address=address))


def document(place: Place, listed: list[Filter]) -> dict[str, object]:
    """What ``--json`` prints."""
    from starter.web.filters import (
        COLUMNS,
        COLUMNS_KEPT_UNDER,
        columns_in_local_storage,
        list_address,
        workflows_address,
    )

    lists = [
        {
            "name": each.name,
            "title": each.title,
            "what": each.what,
            "query": each.query,
            "url": list_address(place.base, place.namespace, each),
            "save": list_address(place.base, place.namespace, each, saved=True) if each.is_lasting else None,
        }
        for each in listed
    ]
    kept = {"key": COLUMNS_KEPT_UNDER, "value": columns_in_local_storage(place.namespace)}
    return {
        "web": place.base,
        "link": place.link_to(place.base),
        "namespace": place.namespace,
        "all": workflows_address(place.base, place.namespace),
        "lists": lists,
        "columns": list(COLUMNS),
        "columns_in_local_storage": kept,
    }


def print_lists(place: Place, listed: list[Filter]) -> None:
    """For people: each list with its address on a line of its own, so that it can be copied or clicked."""
    from starter.web.filters import COLUMNS, list_address, workflows_address

    all_of_them = workflows_address(place.base, place.namespace)
    say(_("Temporal Web: {all_of_them}", all_of_them=all_of_them))
    if link := place.link_to(all_of_them):
        say(_("Once in each browser: {link}", link=link))
    for each in listed:
        say("")
        say(f"{each.name:<10} {_(each.what)}")
        say(f"  {list_address(place.base, place.namespace, each)}")
    say("")
    say(_("Columns, set once in each browser: {columns}", columns=", ".join(COLUMNS)))
    say(
        _('To keep a list in the browser: the address under "save" of "kantadesk web --json". See docs/supervisors.md.')
    )

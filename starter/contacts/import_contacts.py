"""``kantadesk contacts diff`` and ``import``: contacts from a table or an address book."""

from __future__ import annotations

import sys
from typing import IO, TYPE_CHECKING

import click

from starter.language import names
from starter.language.heard import heard, system_says
from starter.language.words import N_, _, n_
from starter.terminal.needed import NeededArgument
from starter.terminal.output import Table, json_option, say, say_json, show

if TYPE_CHECKING:
    from pathlib import Path

    from activities.contacts.import_cards import ContactChange

WHICH_FILE = N_("Which file? A table (CSV) or cards (vCard)")


@click.command
@click.argument("file", cls=NeededArgument, asks=WHICH_FILE, type=click.File("rb"))
@json_option
def diff(file: IO[bytes], as_json: bool) -> None:
    r"""What an import would change in the operating model. Nothing is changed.

    FILE is a table (CSV with the headings id, name, email, phone, text_message, language, groups, owner,
    verified_on; any may be missing) or cards of an address book (vCard). Who is not in it stays as it is.

    \b
      kantadesk contacts diff contacts.csv
      kantadesk contacts diff contacts.vcf
    """
    found, _where = _found(file)
    if as_json:
        say_json({"changes": [each._asdict() for each in found]})
    else:
        _show(found)


@click.command("import")
@click.argument("file", cls=NeededArgument, asks=WHICH_FILE, type=click.File("rb"))
@click.option("--yes", is_flag=True, help="Don't ask before it is written.")
@json_option
def import_contacts(file: IO[bytes], yes: bool, as_json: bool) -> None:
    r"""Take contacts from a table (CSV) or an address book (vCard) into the operating model.

    What would change is shown first. Comments and everything else in the operating model stay. What was imported is
    confirmed by nobody yet: the review asks.

    \b
      kantadesk contacts import contacts.csv
      kantadesk contacts import contacts.vcf --yes
    """
    from activities.contacts.import_cards import write
    from activities.operating_model.faults import OperatingModelFault
    from starter.terminal import prompts
    from starter.terminal.errors import Wrong

    found, where = _found(file)
    if not as_json:
        _show(found)
    if found and not yes:
        if not sys.stdin.isatty():
            raise Wrong(_("--yes: nothing was written; say --yes where nobody can be asked"))
        if not prompts.agree(_("Write it?"), default=False):
            raise Wrong(_("nothing was written"))
    try:
        if found:
            write(where, found)
    except OperatingModelFault as fault:
        raise Wrong(_("nothing was written: {fault}", fault=heard(str(fault).splitlines()[-1].strip()))) from None
    except OSError as fault:
        raise Wrong(_("{file} can't be written: {reason}", file=where, reason=system_says(fault))) from None
    if as_json:
        say_json({"changes": [each._asdict() for each in found], "file": str(where)})
    elif found:
        say(_("Written: {page}", page=where))


def _found(file: IO[bytes]) -> tuple[list[ContactChange], Path]:
    """What would change, and in which file. Raises ``Wrong``."""
    from activities.contacts.card_file import MAX_BYTES, UnusableCards, cards_in
    from activities.contacts.import_cards import differences
    from starter.client.configuration import operating_model, settings_in_force
    from starter.terminal.errors import Wrong

    settings = settings_in_force()
    if settings.origins["operating_model"].startswith("the example"):
        raise Wrong(_("this is the example's operating model: lay your own into the data folder first"))
    if (model := operating_model(settings)) is None:
        raise Wrong(_('the operating model can\'t be used as it is: "kantadesk doctor" says why'))
    try:
        return differences(cards_in(file.read(MAX_BYTES + 1)), model), settings.operating_model
    except UnusableCards as fault:
        raise Wrong(f"{file.name}: {heard(str(fault))}") from None


def _show(found: list[ContactChange]) -> None:
    if not found:
        say(_("Nothing would change."))
        return
    rows = [
        (each.contact + (" " + _("(new)") if each.is_new else ""), names.name({}, each.field), each.before, each.after)
        for each in found
    ]
    show(Table((_("contact"), _("what"), _("before"), _("after")), rows))
    contacts = len({each.contact for each in found})
    say(n_("{n} contact would change.", "{n} contacts would change.", contacts))

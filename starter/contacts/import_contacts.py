"""``kantadesk contacts diff`` and ``import``: contacts from a table or an address book."""

from __future__ import annotations

import re
import sys
from typing import IO, TYPE_CHECKING

import click

from starter.language.heard import heard, system_says
from starter.language.words import N_, Texts, _, n_
from starter.terminal.needed import NeededArgument
from starter.terminal.output import Table, json_option, say, say_json, show

if TYPE_CHECKING:
    from pathlib import Path

    from activities.contacts.import_cards import ContactChange

FIELDS: Texts = {
    "name": "name", "email": "e-mail", "phone": "telephone", "text_message": "text message", "language": "language",
    "groups": "groups", "owner": "who answers for it", "verified_on": "verified on",
}  # fmt: skip
_PLACE = re.compile(r"^\S+:\d+: ")
_PLACED = re.compile(r"(line|card) (\d+): (?:(\w+): )?(.*)")
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
    _say_written(found, where, as_json=as_json)


def _say_written(found: list[ContactChange], where: Path, *, as_json: bool) -> None:
    """Say that it is written, and let the review look: what was imported is confirmed by nobody."""
    from starter.contacts.review_client import review_looks

    is_heard = bool(found) and review_looks()
    if as_json:
        say_json({"changes": [each._asdict() for each in found], "file": str(where), "review_told": is_heard})
    elif found:
        say(_("Written: {page}", page=where))
        if is_heard:
            say(_("The review looks now: whoever answers for these contacts is asked to confirm them."))


def _found(file: IO[bytes]) -> tuple[list[ContactChange], Path]:
    """What would change, and in which file. Raises ``Wrong``."""
    from activities.contacts.card_file import MAX_BYTES, UnusableCards, cards_in
    from activities.contacts.import_cards import differences, must_stay_valid
    from activities.operating_model.faults import OperatingModelFault
    from starter.client.configuration import operating_model, settings_in_force
    from starter.terminal.errors import Wrong

    settings = settings_in_force()
    if settings.origins["operating_model"].startswith("the example"):
        raise Wrong(_("this is the example's operating model: lay your own into the data folder first"))
    if (model := operating_model(settings)) is None:
        raise Wrong(_('the operating model can\'t be used as it is: "kantadesk doctor" says why'))
    try:
        found = differences(cards_in(file.read(MAX_BYTES + 1)), model)
        must_stay_valid(settings.operating_model, found)
    except UnusableCards as fault:
        raise Wrong(f"{file.name}: {_said(str(fault))}") from None
    except OperatingModelFault as fault:
        reason = heard(_PLACE.sub("", str(fault).splitlines()[-1].strip()))  # lines of a file that is not there
        raise Wrong(
            _("{file}: the operating model would not be valid with it: {reason}", file=file.name, reason=reason)
        ) from None
    return found, settings.operating_model


def _said(fault: str) -> str:
    """What is wrong with a file, its place and the field in the reader's words."""
    whole = heard(fault)
    if not (placed := _PLACED.fullmatch(whole)):
        return whole
    kind, number, field, reason = placed.groups()
    place = _("line {n}", n=number) if kind == "line" else _("card {n}", n=number)
    named = f" {_(FIELDS[field])}:" if field in FIELDS else f" {field}:" if field else ""
    return f"{place}:{named} {heard(reason) if whole == fault else reason}"


def _show(found: list[ContactChange]) -> None:
    if not found:
        say(_("Nothing would change."))
        return
    rows = [
        (
            each.contact + (" " + _("(new)") if each.is_new else ""),
            _(FIELDS.get(each.field, each.field)),
            each.before,
            each.after,
        )
        for each in found
    ]
    show(Table((_("contact"), _("what"), _("before"), _("after")), rows))
    contacts = len({each.contact for each in found})
    say(n_("{n} contact would change.", "{n} contacts would change.", contacts))

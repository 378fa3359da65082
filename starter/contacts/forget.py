"""``kantadesk contacts forget``: a contact's personal data go out of what is no evidence; what stays, and why."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from starter.contacts.say import contact_id_argument, not_there
from starter.language import names
from starter.language.heard import heard, system_says
from starter.language.words import N_, _, n_
from starter.terminal.output import json_option, say, say_json

if TYPE_CHECKING:
    from activities.contacts.forget import NamedAt, StillNeeded
    from workers.settings import Settings
    from workflows.procedure.operating_model.model import OperatingModel

STAYS = (
    ("evidence", N_("the evidence of incidents and breaches ({place}): letters as they were sent, and who was told")),
    ("sent", N_("the ledger of sent mail ({place}): that a letter went, with a digest of its address")),
    (
        "processes",
        N_("the records of processes in Temporal, encrypted: ids of contacts, and names of who said something"),
    ),
    ("outbox", N_("the outbox folder and kept pages of handovers ({place}), where they name the contact")),
)
BASIS = N_(
    "Why: whoever must show later what was told to whom needs it (GDPR art. 17(3)(b) and (e)). Nobody has checked this "
    "basis for your organisation (unverified): ask your data protection officer, and how long it is to be kept."
)


@click.command("forget")
@contact_id_argument
@click.option("--yes", is_flag=True, help="Don't ask before it is written.")
@json_option
def forget_contact(contact: str, yes: bool, as_json: bool) -> None:
    r"""Take a contact with its personal data out of the operating model and of every place there that names it.

    Everything else in the file stays, with its comments; lines that still name the contact are listed. What is kept as
    evidence stays, and it is said why. Whoever is the only one in a role or a group can't be forgotten.

    \b
      kantadesk contacts forget ward-3
    """
    from activities.contacts.forget import forget, named_at, still_needed
    from activities.operating_model.faults import OperatingModelFault
    from starter.terminal import prompts
    from starter.terminal.errors import Wrong

    settings, model = _model(contact)
    if needed := still_needed(contact, model):
        raise Wrong("\n".join(map(_why_not, needed)))
    places = list(named_at(contact, model))
    if not as_json:
        _say_what_goes(contact, places)
        _say_what_stays(settings)
    if not yes:
        if not sys.stdin.isatty():
            raise Wrong(_("--yes: nothing was written; say --yes where nobody can be asked"))
        if not prompts.agree(_("Forget this contact?"), default=False):
            raise Wrong(_("nothing was written"))
    try:
        forget(settings.operating_model, contact)
    except OperatingModelFault as fault:
        raise Wrong(_("nothing was written: {fault}", fault=heard(str(fault).splitlines()[-1].strip()))) from None
    except OSError as fault:
        why = system_says(fault)
        raise Wrong(_("{file} can't be written: {reason}", file=settings.operating_model, reason=why)) from None
    left = _still_in_file(settings, model, contact)
    from starter.contacts.review_client import review_looks

    is_heard = review_looks()
    if as_json:
        say_json(_document(contact, places, left, settings) | {"review_told": is_heard})
        return
    say(_("Written: {page}", page=settings.operating_model))
    if left:
        lines = ", ".join(map(str, left))
        say(n_("Line {lines} still names the contact: look there.", "Lines {lines} still name the contact: look there.",
               len(left), lines=lines))  # fmt: skip
    say(_("Backups of this file, and calendars of rotas, are yours to clean."))


def _model(contact: str) -> tuple[Settings, OperatingModel]:
    """The operating model that is to be written. Raises ``Wrong``, ``NotThere``."""
    from starter.client.configuration import operating_model, settings_in_force
    from starter.terminal.errors import Wrong

    settings = settings_in_force()
    if settings.origins["operating_model"].startswith("the example"):
        raise Wrong(_("this is the example's operating model: lay your own into the data folder first"))
    if (model := operating_model(settings)) is None:
        raise Wrong(_('the operating model can\'t be used as it is: "kantadesk doctor" says why'))
    if contact not in model.contacts:
        raise not_there(contact, model.contacts)
    return settings, model


def _why_not(needed: StillNeeded) -> str:
    who = "; ".join(needed.others)
    facts = {"name": needed.name, "who": who}
    if needed.kind == "role":
        if who:
            return _("nobody else holds the role {name}: write somebody there first; {who} stands in so far", **facts)
        return _("nobody else holds the role {name}, and nobody stands in: write somebody there first", **facts)
    if who:
        return _("nobody else is in group {name}, which is told of faults or breaks: put {who} there first", **facts)
    return _("nobody else is in group {name}, which is told of faults or breaks: put somebody there first", **facts)


def _say_what_goes(contact: str, places: list[NamedAt]) -> None:
    say(_("From the operating model: {contact} with name, addresses, numbers and groups", contact=contact))
    for each in places:
        left = "; ".join(names.contact(other) for other in each.left)
        say(f"  {each.place}" + (_(" (then: {who})", who=left) if left else ""))


def _say_what_stays(settings: Settings) -> None:
    say(_("What stays:"))
    for text in _stays(settings).values():
        say(f"  - {text}")
    say(_(BASIS))


def _stays(settings: Settings) -> dict[str, str]:
    places = {
        "evidence": settings.evidence_dir,
        "sent": settings.store or settings.data_dir / "store",
        "outbox": settings.outbox_dir,
    }
    return {what: _(text, place=places.get(what, "")) for what, text in STAYS}


def _still_in_file(settings: Settings, model: OperatingModel, contact: str) -> list[int]:
    """Lines of the written file that still name the contact: comments, another contact's shared number."""
    from activities.contacts.forget import lines_that_name
    from activities.edited_file import read_edited

    entry = model.contacts[contact]
    details = (entry.name, entry.email, entry.phone, entry.text_message, *entry.addresses.values())
    return lines_that_name(read_edited(settings.operating_model), details)


def _document(contact: str, places: list[NamedAt], left: list[int], settings: Settings) -> dict[str, Any]:
    stays = [{"what": what, "why": text} for what, text in _stays(settings).items()]
    return {
        "contact": contact, "places": [each.place for each in places], "lines_that_still_name": left, "stays": stays,
        "basis_verified": False, "file": str(settings.operating_model),
    }  # fmt: skip

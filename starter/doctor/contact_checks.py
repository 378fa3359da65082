"""What ``kantadesk doctor`` checks of who is told: the rotas, and the links by which contacts acknowledge."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args
from urllib.parse import urlsplit

from starter.client.configuration import operating_model
from starter.contacts.on_duty import rotas_here, said
from starter.doctor.checks import CheckResult
from starter.language.moments import WEEKDAYS, in_words
from starter.language.words import N_, _, spoken
from starter.terminal.time_input import now
from workers.settings import Settings
from workflows.procedure.operating_model.holding_back import NEVER, HoldingBack
from workflows.procedure.operating_model.people import Contact
from workflows.procedure.operating_model.unanswered import Weekday
from workflows.procedure.watchdog import words

ROTA = N_("rota")
WHEN = N_("when told")
LINKS = N_("links")
_ON_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


async def check_contacts(settings: Settings) -> list[CheckResult]:
    """Every check of this module."""
    return [*await _rotas(settings), *_when_told(settings), *_links(settings)]


async def _rotas(settings: Settings) -> list[CheckResult]:
    """Who is on duty, and what the rotas leave open."""
    found: list[CheckResult] = []
    for rota in await rotas_here(settings, now()):
        open_there = [(words.what(each, spoken()), words.to_do(each, spoken())) for each in rota.findings()]
        found += [CheckResult("warning", _(ROTA), what, to_do) for what, to_do in open_there]
        if not open_there:
            found.append(CheckResult("ok", _(ROTA), said([rota.on_duty()])[0], ""))
    return found


def _when_told(settings: Settings) -> Iterable[CheckResult]:
    """The rules by which letters become fewer: digests after some days, quiet hours, one message in a while."""
    model = operating_model(settings)
    if not model:
        return
    rule = model.unanswered
    day = get_args(Weekday).index(rule.weekly_on)
    digests = _(
        "what nobody answers for {length} is one letter a day at {hour}, on {weekday} to management too; alarms by "
        "law go on as before",
        length=in_words(rule.after),
        hour=_("{hour}:00", hour=f"{rule.at:02}"),
        weekday=_(WEEKDAYS[str(day)]),
    )
    yield CheckResult("ok", _(WHEN), digests, "")
    holding = [
        _holding(_("everybody"), model.holding_back),
        *(_holding(contact.name, contact) for contact in model.contacts.values()),
    ]
    yield from (CheckResult("ok", _(WHEN), each, "") for each in holding if each)


def _holding(whom: str, rule: HoldingBack | Contact) -> str:
    """For whom what may wait, waits; empty where this rule says nothing."""
    parts = [
        _("quiet hours {hours}", hours=rule.quiet_hours) if rule.quiet_hours not in ("", NEVER) else "",
        _("no quiet hours") if rule.quiet_hours == NEVER else "",
        _("one message in {length}", length=in_words(rule.one_message_per)) if rule.one_message_per else "",
    ]
    said = ", ".join(part for part in parts if part)
    return f"{whom}: {said}" if said else ""


def _links(settings: Settings) -> Iterable[CheckResult]:
    """Whether the address in letters can lead to the door's page."""
    model = operating_model(settings)
    address = model.acknowledgement_links.address if model else ""
    if not address:
        return
    facts = {"address": address, "port": settings.door_port}
    parts = urlsplit(address)
    if not settings.door_port:
        detail = _("letters bear links to {address}, and no door answers there: door_port is {port}", **facts)
        yield CheckResult("fault", _(LINKS), detail, _("set door_port, or take the address out of the operating model"))
    elif parts.hostname in _ON_THIS_MACHINE and (parts.port or _usual(parts.scheme)) != settings.door_port:
        detail = _("letters bear links to {address}, and the door listens on port {port}", **facts)
        yield CheckResult("fault", _(LINKS), detail, _("write the door's port into the address, or change door_port"))
    else:
        detail = _("letters bear links to {address}; the door listens on port {port}", **facts)
        yield CheckResult("ok", _(LINKS), detail, "")


def _usual(scheme: str) -> int:
    return 443 if scheme == "https" else 80

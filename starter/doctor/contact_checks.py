"""What ``kantadesk doctor`` checks of who is told: the rotas, and the links by which contacts acknowledge."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from starter.client.configuration import operating_model
from starter.contacts.on_duty import rotas_here, said
from starter.doctor.checks import CheckResult
from starter.language.words import N_, _, spoken
from starter.terminal.time_input import now
from workers.settings import Settings
from workflows.procedure.watchdog import words

ROTA = N_("rota")
LINKS = N_("links")
_ON_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


async def check_contacts(settings: Settings) -> list[CheckResult]:
    """Every check of this module."""
    return [*await _rotas(settings), *_links(settings)]


async def _rotas(settings: Settings) -> list[CheckResult]:
    """Who is on duty, and what the rotas leave open."""
    found: list[CheckResult] = []
    for rota in await rotas_here(settings, now()):
        open_there = [(words.what(each, spoken()), words.to_do(each, spoken())) for each in rota.findings()]
        found += [CheckResult("warning", _(ROTA), what, to_do) for what, to_do in open_there]
        if not open_there:
            found.append(CheckResult("ok", _(ROTA), said([rota.on_duty()])[0], ""))
    return found


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

"""A planned break as text for people: its times on top, then what comes next and who was told."""

from __future__ import annotations

from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING

from starter.language import names
from starter.language.heard import heard
from starter.language.moments import countdown, short, span, written
from starter.language.words import Texts, _, spoken
from starter.terminal.output import Table, TextLine, say, show
from starter.views.incident import behind_its_label, labelled
from starter.views.tables import documents_table, messages_table, refused_table, unverified
from workflows.maintenance.messages import MaintenanceStatus
from workflows.procedure.maintenance.plan import parts_of
from workflows.procedure.services import named

if TYPE_CHECKING:
    from rich.console import RenderableType

DONE: Texts = {
    "change": "Change recorded; those who were told of the break now hear what changes for them.",
    "cancellation": "Cancelled; those who were told of the break now hear that, and nobody else.",
    "completion": "Recorded: the break is over. Those concerned are being told.",
    "acknowledgement": "Acknowledgement recorded.",
    "delivery_report": "Delivery report recorded.",
}
MESSAGES_SHOWN = 8


def show_maintenance_change(message: str, status: MaintenanceStatus) -> None:
    """Print what a message has done and what comes next, shortly."""
    say(f"{_(DONE[message])} {headline(status)}")
    if message == "change":
        say(_("Time: {span}", span=span(status.starts_at, status.ends_at)))
    for problem in status.problems:
        say("  " + _("look at this: {problem}", problem=heard(problem)))
    say(_("Next: {what_next}", what_next=expected_next(status)))


def headline(status: MaintenanceStatus) -> str:
    """Reference and phase in a few words."""
    marks = [
        *([_("short notice")] if status.short_notice else []),
        *([_("NOT OVER IN TIME")] if status.overlong else []),
    ]
    drill = names.drill(status.drill)
    return _(
        "{drill}Break {reference}: {phase}.",
        drill=drill,
        reference=status.reference + names.stranger(status.is_a_strangers),
        phase=", ".join([names.name(names.PHASES, status.phase), *marks]),
    )


def expected_next(status: MaintenanceStatus) -> str:
    """One sentence: what comes next."""
    if not status.next:
        return _("nothing more; the evidence is bundled.")
    soonest = status.next[0]
    if status.overlong:
        return _(
            "say that it is over: kantadesk maintenance complete {reference}; or open an incident: "
            "kantadesk incident open --from-maintenance {reference}",
            reference=status.reference,
        )
    return f"{heard(soonest.what)}, {written(soonest.at)}"


def show_maintenance_status(status: MaintenanceStatus, at: datetime) -> None:
    """Print all about a break. ``at``: the time on its own clock."""
    head = TextLine(headline(status), strong=True)
    show(head, *(TextLine(line, hang=behind_its_label(line)) for line in _lines(status, at)), *_tables(status, at))


def _lines(status: MaintenanceStatus, at: datetime) -> list[str]:
    parts = parts_of(status.starts_at, status.ends_at, status.windows)
    whose = _("Kela's") if status.source == "kela" else _("our own")
    points = ", ".join(rule.partition(":")[0] for rule in status.unverified) if status.next else ""
    doubt = _("nobody has checked the rules of {points} (--json says what they rest on)", points=points)
    facts = [
        (_("Next"), expected_next(status)),
        (_("Time"), span(status.starts_at, status.ends_at)),
        *((_("Window {n}", n=n), span(w.starts_at, w.ends_at)) for n, w in enumerate(parts, 1)),
        (_("Services"), named(status.services, spoken())),
        (_("Not affected"), named(status.not_affected, spoken())),
        (_("Drill time"), written(at) if status.drill else ""),
        (_("Completed"), short(status.completed_at)),
        *((_("Incident"), f"kantadesk incident show {incident}") for incident in status.incidents),
        (_("Not verified"), doubt if points else ""),
        *((_("LOOK AT"), heard(problem)) for problem in status.problems),
    ]
    return [f"{status.title} ({whose})", *labelled(facts)]


def _tables(status: MaintenanceStatus, at: datetime) -> list[RenderableType]:
    made: list[RenderableType] = []
    if status.next:
        coming = [(short(line.at), countdown(line.at, at), heard(line.what)) for line in status.next]
        made.append(Table((_("when"), "", _("what")), coming, _("What comes next")))
    if status.told:
        told = [
            (
                names.contact(t.contact),
                ", ".join(names.name(names.CHANNELS, way) for way in t.channels),
                heard(t.points[-1]),
                short(t.told_at),
                short(t.acknowledged_at),
            )
            for t in status.told
        ]
        made.append(Table((_("told"), _("way"), _("last of"), _("at"), _("acknowledged")), told, _("Who was told")))
    kept = (messages_table(status, MESSAGES_SHOWN), documents_table(status), refused_table(status), unverified(status))
    return [*made, *chain.from_iterable(kept)]

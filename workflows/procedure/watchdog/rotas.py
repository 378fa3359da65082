"""What the watchdog finds in rotas: gaps and overlaps of the coming week, unknown names, what can't be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from workflows.procedure.contacts.rota import OnDuty, Stretch
from workflows.procedure.duties import Role
from workflows.procedure.local_time import written
from workflows.procedure.watchdog.findings import Finding

HEARS: tuple[Role, ...] = ("operations",)
_TOLD_ONCE = {"gap": "rota_gap", "overlap": "rota_overlap"}


def about_rota(
    on_duty: OnDuty, coming: Sequence[Stretch], span: tuple[datetime, datetime], *, owner: str, zone: str
) -> list[Finding]:
    """Everything about the rota of one role. ``coming``: the time from now on; ``span``: all that was looked at.

    A gap and an overlap are told once each, when they are a week away.
    """
    role, (since, until) = on_duty.role, span
    found: list[Finding] = []
    if on_duty.problem:
        kind = "rota_unread" if on_duty.read_at else "rota_unknown"
        read = written(on_duty.read_at, zone) if on_duty.read_at else "-"
        found.append(_finding(kind, role, owner, "", why=on_duty.problem[:200], since=read))
    for stretch in coming:
        if kind := _TOLD_ONCE.get(stretch.standing, ""):
            begins = written(stretch.start, zone) if stretch.start > since else "-"
            ends = written(stretch.end, zone) if stretch.end < until else "-"
            facts = {"begins": begins, "ends": ends, "contacts": ", ".join(stretch.contacts) or "-"}
            found.append(_finding(kind, role, owner, begins, **facts).model_copy(update={"passes": True}))
    if unknown := [stretch for stretch in coming if stretch.has_unmatched]:
        facts = {"begins": written(unknown[0].start, zone), "number": str(len(unknown))}
        found.append(_finding("rota_unmatched", role, owner, "", **facts))
    return found


def _finding(kind: str, role: Role, owner: str, part: str, **facts: str) -> Finding:
    return Finding(
        key=f"{kind}/{role}" + (f"/{part}" if part else ""),
        kind=kind,
        level="warning",
        area="contacts",
        facts={"role": role, **facts},
        also_to=HEARS if owner else (*HEARS, "desk"),
        also_contacts=(owner,) if owner else (),
    )

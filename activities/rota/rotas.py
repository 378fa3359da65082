"""Who is on duty in each role that a rota holds: asked at the moment of an alarm, and for the week that comes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from activities.rota.calendar import RotaUnreadable
from activities.rota.people import People
from activities.rota.source import ReadRota, RotaSources
from workflows.procedure.contacts import rota
from workflows.procedure.contacts.rota import OnDuty, Shift, Stretch
from workflows.procedure.duties import Role
from workflows.procedure.operating_model.model import OperatingModel
from workflows.procedure.watchdog.findings import Finding
from workflows.procedure.watchdog.rotas import about_rota

LOG = logging.getLogger("kantadesk.rota")
ANSWERS_WITHIN = 8.0
"""Seconds until an alarm goes to everybody instead: less than its look-up may take."""


class RoleRota:
    """The rota of one role, as it was read: its stretches from five weeks before a moment to a week after it."""

    def __init__(self, role: Role, model: OperatingModel, read: ReadRota, moment: datetime) -> None:
        self.role, self.moment = role, moment.astimezone(UTC)
        self.everybody = model.roles[role].contacts
        self.owner, self.zone = model.roles[role].owner, model.organisation.time_zone
        self.read_at, self.problem = read.read_at, read.problem
        self._since, self._until = self.moment - rota.BACK, self.moment + rota.AHEAD
        self.stretches: tuple[Stretch, ...] = ()
        if read.calendar:
            people = People(model, (*self.everybody, *model.roles[role].deputies))
            try:
                events = read.calendar.events(self._since, self._until)
            except RotaUnreadable as fault:
                self.problem = str(fault)
                return
            shifts = []
            for start, end, event in events:
                contacts, unmatched = people.named(event)
                shifts.append(Shift(start=start, end=end, contacts=contacts, unmatched=unmatched))
            self.stretches = rota.stretches(shifts, self._since, self._until)

    def on_duty(self, moment: datetime | None = None) -> OnDuty:
        """Who is on duty at the moment, or soon after it.

        A gap, a name that nobody knows, a calendar that nobody can read: everybody is told.
        """
        here = rota.at(self.stretches, moment or self.moment)
        if here is None:
            return OnDuty(
                role=self.role, told=self.everybody, standing="unread", problem=self.problem, read_at=self.read_at
            )
        after = rota.at(self.stretches, here.end)
        return OnDuty(
            role=self.role,
            contacts=here.contacts,
            told=here.contacts or self.everybody,
            standing=here.standing,
            since=here.start if here.start > self._since else None,
            until=here.end if here.end < self._until else None,
            then=after.contacts if after else (),
            read_at=self.read_at,
            problem=self.problem,
        )

    def findings(self) -> list[Finding]:
        """What a person should look at in it."""
        span = self._since, self._until
        return about_rota(self.on_duty(), self.coming(), span, owner=self.owner, zone=self.zone)

    def coming(self) -> tuple[Stretch, ...]:
        """What lies ahead within a week, with what is now."""
        return tuple(each for each in self.stretches if each.end > self.moment)


class Rotas:
    """The rotas of an operating model. ``beside``: its folder, from which files are found."""

    def __init__(self, sources: RotaSources, beside: Path) -> None:
        self._sources, self._beside = sources, beside

    async def of(self, model: OperatingModel, moment: datetime, roles: Iterable[Role] | None = None) -> list[RoleRota]:
        """The rotas of some roles, or of all that have one. Nothing is raised: what can't be read says so."""
        wanted = [role for role in (model.roles if roles is None else dict.fromkeys(roles)) if model.roles[role].rota]
        zone = model.organisation.time_zone
        reading = (self._sources.read(model.roles[role].rota, self._beside, zone) for role in wanted)
        read = await asyncio.gather(*reading)
        return await asyncio.to_thread(
            lambda: [RoleRota(role, model, each, moment) for role, each in zip(wanted, read, strict=True)]
        )

    async def told(self, model: OperatingModel, roles: Iterable[Role], moment: datetime) -> dict[Role, tuple[str, ...]]:
        """Who gets the alarms of some roles at a moment, of those that a rota holds. Never raises."""
        roles = tuple(roles)
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                return {each.role: each.on_duty().told for each in await self.of(model, moment, roles)}
        except Exception:  # an alarm is never dropped, whatever stands in a calendar
            LOG.exception("a rota could not be followed: everybody in the role is told")
            return {role: model.roles[role].contacts for role in roles}

"""The judge of who is told in a manner of its own: quiet hours, one message in a while, channels of which one fails.

Each such contact is in the same group as one that is told of everything at once by mail. What that one hears, the
others hear too: none of it less, and none of it when it may not. It reads letters and what people say, and no rule of
the product.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from tests.chaos.letter_box import Accepted
from tests.simulation.desk.house import House
from tests.simulation.desk.mail import Pager
from tests.simulation.desk.onlooker import Onlooker
from tests.simulation.desk.wall_clock import HELSINKI
from tests.simulation.engine.execution import Run
from tests.simulation.engine.virtual_time import running

PLAIN, QUIET, RARELY, PAGED = "plain@example.org", "quiet@example.org", "rarely@example.org", "paged@example.org"
ALL = frozenset((PLAIN, QUIET, RARELY, PAGED))
NAMES = tuple(address.partition("@")[0] for address in sorted(ALL))
MANNERS = {
    PLAIN: "",
    QUIET: 'quiet_hours = "22:00-07:00"',
    RARELY: 'one_message_per = "3h"',
    PAGED: 'addresses = { pager = "json://pager.example.org/paged" }\nchannels = ["pager", "email"]',
}
CONTACTS = "\n".join(
    f"""
[contacts.{address.partition("@")[0]}]
name = "{address.partition("@")[0].capitalize()}"
email = "{address}"
language = "en"
groups = ["wards", "contact-persons"]
{manner}
verified_on = 2026-11-02"""
    for address, manner in MANNERS.items()
)
NIGHT = (time(22), time(7))
AWHILE = timedelta(hours=3)
SLACK = timedelta(minutes=10)
"""How late a letter may be accepted after it was let go: workers die, and a provider may be slow."""
AT_ANY_TIME = ("instruction", "instruction_reminder")
_ITEM = re.compile(r"^- \d{1,2}\.\d{1,2}\.\d{4} at ", re.MULTILINE)
_RANK = {"low": 1, "medium": 2, "high": 3, "critical": 4}


@dataclass(frozen=True)
class Heard:
    """One message to one of them: when, what for, how many it tells, and how severe the fault was when it went."""

    at: datetime
    purpose: str
    items: int
    severity: str
    is_by_mail: bool
    message_id: str


class Everything:
    """A set that everything is in."""

    def __contains__(self, _: object) -> bool:
        return True


class Twins(Onlooker):
    """Looks on at one house. The severity is what people have said last, or unknown."""

    def __init__(self, home: House, pager: Pager) -> None:
        super().__init__(home)
        self.told: dict[tuple[str, str], list[Heard]] = {}
        self._severity: dict[str, list[tuple[datetime, str]]] = {}
        home.provider.read = Everything()  # type: ignore[assignment]
        home.provider.watchers.append(self._by_mail)
        pager.watchers.append(self._by_pager)
        home.server.watchers.append(self._event)

    def _event(self, run: Run, event: HistoryEvent) -> None:
        if event.event_type != EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
            return
        request = event.workflow_execution_update_accepted_event_attributes.accepted_request
        if request.input.name in ("triage", "situation_update") and request.input.args.payloads:
            facts: dict[str, Any] = json.loads(request.input.args.payloads[0].data)
            if severity := facts.get("severity"):
                incident = run.workflow_id.partition("-")[2]
                self._severity.setdefault(incident, []).append((running().now(), severity))

    def _by_mail(self, letter: Accepted, purpose: str) -> None:
        if letter.to in ALL:
            text = self._home.provider.texts.get(letter.message_id, "")
            items = len(_ITEM.findall(text)) if purpose == "held_back" else 1
            self._hear(letter.to, letter.incident, purpose, items, letter.message_id, is_by_mail=True)

    def _by_pager(self, incident: str, purpose: str, message: str) -> None:
        self._hear(PAGED, incident, purpose, 1, message, is_by_mail=False)

    def _hear(self, to: str, incident: str, purpose: str, items: int, message: str, *, is_by_mail: bool) -> None:
        known = self.told.setdefault((incident, to), [])
        if message in {each.message_id for each in known}:
            return  # the same again, after an answer that was lost
        heard = Heard(running().now(), purpose, items, self._now(incident), is_by_mail, message)
        known.append(heard)
        if to == QUIET and self._is_quiet(incident, heard):
            self._is_wrong(f"{incident}: {purpose} went to {to} in quiet hours, the fault being {heard.severity}")
        if to == RARELY and len(known) > 1 and self._is_too_soon(incident, known[-2], heard):
            self._is_wrong(f"{incident}: {purpose} went to {to} {heard.at - known[-2].at} after {known[-2].purpose}")

    def _now(self, incident: str) -> str:
        said = self._severity.get(incident, [])
        return said[-1][1] if said else ""

    def _lately(self, incident: str) -> set[str]:
        """How severe the fault was said to be a short while ago: a letter is on its way for some minutes."""
        said = self._severity.get(incident, [])
        before = [severity for at, severity in said if at <= running().now() - SLACK]
        return {*before[-1:], *(severity for at, severity in said if at > running().now() - SLACK)}

    def _is_quiet(self, incident: str, heard: Heard) -> bool:
        self.checks["quiet hours"] += 1
        begins, ends = NIGHT
        clock = (heard.at - SLACK).astimezone(HELSINKI).time()
        now = heard.at.astimezone(HELSINKI).time()
        is_night = (now >= begins or now < ends) and (clock >= begins or clock < ends)
        return is_night and heard.purpose not in AT_ANY_TIME and "critical" not in self._lately(incident)

    def _is_too_soon(self, incident: str, before: Heard, heard: Heard) -> bool:
        self.checks["one in a while"] += 1
        worst = max((_RANK.get(each, 0) for each in self._lately(incident)), default=0)
        has_risen = worst > _RANK.get(before.severity, 0) or worst == _RANK["critical"]
        return heard.at - before.at < AWHILE - SLACK and not has_risen and heard.purpose not in AT_ANY_TIME

    def reckon(self, incidents: Sequence[str]) -> None:
        """At the end: each has heard as much as the one who is told of everything at once."""
        for incident in incidents:
            wanted = Counter(each.purpose for each in self.told.get((incident, PLAIN), []))
            self.checks["letters of the plain one"] += wanted.total()
            for to in (QUIET, RARELY):
                got = sum(each.items for each in self.told.get((incident, to), []))
                self.checks[f"held back for {to}"] += sum(
                    each.items for each in self.told.get((incident, to), []) if each.purpose == "held_back"
                )
                if got != wanted.total():
                    self._is_wrong(f"{incident}: {to} was told {got} things, {wanted.total()} were said")
            paged = self.told.get((incident, PAGED), [])
            self.checks["by pager"] += sum(not each.is_by_mail for each in paged)
            self.checks["by mail, since the pager failed"] += sum(each.is_by_mail for each in paged)
            self._by_either(incident, paged, wanted)

    def _by_either(self, incident: str, paged: Sequence[Heard], wanted: Counter[str]) -> None:
        """By one of two channels, and by no channel twice: what a worker that died has sent may come by the other."""
        by = [Counter(each.purpose for each in paged if each.is_by_mail == is_by_mail) for is_by_mail in (True, False)]
        if wanted - (by[0] + by[1]) or any(each - wanted for each in by):
            said = f"{dict(by[0])} by mail, {dict(by[1])} by pager"
            self._is_wrong(f"{incident}: {PAGED} was told {said}; {dict(wanted)} were said")
        doubled = (by[0] + by[1] - wanted).total()
        self.checks["by both channels"] += doubled
        if doubled > len(self._home.shadows):
            self._is_wrong(f"{incident}: {PAGED} was told {doubled} things by both channels")

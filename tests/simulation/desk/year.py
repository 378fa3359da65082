"""A year of one desk: when faults come and how long they last, and what people make of them, with their shifts.

Outages are drawn by the shapes that public notices have (``domain.md`` §3.3: many short ones, few that last for hours,
clusters in which one follows the other). People answer at once while they are on shift, later in the evening, and some
forget it until the next working day; some mistype, correct themselves, cancel, or answer twice.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from tests.chaos.script import (
    CONTROLLER,
    Act,
    Garbage,
    Open,
    Pause,
    Plan,
    Say,
    Until,
    opening,
    to_its_end,
    triage,
    with_what_is_published,
)
from tests.chaos.script import (
    _acknowledged as acknowledged,
)
from tests.chaos.script import (
    _breach_facts as breach_facts,
)
from tests.chaos.script import (
    _call as call,
)
from tests.chaos.script import (
    _notified as notified,
)
from tests.chaos.script import (
    _suspicion as suspicion,
)
from tests.chaos.short_clocks import members
from tests.simulation.desk.overtaken import overtaken
from tests.simulation.desk.wall_clock import in_local_time

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
HOLIDAYS = frozenset({(1, 1), (1, 6), (5, 1), (12, 6), (12, 24), (12, 25), (12, 26)})
"""Days on which nobody but the one on duty is there."""
LATE = (30.0, 5 * MINUTE, HOUR, 6 * HOUR)
"""How long a message may be on its way that others overtake."""
SERVICES = ("PRESCRIPTION", "PDR", "MYKANTA", "DMS")


class Begun(NamedTuple):
    """A life and when it begins, in seconds from the beginning of the year."""

    at: float
    plan: Plan


def year(seed: str, begins: datetime, incidents: int = 200) -> list[Begun]:
    """The lives of a year."""
    chance = random.Random(f"{seed}/year/published")  # noqa: S311  # to be repeated, not to be secret
    lives = year_of_itself(seed, begins, incidents)
    return [Begun(at, overtaken(with_what_is_published(plan, chance), chance, LATE)) for at, plan in lives]


def year_of_itself(seed: str, begins: datetime, incidents: int = 200) -> list[Begun]:
    """The same year where Kela publishes nothing and no supplier reports: what was kept before is made of it."""
    chance = random.Random(f"{seed}/year")  # noqa: S311  # to be repeated, not to be secret
    moments = sorted(_moments(chance, incidents))
    return [Begun(at, _Desk(chance, begins, at).life(f"Y{number:04}")) for number, at in enumerate(moments)]


def _moments(chance: random.Random, number: int) -> Iterator[float]:
    """When faults begin: by day more than by night; one in five follows another within hours."""
    last = 0.0
    for _ in range(number):
        if last and chance.random() < 0.2:
            yield min(last + chance.expovariate(1 / (3 * HOUR)), 350 * DAY)
            continue
        last = chance.randrange(350) * DAY + chance.gauss(11, 4) % 24 * HOUR
        yield last


class _Desk:
    """The people of one life. ``_clock``: where they are in the year, as far as their plan goes."""

    def __init__(self, chance: random.Random, begins: datetime, at: float) -> None:
        self._chance, self._begins, self._clock = chance, begins, at
        self._over_by: float | None = None
        """By when the fault is over, where it may not last for long."""

    # --- shifts ---------------------------------------------------------------------------------------------

    def _now(self) -> datetime:
        return in_local_time(self._begins + timedelta(seconds=self._clock))

    def _waits(self, seconds: float) -> Pause:
        if self._over_by is not None:
            seconds = min(seconds, (self._over_by - self._clock) / 2)
        self._clock += seconds
        return Pause(round(seconds, 3))

    def _gets_to_it(self) -> Pause:
        """Somebody gets to it: within minutes on a shift, within hours at night, some the next working day."""
        here, draw = self._now(), self._chance.random()
        if draw < 0.06:
            return self._waits(self._until_the_next_morning(here))
        is_on_shift = is_working_day(here.date()) and 7 <= here.hour < 17
        return self._waits(self._chance.expovariate(1 / (6 * MINUTE if is_on_shift else 40 * MINUTE)))

    def _until_the_next_morning(self, here: datetime) -> float:
        day = here.date() + timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
        morning = here.replace(year=day.year, month=day.month, day=day.day, hour=8, minute=0, second=0, microsecond=0)
        return (morning - here).total_seconds() + self._chance.uniform(0, HOUR)

    # --- lives ----------------------------------------------------------------------------------------------

    def life(self, reference: str) -> Plan:
        """One of them."""
        draw = self._chance.random()
        if draw < 0.05:
            return Plan(reference, tuple(self._found_late(reference)))
        if draw < 0.11:
            return Plan(reference, tuple(self._mistake(reference)))
        return Plan(reference, tuple(self._fault(reference)))

    def _mistake(self, reference: str) -> Iterator[Act]:
        self._over_by = self._clock + 10 * HOUR  # longer, and a question would be open: it is answered first
        yield Open(opening(reference, self._chance.choice(SERVICES)))
        yield self._gets_to_it()
        if self._chance.random() < 0.5:
            yield Say("triage", triage("low", extensive=False, slows="no"))
            yield self._gets_to_it()
        yield Say("cancellation", lambda _: {"reason": "It was our own cable."})

    def _fault(self, reference: str) -> Iterator[Act]:
        chance = self._chance
        service, began = chance.choice(SERVICES), self._clock
        is_in_doubt = service != "PRESCRIPTION" and chance.random() < 0.12
        if service != "PRESCRIPTION":  # the storm's model knows the question that opens by time for this one only
            self._over_by = began + 10 * HOUR
        yield Open(opening(reference, service))
        yield self._gets_to_it()
        yield from self._judged(privacy="unknown" if is_in_doubt else "no")
        yield from self._lasts(_length(chance))
        if chance.random() < 0.08:
            yield from self._instructed()
        if is_in_doubt:
            yield from self._assessed(service)
        if service == "PRESCRIPTION":
            yield from self._out_of_reach(began)
        yield from to_its_end()
        if service != "PRESCRIPTION" and chance.random() < 0.06:
            self._over_by = None
            yield self._waits(chance.uniform(1, 20) * HOUR)
            self._over_by = self._clock + 10 * HOUR
            yield Say("reopening", lambda _: {"reason": "It is back."})
            yield self._gets_to_it()
            yield from self._judged(privacy="no")
            yield from to_its_end()

    def _out_of_reach(self, began: float) -> Iterator[Act]:
        """Where it has lasted for long, the question of a breach has opened by itself, and is answered."""
        lasted = self._clock - began
        if lasted < 11 * HOUR:
            return
        if lasted < 13 * HOUR:
            yield self._waits(13 * HOUR - lasted)
        yield Until("asked for a breach")
        no = {"outcome": "no_personal_data", "reason": "They were out of reach, not lost."}
        yield Say("breach_assessment", lambda _: no)

    def _judged(self, *, privacy: str) -> Iterator[Act]:
        chance = self._chance
        severity, extensive = chance.choice(("critical", "high", "medium", "low")), chance.random() < 0.3
        slows = "yes" if privacy != "no" or chance.random() < 0.75 else "no"
        if chance.random() < 0.1:
            yield Garbage("triage", '{"by": 7}')  # mistyped
        yield Say("triage", triage(severity, extensive=extensive, privacy=privacy, slows=slows))
        if chance.random() < 0.08:
            yield self._gets_to_it()  # corrected
            severity = "critical"
            yield Say("triage", triage(severity, extensive=extensive, slows=slows))
        if slows == "yes" and (severity == "critical" or extensive):
            yield self._gets_to_it()
            if chance.random() < 0.2:
                yield Say("phone_escalation", call(reached=False), how="signal")
                yield self._gets_to_it()
            yield Say("phone_escalation", call(), how="twice" if chance.random() < 0.1 else "update")

    def _lasts(self, seconds: float) -> Iterator[Act]:
        """The fault lasts; those concerned are told of each change."""
        while seconds > 0:
            step = min(seconds, self._chance.uniform(0.5, 6) * HOUR)
            yield self._waits(step)
            seconds -= step
            if self._chance.random() < 0.5:
                how = self._chance.choice(("update", "update", "signal", "twice"))
                yield Say("situation_update", lambda _: {"text": "It goes on."}, how=how)  # type: ignore[arg-type]

    def _instructed(self) -> Iterator[Act]:
        yield Say("authority_instruction", lambda _: {"authority": "THL", "text": "Write on paper."})
        for contact in members("instruction"):
            yield self._gets_to_it()
            yield Say("acknowledgement", acknowledged(contact))

    def _assessed(self, service: str) -> Iterator[Act]:
        yield self._gets_to_it()
        if self._chance.random() < 0.4:
            no = {"outcome": "no_personal_data", "reason": "Only addresses of machines."}
            yield Say("breach_assessment", lambda _: no)
            return
        yield Say("breach_assessment", suspicion(service, timedelta(0)))
        yield Until("breach started")
        yield from self._breach(service, is_late=False)
        yield Until("breach over")

    def _found_late(self, reference: str) -> Iterator[Act]:
        """A breach without an incident, of which somebody became aware days ago."""
        ago = timedelta(hours=self._chance.choice((1, 20, 50, 71, 80, 200)))
        if self._chance.random() < 0.25:
            facts = breach_facts("PDR", ago, role="processor", controllers=[{"name": CONTROLLER}])
            yield Open(lambda at: {**facts(at), "reference": reference}, to="breach")
            yield self._gets_to_it()
            told = {"controller": CONTROLLER}
            yield Say("controller_notified", lambda at: {**told, "notified_at": at.isoformat()}, "breach")
            kept = {"duty": "document_breach", "reason": "The controller keeps it."}
            yield Say("duty_waived", lambda _: kept, "breach")
            yield Say("conclusion", lambda _: {"text": "Told."}, "breach")
            return
        facts = breach_facts("PDR", ago)
        yield Open(lambda at: {**facts(at), "reference": reference}, to="breach")
        yield from self._breach("PDR", is_late=True)

    def _breach(self, service: str, *, is_late: bool) -> Iterator[Act]:
        chance = self._chance
        yield self._gets_to_it()
        if chance.random() < 0.2:
            yield Say("conclusion", lambda _: {"text": "Too early."}, "breach")
        risk = chance.choice(("unlikely", "risk", "high"))
        yield Say("risk_assessment", lambda _: {"risk": risk, "reasons": "Health data of some."}, "breach")
        yield self._gets_to_it()
        if risk == "unlikely":
            waiver = {"duty": "notify_supervisory_authority", "reason": "No risk."}
            yield Say("duty_waived", lambda _: waiver, "breach")
        else:
            if is_late or chance.random() < 0.3:
                yield self._waits(chance.uniform(1, 80) * HOUR)
            yield Say("authority_notified", notified("Nobody was there."), "breach")
        if service in ("PRESCRIPTION", "DMS"):
            yield self._gets_to_it()
            yield Say("kela_notified", lambda at: {"notified_at": at.isoformat(), "reference": "K-1"}, "breach")
        if risk == "high":
            yield self._waits(chance.uniform(1, 100) * HOUR)
            told = {"channel": "letter", "count": 40}
            yield Say("subjects_informed", lambda at: {"informed_at": at.isoformat(), **told}, "breach")
        yield self._gets_to_it()
        yield Say("measures_taken", lambda _: {"text": "The access was closed."}, "breach")
        yield Say("conclusion", lambda _: {"text": "Learned."}, "breach")


def is_working_day(day: date) -> bool:
    """Whether the whole desk is there."""
    return day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS


def _length(chance: random.Random) -> float:
    """How long a fault lasts, in seconds: half of them under an hour and a half, few for a day."""
    return min(chance.lognormvariate(8.5, 1.1), 2 * DAY)

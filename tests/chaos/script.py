"""What a desk does in the life of one process, drawn by chance: what it says, when it waits, what it gets wrong."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple, TypeGuard

from tests.builders import answers
from tests.chaos.short_clocks import UNAVAILABLE_AFTER, due_after, members

To = Literal["incident", "breach"]
Facts = Callable[[datetime], dict[str, Any]]
"""The payload of a message that is said at a moment."""
LATE = due_after("notify_supervisory_authority") - timedelta(seconds=12)
"""How long ago the organisation became aware, where the legal clock runs out while the desk looks on."""
CONTROLLER = "Pohjoinen kuntayhtymä"


class Say(NamedTuple):
    """Say something. ``how``: an update is answered, a signal is not; twice: the same signal again, at once."""

    message: str
    facts: Facts
    to: To = "incident"
    how: Literal["update", "signal", "twice"] = "update"


class Open(NamedTuple):
    """Start a process."""

    facts: Facts
    to: To = "incident"


class Garbage(NamedTuple):
    """Send something that can't be read, as a signal."""

    message: str
    text: str
    to: To = "incident"


class Pause(NamedTuple):
    """Let time pass."""

    seconds: float


class Until(NamedTuple):
    """Wait for something that the process must come to by itself."""

    what: Literal["asked for a breach", "breach started", "incident over", "breach over"]


class Late(NamedTuple):
    """A message that is on its way for so long: what is said next overtakes it. Always an update."""

    said: Say
    seconds: float


Act = Say | Open | Garbage | Pause | Until | Late


class Plan(NamedTuple):
    """A life: its name, and what its desk does one after the other."""

    reference: str
    acts: tuple[Act, ...]


def plan(seed: str, number: int) -> Plan:
    """The plan of one life."""
    chance = random.Random(f"{seed}/{number}/published")  # noqa: S311  # to be repeated, not to be secret
    return with_what_is_published(plan_of_itself(seed, number), chance)


def plan_of_itself(seed: str, number: int) -> Plan:
    """The same life where Kela publishes nothing and no supplier reports: what was kept before is made of it."""
    chance = random.Random(f"{seed}/{number}")  # noqa: S311  # to be repeated, not to be secret
    reference = f"S{number:04}"
    if chance.random() < 0.1:
        return Plan(reference, tuple(_lone_breach(chance, reference)))
    return Plan(reference, tuple(_incident(chance, reference)))


def everything(reference: str) -> Plan:
    """A life with one of everything, for where there is little time."""
    chance = random.Random(reference)  # noqa: S311
    return Plan(
        reference,
        (
            Open(opening(reference, "PRESCRIPTION")),
            Say("situation_update", lambda _: {"text": "Too early."}),
            Pause(8),
            Say("triage", triage("critical", extensive=True, privacy="unknown")),
            Pause(10),
            Say("phone_escalation", _call()),
            Say("situation_update", lambda _: {"text": "It goes on."}, how="twice"),
            Say("breach_assessment", _suspicion("PRESCRIPTION", timedelta(0))),
            Until("breach started"),
            *_breach_to_its_end(chance, "PRESCRIPTION", is_late=False),
            Until("breach over"),
            *to_its_end(),
        ),
    )


# --- what is known elsewhere ---------------------------------------------------------------------------------


def with_what_is_published(lived: Plan, chance: random.Random) -> Plan:
    """The same life where Kela may have published a notice, or the supplier have reported the fault.

    ``chance`` is one of its own: the life itself stays what its seed has made it.
    """
    services = next((act.facts(SOMETIME)["services"] for act in lived.acts if _opens_incident(act)), ())
    return lived._replace(acts=tuple(_published(lived.acts, list(services), chance)))


SOMETIME = datetime(2027, 1, 1, tzinfo=UTC)


def _opens_incident(act: Act) -> TypeGuard[Open]:
    return isinstance(act, Open) and act.to == "incident"


def _published(acts: Sequence[Act], services: list[str], chance: random.Random) -> Iterator[Act]:
    number = 0
    for act in acts:
        if isinstance(act, Say) and act.message == "triage":
            if chance.random() < 0.45:
                number += 1
                ages = (timedelta(0), timedelta(0), timedelta(hours=1), timedelta(days=3), timedelta(days=24))
                age = chance.choice(ages)
                yield Say("notice", _notice(number, "fault", services, age), how=chance.choice(("update", "signal")))
            yield act._replace(facts=_answered(act.facts, chance))
            continue
        if isinstance(act, Say) and act.message == "situation_update" and chance.random() < 0.25:
            kind = chance.choice(("fault", "change", "correction", "end"))
            yield Say("notice", _notice(number, kind, services, timedelta(0)), how=chance.choice(("signal", "twice")))
        yield act


def _notice(number: int, kind: str, services: list[str], age: timedelta) -> Facts:
    return lambda at: {
        "guid": f"notice-{number}",
        "title": "Häiriö Kanta-palveluissa",
        "kind": kind,
        "published_at": (at - age).isoformat(),
        "services": services,
    }


def _answered(judged: Facts, chance: random.Random) -> Facts:
    """A triage with what the desk answers about the notice and the supplier; often it says nothing."""
    same = chance.choice(("yes", "yes", "no", "unknown", ""))
    by_supplier, anyway, has_number = chance.random() < 0.15, chance.random() < 0.08, chance.random() < 0.5
    more: dict[str, Any] = ({"same_as_notice": same} if same else {}) | ({"report_anyway": True} if anyway else {})
    if not by_supplier:
        return lambda at: {**judged(at), **more}
    named = {"by": "Aava Oy", "reference": "K-77"} if has_number else {}

    def says(at: datetime) -> dict[str, Any]:
        report = {"at": (at - timedelta(minutes=2)).isoformat(), **named}
        return {**judged(at), **more, "reported_by_supplier": report}

    return says


# --- incidents ----------------------------------------------------------------------------------------------


def _incident(chance: random.Random, reference: str) -> Iterator[Act]:
    service = chance.choice(("PRESCRIPTION", "PDR", "MYKANTA", "DMS"))
    if chance.random() < 0.06:
        yield from _mistake(chance, reference, service)
        return
    lasts_long = service == "PRESCRIPTION" and chance.random() < 0.2
    is_in_doubt = not lasts_long and chance.random() < 0.25
    yield Open(opening(reference, service, since=UNAVAILABLE_AFTER - timedelta(seconds=8) if lasts_long else None))
    yield from _not_yet_judged(chance)
    yield from _judged(chance, privacy="unknown" if is_in_doubt else "no")
    yield from _handled(chance)
    if lasts_long:
        yield Until("asked for a breach")
    doubt = chance.choice(("no", "waived", "first", "first", "after")) if lasts_long or is_in_doubt else ""
    if doubt:
        yield from _assessed(chance, service, doubt)
    yield from to_its_end()
    if chance.random() < 0.15:
        yield Say("reopening", lambda _: {"reason": "It is back."})
        yield from _judged(chance, privacy="no")
        yield from to_its_end()
    if doubt == "after":
        yield Until("incident over")
        yield from _breach_to_its_end(chance, service, is_late=False)


def _not_yet_judged(chance: random.Random) -> Iterator[Act]:
    if chance.random() < 0.3:
        yield Say("situation_update", lambda _: {"text": "Too early."}, how=chance.choice(("update", "signal")))
    if chance.random() < 0.2:
        yield _garbage(chance)
    yield Pause(chance.choice((0, 0, 1, 8)))  # some are reminded


def _handled(chance: random.Random) -> Iterator[Act]:
    if chance.random() < 0.5:
        severity = chance.choice(("", "", "critical"))
        yield Say("situation_update", _update(severity), how=chance.choice(("update", "signal", "twice")))
        if severity:
            yield Say("phone_escalation", _call())
    if chance.random() < 0.25:
        yield from _instruction(chance)
    if chance.random() < 0.15:
        yield _garbage(chance)


def _assessed(chance: random.Random, service: str, doubt: str) -> Iterator[Act]:
    yield Pause(chance.choice((0, 7, 17)))
    match doubt:
        case "no":
            no = {"outcome": "no_personal_data", "reason": "Only addresses of machines."}
            yield Say("breach_assessment", lambda _: no)
        case "waived":
            yield Say("duty_waived", lambda _: {"duty": "assess_breach", "reason": "Asked twice."})
        case _:
            yield from _suspected(chance, service, to_its_end=doubt == "first")


def _judged(chance: random.Random, *, privacy: str) -> Iterator[Act]:
    severity, extensive = chance.choice(("critical", "high", "medium", "low")), chance.random() < 0.3
    applies = chance.random() < 0.8 or privacy != "no"
    yield Say("triage", triage(severity, extensive=extensive, privacy=privacy, slows="yes" if applies else "no"))
    if applies and (severity == "critical" or extensive):
        if chance.random() < 0.3:
            yield Say("phone_escalation", _call(reached=False), how="signal")
        yield Pause(chance.choice((0, 0, 10)))  # some are too late
        yield Say("phone_escalation", _call(), how=chance.choice(("update", "signal")))


def _mistake(chance: random.Random, reference: str, service: str) -> Iterator[Act]:
    yield Open(opening(reference, service))
    if chance.random() < 0.5:
        yield Say("triage", triage("low", extensive=False, slows="no"))
    yield Say("cancellation", lambda _: {"reason": "It was our own cable."})


def _instruction(chance: random.Random) -> Iterator[Act]:
    yield Say("authority_instruction", lambda _: {"authority": "THL", "text": "Write on paper until further notice."})
    for contact in members("instruction"):
        yield Pause(chance.choice((0, 8, 16)))
        yield Say("acknowledgement", _acknowledged(contact))
    yield Say("acknowledgement", lambda _: {"contact": "nobody", "what": "instruction-9"}, how="signal")


def to_its_end() -> Iterator[Act]:
    yield Say("resolution", lambda at: {"resolved_at": at.isoformat(), "cause": "A certificate.", "remedy": "Renewed."})


def _garbage(chance: random.Random) -> Garbage:
    return Garbage(
        *chance.choice(
            (
                ("triage", "{"),
                ("situation_update", "[1, 2]"),
                ("phone_escalation", '{"by": 7}'),
                ("resolution", '{"by": "desk"}'),
                ("no_such_message", "{}"),
            )
        )
    )


# --- breaches -----------------------------------------------------------------------------------------------


def _suspected(chance: random.Random, service: str, *, to_its_end: bool) -> Iterator[Act]:
    is_late = service != "PRESCRIPTION" and to_its_end and chance.random() < 0.4
    yield Say("breach_assessment", _suspicion(service, LATE if is_late else timedelta(0)))
    yield Until("breach started")
    if to_its_end:
        yield from _breach_to_its_end(chance, service, is_late=is_late)
        yield Until("breach over")


def _lone_breach(chance: random.Random, reference: str) -> Iterator[Act]:
    if chance.random() < 0.3:
        facts = _breach_facts("PDR", timedelta(0), role="processor", controllers=[{"name": CONTROLLER}])
        yield Open(lambda at: {**facts(at), "reference": reference}, to="breach")
        yield Pause(chance.choice((0, 10)))
        yield Say("controller_notified", lambda at: {"controller": CONTROLLER, "notified_at": at.isoformat()}, "breach")
        yield Say("duty_waived", lambda _: {"duty": "document_breach", "reason": "The controller keeps it."}, "breach")
        yield Say("conclusion", lambda _: {"text": "Told."}, "breach")
        return
    is_late = chance.random() < 0.5
    facts = _breach_facts("PDR", LATE if is_late else timedelta(0))
    yield Open(lambda at: {**facts(at), "reference": reference}, to="breach")
    yield from _breach_to_its_end(chance, "PDR", is_late=is_late)


def _breach_to_its_end(chance: random.Random, service: str, *, is_late: bool) -> Iterator[Act]:
    yield Say("conclusion", lambda _: {"text": "Too early."}, "breach")
    if is_late:
        yield Pause(14)
    risk = chance.choice(("unlikely", "risk", "high"))
    yield Say("risk_assessment", lambda _: {"risk": risk, "reasons": "Health data of some."}, "breach")
    if risk == "unlikely":
        waiver = {"duty": "notify_supervisory_authority", "reason": "No risk."}
        yield Say("duty_waived", lambda _: waiver, "breach")
    else:
        if is_late:
            yield Say("authority_notified", _notified(), "breach")
        yield Say("authority_notified", _notified("Nobody was there." if is_late else ""), "breach")
    if service in ("PRESCRIPTION", "DMS"):
        yield Say("kela_notified", lambda at: {"notified_at": at.isoformat(), "reference": "K-1"}, "breach")
    if risk == "high":
        told = {"channel": "letter", "count": 40}
        yield Say("subjects_informed", lambda at: {"informed_at": at.isoformat(), **told}, "breach")
    yield Say("measures_taken", lambda _: {"text": "The access was closed."}, "breach")
    yield Say("conclusion", lambda _: {"text": "Learned."}, "breach")


# --- payloads -----------------------------------------------------------------------------------------------


def opening(reference: str, service: str, since: timedelta | None = None) -> Facts:
    return lambda at: {
        "reference": reference,
        "title": "It does not answer",
        "services": [service],
        "noticed_at": (at - (since or timedelta(minutes=5))).isoformat(),
        "reported_by": {"name": "Ward 3", "unit": "Ward 3"},
    }


def triage(severity: str, *, extensive: bool, privacy: str = "no", slows: str = "yes") -> Facts:
    criteria = answers(prevents_or_slows=slows, privacy=privacy)
    return lambda _: {"criteria": criteria, "severity": severity, "extensive": extensive}


def _update(severity: str) -> Facts:
    graver = {"severity": severity} if severity else {}
    return lambda _: {"text": "It goes on.", **graver}


def _acknowledged(contact: str) -> Facts:
    return lambda _: {"contact": contact, "what": "instruction-1"}


def _call(*, reached: bool = True) -> Facts:
    return lambda at: {
        "called_at": at.isoformat(),
        "number": "020 634 7787",
        "reached": reached,
        "person": "Technical support" if reached else "",
    }


def _suspicion(service: str, ago: timedelta) -> Facts:
    facts = _breach_facts(service, ago)
    return lambda at: {**facts(at), "outcome": "suspected"}


def _breach_facts(service: str, ago: timedelta, role: str = "controller", **more: Any) -> Facts:
    return lambda at: {
        "aware_at": (at - ago).isoformat(),
        "kinds": ["unauthorised_access"],
        "role": role,
        "registers": [service],
        "description": "Entries of some were shown to others.",
        **more,
    }


def _notified(delay_reason: str = "") -> Facts:
    return lambda at: {
        "notified_at": at.isoformat(),
        "phase": "final",
        "reference": "TSV-1",
        "delay_reason": delay_reason,
    }

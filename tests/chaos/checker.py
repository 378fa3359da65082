"""The reckoning: everything that is left of a night is held against the model of what was said."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from temporalio.api.enums.v1 import EventType

from tests.chaos.clocks_check import Fired, clock_of
from tests.chaos.crowd import Said
from tests.chaos.histories import START
from tests.chaos.letters_check import letters_of_process, strays
from tests.chaos.model import ExpectedIncident, Owed, arrival, expected_of
from tests.chaos.records import Ended, Line, Night, bundle_of, faults_of_evidence, timeline_in

HEARD = {
    "": "opened",
    "triage": "Judged:",
    "notice": "Kela's notice (",
    "phone_escalation": "Call to",
    "situation_update": "Situation changed",
    "resolution": "Fault resolved",
    "reopening": "Reopened",
    "authority_instruction": "Instruction from",
    "acknowledgement": " acknowledged ",
    "breach_assessment": "Breach assessed",
    "duty_waived": " waived",
    "cancellation": "Cancelled",
    "risk_assessment": "Risk assessed",
    "authority_notified": "Notified: ",
    "controller_notified": "Notified: ",
    "kela_notified": "Notified: ",
    "subjects_informed": "Notified: ",
    "measures_taken": "Measures taken",
    "conclusion": "Concluded",
}
"""What the timeline says of each message, once for each time that it was taken."""
EXPECTED_PROBLEMS = re.compile(r"^(looking at the published notices|reminder to |overdue to )|is right\. ")
"""A broken feed, roles that don't fit the register, letters that were given up (counted elsewhere)."""


@dataclass
class Account:
    """What is wrong, one plain line each, and what was counted."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    in_the_window: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    """Processes whose status, asked for after their end, is not their result (docs/known-limits.md)."""
    early: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    duties: list[str] = field(default_factory=list)
    status: list[str] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    replay: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    late: list[float] = field(default_factory=list)
    """Seconds between the moment of each alarm and the moment at which it went off."""
    letters_late: list[float] = field(default_factory=list)
    """Seconds between the moment of each alarm and the acceptance of its letter."""
    courses: list[str] = field(default_factory=list)
    """How a process went of which something is wrong, line by line: who looks for the cause may have nothing else."""

    def faults(self) -> list[str]:
        """Everything that is wrong; what the one documented window doubles is not."""
        kinds = (
            self.lost, self.doubled, self.early, self.skipped, self.duties, self.status, self.evidence, self.replay,
        )  # fmt: skip
        return [fault for kind in kinds for fault in kind]

    def count(self, what: str, number: int) -> None:
        """Count something."""
        self.numbers[what] = self.numbers.get(what, 0) + number


def reckon(night: Night) -> Account:
    """The account of a night."""
    account = Account(lost=[life.trouble for life in night.lives if life.trouble])
    everybody = [ended for life in night.lives if not life.trouble for ended in _ended(life, night)]
    given_up: list[tuple[Ended, int]] = []
    for ended in everybody:
        right_so_far = len(account.faults())
        account.count("incidents" if ended.expected.to == "incident" else "breaches", 1)
        _messages(ended, account)
        fired = _duties(ended, account)
        letters = letters_of_process(ended, fired, night.accepted, night.shadows)
        given_up.append((ended, letters.given_up + len(_ends_given_up(ended))))
        account.lost += letters.lost
        account.doubled += letters.doubled
        account.in_the_window += letters.in_the_window
        account.count("letters given up for the next", letters.given_up)
        account.status += _faults_of_status(ended)
        account.differing += _differs_when_asked(ended)
        account.evidence += faults_of_evidence(ended)
        account.letters_late += _lateness_of_letters(ended, fired, night)
        account.count("closed by the next release", len(ended.lines("Closed by the next release")))
        account.courses += _course(ended) if len(account.faults()) > right_so_far else []
    account.lost += strays(everybody, given_up, night.accepted)
    account.count("mails", len({letter.message_id for letter in night.accepted}))
    return account


def _course(ended: Ended) -> Iterator[str]:
    """The server's events of a process, and its timeline."""
    yield f"--- {ended.name}"
    for event in ended.course.history.events:
        kind = EventType.Name(event.event_type).removeprefix("EVENT_TYPE_")
        named = {name for _, value in event.ListFields() for name in _names_in(value)}
        yield f"{event.event_id:4} {event.event_time.ToDatetime():%H:%M:%S.%f} {kind} {' '.join(sorted(named))}"
    for line in ended.timeline:
        yield f"     {line.at.astimezone(UTC):%H:%M:%S.%f} {line.what} ({line.by}) {line.detail}"


def _names_in(attributes: Any) -> Iterator[str]:
    """What tells one event from another of its kind: a step, a message, the task to which it belongs, its worker."""
    for name in ("activity_type", "signal_name", "timer_id", "started_event_id", "scheduled_event_id", "identity"):
        if value := getattr(attributes, name, None):
            yield f"{name}={getattr(value, 'name', value)}"
    if (request := getattr(attributes, "accepted_request", None)) is not None:
        yield f"update={request.input.name}"


def _ended(life: Any, night: Night) -> Iterator[Ended]:
    for expected in expected_of(life):
        bundle = bundle_of(night.evidence, expected)
        course = night.courses[life.workflow_id(expected.to)]
        yield Ended(expected, life.ended[expected.to], course, timeline_in(bundle), bundle)


# --- messages -----------------------------------------------------------------------------------------------


def _messages(ended: Ended, account: Account) -> None:
    """Every message that was acknowledged came, and was applied once or refused once."""
    account.count("messages", len(ended.expected.taken) + len(ended.expected.refused))
    for said in ended.expected.taken:
        times = sum(line.by == said.token and HEARD[said.message] in line.what for line in ended.timeline)
        if not said.message:  # an incident's opening bears no name
            times = sum(line.what in ("Incident opened", "Breach opened") for line in ended.timeline)
        _once(said, times, ended, account)
        if said.outcome != "taken":
            account.lost.append(f"{ended.name}: {said.message} {said.token} was {said.outcome}, and should be taken")
        if arrival(said) not in ended.course.arrived:
            account.lost.append(f"{ended.name}: {said.message} {said.token} was acknowledged and is in no history")
    for said in ended.expected.refused:
        came = len(ended.course.arrived.get(said.sha256, []))
        kept = sum(refused.sha256 == said.sha256 for refused in ended.status.rejected)
        if said.as_signal and (came == 0 or kept != came):
            account.lost.append(f"{ended.name}: {said.message} {said.token} came {came} times, was kept {kept} times")
        if not said.as_signal and said.outcome == "taken":
            account.lost.append(f"{ended.name}: {said.message} {said.token} was taken, and should be refused")
        if any(line.by == said.token for line in ended.timeline):
            account.lost.append(f"{ended.name}: {said.message} {said.token} was refused, and is in the record")


def _once(said: Said, times: int, ended: Ended, account: Account) -> None:
    if times == 0:
        account.lost.append(f"{ended.name}: {said.message or 'opening'} {said.token} was acknowledged and not applied")
    elif times > 1:
        account.doubled.append(f"{ended.name}: {said.message or 'opening'} {said.token} was applied {times} times")


# --- duties and their clocks --------------------------------------------------------------------------------


def _duties(ended: Ended, account: Account) -> list[Fired]:
    """Every duty that should exist exists, as it should be; what its clock did."""
    duties = {duty.id: duty for duty in ended.status.duties}
    fired: list[Fired] = []
    missing = set(ended.expected.duties) - set(duties)
    further = _further(ended)
    more = set(duties) - set(ended.expected.duties) - {owed.id for owed in further}
    if missing or more:
        account.duties.append(f"{ended.name}: duties {sorted(missing)} are missing, {sorted(more)} are there")
    account.count("duties", len(duties))
    for owed in (*ended.expected.duties.values(), *further):
        if (duty := duties.get(owed.id)) is None:
            continue
        is_late = owed.state == "met" and duty.met_at is not None and duty.due_at < duty.met_at
        state = "met_late" if is_late else owed.state
        if (duty.state, duty.legal) != (state, owed.is_legal):
            account.duties.append(f"{ended.name}: {owed.id} is {duty.state} instead of {state}")
        if owed.met_at and duty.met_at != owed.met_at:
            account.duties.append(f"{ended.name}: {owed.id} was met at {duty.met_at} instead of {owed.met_at}")
        clock = clock_of(ended, owed, duty)
        if duty.reminders_sent != len(clock.fired):
            account.duties.append(f"{ended.name}: {owed.id} counts {duty.reminders_sent} of {len(clock.fired)} alarms")
        fired += clock.fired
        account.early += clock.early
        account.skipped += clock.skipped
    account.count("alarms", len(fired))
    account.late += [(each.at - each.alarm.at).total_seconds() for each in fired if not _was_passed(each, ended)]
    return fired


def _further(ended: Ended) -> list[Owed]:
    """Duties to tell Kela more that may be there: not more than there was to tell, each met, the end told once."""
    further = [duty for duty in ended.status.duties if duty.kind in ended.expected.perhaps_owed]
    counted = Counter(duty.kind for duty in further)
    is_told = (
        counted["end_to_kela"] or ended.expected.phase != "closed" or not ended.expected.perhaps_owed["end_to_kela"]
    )
    if counted - ended.expected.perhaps_owed or not is_told:
        return []
    return [
        Owed(duty.id, duty.kind, "", state="waived" if duty in _ends_given_up(ended) else "met") for duty in further
    ]


def _ends_given_up(ended: Ended) -> list[Any]:
    """Duties to tell the end that were closed because the fault came back; their letters may have gone all the same."""
    may_be = ended.expected.ends_that_were_none if isinstance(ended.expected, ExpectedIncident) else 0
    given_up = [d for d in ended.status.duties if d.kind == "end_to_kela" and d.state == "waived"]
    return given_up if len(given_up) <= may_be else []


def _was_passed(fired: Fired, ended: Ended) -> bool:
    """Whether the moment lay in the past when the duty was opened: then it was not late."""
    return any(duty.id == fired.duty and fired.alarm.at <= duty.opened_at for duty in ended.status.duties)


def _lateness_of_letters(ended: Ended, fired: Sequence[Fired], night: Night) -> list[float]:
    """How long after the moment of its alarm each letter was accepted; negative where it came before: a fault."""
    first: dict[str, float] = {}
    for letter in night.accepted:
        first.setdefault(letter.message_id, letter.at)
    found = []
    for each in fired:
        if _was_passed(each, ended):
            continue
        for message in ended.status.messages:
            if (message.duty, message.purpose) == (each.duty, each.alarm.purpose) and message.to in each.alarm.told:
                at = first.get(message.id)
                found += [at - each.alarm.at.timestamp()] if at else []
    return found


# --- the record ---------------------------------------------------------------------------------------------


def _faults_of_status(ended: Ended) -> Iterator[str]:
    """Where the status is not what follows from what was said."""
    for name, (wanted, found) in _compared(ended).items():
        if wanted != found:
            yield f"{ended.name}: {name} is {found} instead of {wanted}"
    for problem in ended.status.problems:
        if not EXPECTED_PROBLEMS.search(problem):
            yield f"{ended.name}: problem: {problem}"


def _differs_when_asked(ended: Ended) -> list[str]:
    asked, result = (each.model_dump() for each in (ended.expected.life.shown[ended.expected.to], ended.status))
    fields = [f"{name} {asked[name]!r} instead of {result[name]!r}" for name in result if asked[name] != result[name]]
    return [f"{ended.name}: asked after its end it says {field}" for field in fields]


def _compared(ended: Ended) -> Mapping[str, tuple[Any, Any]]:
    expected, status, course = ended.expected, ended.status, ended.course
    to_refuse = {said.sha256 for said in expected.refused if said.as_signal}
    refused = sum(len(course.arrived.get(sha, ())) for sha in to_refuse)
    # What a process tells another comes twice as well, where the server died before it had noted that it was told.
    again = sum(len(times) - 1 for what, times in course.arrived.items() if what not in {START, *to_refuse})
    applied = sum(bool(said.message) for said in expected.taken) + expected.from_others
    compared = {
        "phase": (expected.phase, status.phase),
        "applied_count": (applied, status.applied_count),
        "repeated_count": (again, status.repeated_count),
        "rejected_count": (refused, status.rejected_count),
        "order of the timeline": (sorted(ended.timeline, key=_moment), list(ended.timeline)),
    }
    if isinstance(expected, ExpectedIncident):
        forms = sum(kind == "fault_report" for kind, _ in expected.letters.elements())
        written = sum(document.name.endswith(".docx") for document in status.documents)
        further = sum(duty.kind in expected.perhaps_owed for duty in status.duties)
        return compared | {
            "severity": (expected.severity or None, status.severity),
            "extensive": (expected.extensive if expected.decisions else None, status.extensive),
            "report_required": (expected.reports if expected.decisions else None, status.report_required),
            "decisions": (expected.decisions, len(status.decisions)),
            "calls": (expected.calls, len(status.calls)),
            "breach": (expected.breach, status.breach),
            "forms": (forms + further, written),
        }
    return compared | {
        "risk": (expected.risk, status.risk),  # type: ignore[attr-defined]
        "aware_at": (expected.aware_at, status.aware_at),  # type: ignore[attr-defined]
        "measures": (expected.measures, len(status.measures)),  # type: ignore[attr-defined]
    }


def _moment(line: Line) -> datetime:
    return line.at

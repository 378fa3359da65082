"""What must have come of what was said: a model of its own, made from the published rules and not from the product.

Both models take what the desk has said, one after the other, and know of each message whether it is taken or refused,
which duties it opens and closes, and which letters it sends. Times are not here: ``clocks_check`` looks at those.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal, NamedTuple

from tests.chaos import short_clocks
from tests.chaos.crowd import Life, Said
from tests.chaos.histories import START
from tests.chaos.script import To
from tests.chaos.short_clocks import KELA, UNAVAILABLE_AFTER, due_after, holders, members, same_fault_within

Letters = Counter[tuple[str, str]]
FOR_KELA = ("PRESCRIPTION", "DMS")
OUT_OF_REACH = {"PRESCRIPTION", "PDR", "CDR", "IMAGING"}
"""Prescriptions and repositories: where they are away for long, the question of a breach opens by itself."""


def arrival(said: Said) -> str:
    """By which name a message stands in the history."""
    return START if not said.message else said.sha256 if said.as_signal else said.token


ANSWERABLE = ("data_protection_officer", "management")
"""Who hears at once that a duty of a breach is not met, or that a breach is over."""
OF_A_BREACH = ("assess_breach", "document_breach", "notify_controller", "notify_kela_of_breach")
"""Duties of a breach that are not always ours by law."""


@dataclass
class Owed:
    """A duty that must exist. ``opened_by``, ``closed_by``: the messages that did it, empty where time or a mail did.

    ``counts_from``: the start of its clock, where that is not its opening. ``met_at``: as the desk said it.
    """

    id: str
    kind: str
    opened_by: str
    is_legal: bool = False
    counts_from: datetime | None = None
    state: Literal["open", "met", "waived"] = "open"
    closed_by: str = ""
    met_at: datetime | None = None
    subject: str = ""


@dataclass
class Expected(ABC):
    """What must be in the record of one process in the end."""

    life: Life
    phase: str
    duties: dict[str, Owed] = field(default_factory=dict)
    letters: Letters = field(default_factory=Letters)
    perhaps: Letters = field(default_factory=Letters)
    """Letters that may go besides: what changes while a report is on its way may be told with another change."""
    perhaps_owed: Counter[str] = field(default_factory=Counter)
    """Duties that may be there besides, by their kind: how many at most. All of them are met by a letter."""
    taken: list[Said] = field(default_factory=list)
    refused: list[Said] = field(default_factory=list)
    from_others: int = 0
    to: ClassVar[To]

    def tell(self, purpose: str, *contacts: str) -> None:
        """A letter to each."""
        self.letters.update((purpose, contact) for contact in contacts)

    def may_tell_kela(self, kind: str) -> None:
        """Kela may be told of this by a further form."""
        self.perhaps_owed[kind] += 1
        self.perhaps.update([("fault_report", KELA)])

    def open_duty(self, kind: str, opened_by: str, **more: Any) -> Owed:
        """A duty arises."""
        number = sum(duty.kind == kind for duty in self.duties.values()) + 1
        duty = Owed(kind if number == 1 else f"{kind}-{number}", kind, opened_by, **more)
        self.duties[duty.id] = duty
        return duty

    def open_of(self, kind: str) -> list[Owed]:
        """The open duties of a kind."""
        return [duty for duty in self.duties.values() if duty.kind == kind and duty.state == "open"]

    def close(self, kind: str, said: Said, met_at: datetime | None = None, *, waived: bool = False) -> None:
        """The duties of a kind end by a message."""
        for duty in self.open_of(kind):
            duty.state, duty.closed_by, duty.met_at = "waived" if waived else "met", arrival(said), met_at

    def take(self, said: Said) -> None:
        """Take what was said as the process must take it."""
        if self.refuses(said):
            self.refused.append(said)
            return
        if said.of_another:
            self.from_others += said.as_signal
        else:
            self.taken.append(said)
        getattr(self, f"on_{said.message or 'opening'}")(said)

    @abstractmethod
    def refuses(self, said: Said) -> bool:
        """Whether it can't be read, or is not allowed now."""

    def on_duty_waived(self, said: Said) -> None:
        if any(duty.is_legal or duty.kind in OF_A_BREACH for duty in self.open_of(said.facts["duty"])):
            self.tell("breach_duty_waived", *holders(ANSWERABLE))
        self.close(said.facts["duty"], said, waived=True)


class Owing(NamedTuple):
    """What Kela must be told of a fault: by the form, by telephone."""

    form: bool
    call: bool


class ExpectedIncident(Expected):
    """The model of an incident. Times of the journal are the desk's own."""

    to = "incident"

    def __init__(self, life: Life) -> None:
        super().__init__(life, "awaiting_triage")
        self.severity, self.extensive, self.reports = "", False, False
        self.criteria_met: list[str] = []
        self.notice_guid = ""
        self.notice_changed_at: datetime | None = None
        """When Kela's notice, where there is one, was published or changed last."""
        self.judged: dict[str, Any] = {}
        self.decisions, self.calls = 0, 0
        self.instructions: dict[str, set[str]] = {}
        self.answers: dict[str, Said] = {}
        """By contact: by which message it acknowledged the (one) instruction of a plan."""
        self.breach: str | None = None
        self._owed_since_it_began: set[str] = set()
        self.was_reported = False
        self.ends_that_were_none = 0
        """How often the fault came back: the word of its end may have been on its way, and is given up."""
        self._told_to_kela: tuple[Any, ...] = ()
        self._reached: datetime | None = None
        self._relapses: list[datetime] = []
        self._owed_in: dict[str, int] = {}
        """For each duty, after how many relapses it arose: a call counts for its own time."""

    def open_duty(self, kind: str, opened_by: str, **more: Any) -> Owed:
        owed = super().open_duty(kind, opened_by, **more)
        self._owed_in[owed.id] = len(self._relapses)
        return owed

    def asks_by_itself_from(self) -> datetime | None:
        """From when the question of a breach is open though nobody has raised it: data are out of reach for long.

        A fault that nobody has judged yet raises none (its triage is owed, and alarms).
        """
        lasts = self.phase == "handling" and set(self.services) & OUT_OF_REACH
        asked = {self._owed_in[duty.id] for duty in self.duties.values() if duty.kind == "assess_breach"}
        if not lasts or len(self._relapses) in asked:
            return None
        return (self._relapses[-1] if self._relapses else self.noticed_at) + short_clocks.UNAVAILABLE_AFTER

    def refuses(self, said: Said) -> bool:
        if said.outcome == "too late" and said.message == "reopening":
            return True  # it was closed before: the server itself says so
        match said.message:
            case "situation_update":
                return not said.is_readable or self.phase == "awaiting_triage"
            case "reopening":
                return said.outcome == "refused"  # closed before: whether that may be is looked at elsewhere
            case "cancellation":
                return not said.is_readable or bool(self.open_of("assess_breach"))
            case "acknowledgement":
                return said.facts["contact"] not in self.instructions.get(said.facts["what"], set())
        return not said.is_readable

    def on_opening(self, said: Said) -> None:
        self.services = tuple(said.facts["services"])
        self.noticed_at = datetime.fromisoformat(said.facts["noticed_at"])
        self.open_duty("triage", START)
        self.tell("desk_opened", *holders(("desk",)))

    def on_notice(self, said: Said) -> None:
        """A notice of Kela's. Its end is told to the desk; the first of a fault, too; a later one makes it fresh."""
        if said.facts["kind"] == "end":
            self.tell("notice_ended", *holders(("desk",)))
        elif said.facts["kind"] in ("fault", "change", "correction"):
            published_at = datetime.fromisoformat(said.facts["published_at"])
            if self.notice_changed_at is None:
                self.notice_guid = said.facts["guid"]
                self.tell("known_notice", *holders(("desk",)))
            if said.facts["guid"] == self.notice_guid:  # another's says nothing of how fresh this one is
                self.notice_changed_at = max(published_at, self.notice_changed_at or published_at)

    def _owing(self, at: datetime) -> Owing:
        """What Kela must be told by the answers of the last triage, and by how grave the fault is now (ADR 0064)."""
        answers = self.judged["criteria"]
        applies, is_grave = any(answer != "no" for answer in answers.values()), self.severity == "critical"
        is_grave = is_grave or self.extensive
        if not applies or self.judged.get("report_anyway") or "report_to_kela" in self._owed_since_it_began:
            return Owing(applies, applies and is_grave)
        if self.judged.get("reported_by_supplier"):
            return Owing(form=False, call=is_grave)
        is_fresh = self.notice_changed_at is not None and at - self.notice_changed_at <= same_fault_within()
        is_dangerous = is_grave or any(answers.get(name, "no") != "no" for name in ("safety", "privacy"))
        if is_fresh and not is_dangerous and self.judged.get("same_as_notice") == "yes":
            return Owing(form=False, call=False)
        return Owing(form=True, call=is_grave)

    def on_triage(self, said: Said) -> None:
        self.judged, answers = said.facts, said.facts["criteria"]
        self.criteria_met = [criterion for criterion, answer in answers.items() if answer != "no"]
        self.decisions += 1
        self.severity, self.extensive = said.facts["severity"], said.facts["extensive"]
        self.reports = self._owing(said.sent_at).form
        self.close("triage", said)
        if self.phase == "awaiting_triage":
            self.phase = "handling"
            self.tell("start", *members("start"))
        self._duties_to_kela(said)
        if answers["privacy"] != "no":
            self.open_duty("assess_breach", arrival(said))

    def _duties_to_kela(self, said: Said) -> None:
        owing = self._owing(said.sent_at)
        wanted = (["report_to_kela"] if owing.form else []) + (["phone_kela"] if owing.call else [])
        for kind in wanted:
            if kind not in self._owed_since_it_began:
                self._owed_since_it_began.add(kind)
                self.open_duty(kind, arrival(said))
                if kind == "report_to_kela":
                    self.tell("fault_report", KELA)
                    self.was_reported, self._told_to_kela = True, self._for_kela()
        self._tell_kela_what_changed()
        if self._reached:
            self.close("phone_kela", said, self._reached)

    def _tell_kela_what_changed(self) -> None:
        if self.was_reported and self._for_kela() != self._told_to_kela:
            self._told_to_kela = self._for_kela()
            self.may_tell_kela("supplement_to_kela")

    def _for_kela(self) -> tuple[Any, ...]:
        """What Kela is told when it changes, of what the plans change."""
        return self.severity, self.extensive, tuple(sorted(self.criteria_met))

    def on_phone_escalation(self, said: Said) -> None:
        self.calls += 1
        called_at = datetime.fromisoformat(said.facts["called_at"])
        time = sum(at <= called_at for at in self._relapses)
        if not said.facts["reached"]:
            return
        if time == len(self._relapses):
            self._reached = self._reached or called_at
            self.close("phone_kela", said, self._reached)
        for owed in self.open_of("phone_kela"):
            if self._owed_in[owed.id] == time:
                owed.state, owed.closed_by, owed.met_at = "met", arrival(said), called_at

    def on_situation_update(self, said: Said) -> None:
        self.severity = said.facts.get("severity", self.severity)
        self.extensive = said.facts.get("extensive", self.extensive)
        self.tell("change", *members("change"))
        if self.phase == "handling":
            self._duties_to_kela(said)
        else:
            self._tell_kela_what_changed()

    def on_authority_instruction(self, said: Said) -> None:
        self.instructions[f"instruction-{len(self.instructions) + 1}"] = set(members("instruction"))
        self.open_duty("distribute_instruction", arrival(said))
        self.tell("instruction", *members("instruction"))

    def on_acknowledgement(self, said: Said) -> None:
        awaited = self.instructions[said.facts["what"]]
        awaited.remove(said.facts["contact"])
        self.answers[said.facts["contact"]] = said
        if not awaited:
            self.close("distribute_instruction", said)

    def on_breach_assessment(self, said: Said) -> None:
        self._asked_by_time(said)
        self.close("assess_breach", said)
        if said.facts["outcome"] == "suspected":
            self.breach = self.life.reference

    def on_duty_waived(self, said: Said) -> None:
        self._asked_by_time(said)
        super().on_duty_waived(said)

    def _asked_by_time(self, said: Said) -> None:
        """Out of reach for too long: the question has opened by itself, once, and the desk has waited for it."""
        is_long = set(self.services) & OUT_OF_REACH and said.sent_at > self.noticed_at + UNAVAILABLE_AFTER
        if is_long and not any(duty.kind == "assess_breach" for duty in self.duties.values()):
            self.open_duty("assess_breach", "")

    def on_resolution(self, said: Said) -> None:  # noqa: ARG002  # every message's form
        self.phase = "watch"
        if self.was_reported:
            self.may_tell_kela("end_to_kela")
        self.tell("end", *members("end"))

    def on_reopening(self, said: Said) -> None:
        self.phase = "handling"
        self._owed_since_it_began, self._reached = set(), None
        self._relapses.append(said.sent_at)
        if self.was_reported:
            self.may_tell_kela("supplement_to_kela")
            self.ends_that_were_none += 1
        self.open_duty("triage", arrival(said))
        self.tell("change", *members("change"))

    def on_cancellation(self, said: Said) -> None:
        if self.phase == "handling":
            self._asked_by_time(said)
        if self.was_reported:
            self.may_tell_kela("withdrawal_to_kela")
            self.perhaps.update(("kela_to_be_told", contact) for contact in holders(("desk",)))
        if self.decisions:
            self.tell("cancelled", *members("end"))
        self.phase = "cancelled"
        for kind in {duty.kind for duty in self.duties.values()}:
            self.close(kind, said, waived=True)


class ExpectedBreach(Expected):
    """The model of a breach."""

    to = "breach"

    def __init__(self, life: Life, opened_by: Said) -> None:
        super().__init__(life, "assessing")
        self.risk: str | None = None
        self.measures = 0
        self.is_from_incident = opened_by.message != ""
        self.facts = opened_by.facts
        self.aware_at = datetime.fromisoformat(self.facts["aware_at"])
        self._open(START)

    def _open(self, by: str) -> None:
        counted = {"counts_from": self.aware_at}
        self.tell("breach_opened", *holders(("data_protection_officer", "desk")))
        if self.facts["role"] == "processor":
            self.phase = "notifying"
            for controller in self.facts["controllers"]:
                self.open_duty("notify_controller", by, is_legal=True, subject=controller["name"], **counted)
        else:
            self.open_duty("notify_supervisory_authority", by, is_legal=True, **counted)
        if set(self.facts["registers"]) & set(FOR_KELA):
            self.open_duty("notify_kela_of_breach", by, **counted)
        self.open_duty("document_breach", by, is_legal=self.facts["role"] != "processor", **counted)

    def refuses(self, said: Said) -> bool:
        match said.message:
            case "conclusion":
                return any(duty.state == "open" for duty in self.duties.values())
            case "authority_notified":
                notified_at = datetime.fromisoformat(said.facts["notified_at"])
                due_at = self.aware_at + due_after("notify_supervisory_authority")
                is_owed = bool(self.open_of("notify_supervisory_authority"))
                return is_owed and notified_at > due_at and not said.facts["delay_reason"]
        return not said.is_readable

    def on_opening(self, said: Said) -> None:
        """What it was opened with is known from the beginning."""

    def on_risk_assessment(self, said: Said) -> None:
        self.risk, self.phase = said.facts["risk"], "notifying"
        if self.risk == "high":
            self.open_duty("inform_data_subjects", arrival(said), is_legal=True)
        self._documented(said)

    def on_authority_notified(self, said: Said) -> None:
        self.close("notify_supervisory_authority", said, datetime.fromisoformat(said.facts["notified_at"]))

    def on_controller_notified(self, said: Said) -> None:
        self.close("notify_controller", said, datetime.fromisoformat(said.facts["notified_at"]))

    def on_kela_notified(self, said: Said) -> None:
        self.close("notify_kela_of_breach", said, datetime.fromisoformat(said.facts["notified_at"]))

    def on_subjects_informed(self, said: Said) -> None:
        self.close("inform_data_subjects", said, datetime.fromisoformat(said.facts["informed_at"]))

    def on_measures_taken(self, said: Said) -> None:
        self.measures += 1
        self._documented(said)

    def _documented(self, said: Said) -> None:
        if self.measures and (self.risk or self.facts["role"] == "processor"):
            self.close("document_breach", said)

    def on_conclusion(self, said: Said) -> None:  # noqa: ARG002
        self.phase = "closed"
        self.tell("breach_concluded", *holders(ANSWERABLE))


def expected_of(life: Life) -> Sequence[Expected]:
    """What must have come of a life, for each of its processes."""
    suspected = next((s for s in life.said if s.facts.get("outcome") == "suspected"), None)
    begun = next((s for s in life.said if s.to == "breach" and not s.message), suspected)
    breach = ExpectedBreach(life, begun) if begun else None
    incident = ExpectedIncident(life) if any(said.to == "incident" for said in life.said) else None
    for said in life.said:
        model = incident if said.to == "incident" else breach
        assert model, "a plan opens a process before it speaks to it"
        model.take(said)
    if incident and incident.phase == "watch":
        incident.phase = "closed"
        for duty in incident.open_of("report_to_kela"):
            duty.state = "met"
    if incident and breach:
        _told_each_other(life, incident, breach)
    return [model for model in (incident, breach) if model]


def _told_each_other(life: Life, incident: Expected, breach: Expected) -> None:
    """Which of the two ended first: a breach tells its incident how it goes on, and an incident that it has ended."""
    last = {to: max((n for n, s in enumerate(life.said) if s.to == to), default=-1) for to in ("incident", "breach")}
    if last["incident"] > last["breach"]:
        incident.from_others += sum(said.message == "authority_notified" for said in breach.taken) + 1
        breach.from_others = 0
    else:
        breach.from_others = 1
        breach.tell("breach_incident_ended", *holders(("data_protection_officer", "desk")))

"""What an incident remembers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from pydantic import Field
from temporalio import workflow

from workflows.incident.corrections import before_and_after
from workflows.incident.followed import LinkedRecord
from workflows.incident.instructions import ContactAnswer, Instruction
from workflows.incident.messages import (
    Decision,
    IncidentOpening,
    IncidentStatus,
    NoticeSeen,
    Reporter,
    SituationUpdate,
    Triage,
)
from workflows.incident.same_fault import FollowingState
from workflows.procedure.breach.rules import assessed_by
from workflows.procedure.duties import Duty, DutyState
from workflows.procedure.identity_codes import masked
from workflows.procedure.incident.criteria import DEFAULT_VERSION, criteria_met
from workflows.procedure.incident.guidance import Guidance, guidance_for
from workflows.procedure.incident.report_form import DETAIL_TEXTS, REPORT_TEXTS, ReportDetails
from workflows.procedure.incident.triage import Verdict
from workflows.procedure.model import Model, Moment
from workflows.procedure.notices.published import Notice
from workflows.procedure.services import SERVICES
from workflows.process import retention
from workflows.process.ids import incident_workflow_id
from workflows.process.record import BOUNDED_LISTS, DUTIES
from workflows.process.retention import BoundedList
from workflows.process.sealed.senders import FROM_A_STRANGER, SenderIfAny, with_sender
from workflows.process.second_person.record import DECISIONS, KIND
from workflows.process.start import check_id, read_start


class IncidentRecord(LinkedRecord):
    """What an incident remembers."""

    process: ClassVar = "incident"
    bounded_lists: ClassVar = (
        DUTIES,
        *BOUNDED_LISTS,
        BoundedList("decisions", 50, 64_000, least=1),
        BoundedList("calls", 100, 48_000),
        BoundedList("instructions", 50, 48_000 + retention.OPEN_BYTES_AT_MOST),
        BoundedList("maintenance", 50, 16_000),
        BoundedList("followers", 100, 24_000),
        DECISIONS,
    )

    instructions: dict[str, Instruction] = Field(default_factory=dict)
    instructions_taken: int = 0
    triaged_at: Moment | None = None
    closed_at: Moment | None = None
    maintenance: list[str] = Field(default_factory=list)

    @classmethod
    def opened(cls, opening: IncidentOpening, at: datetime) -> IncidentRecord:
        """The record of an incident that begins now."""
        record = cls(
            reference=opening.reference,
            drill=opening.drill,
            opened_at=at,
            handling_since=at,
            opening=opening,
            services=opening.services,
            title=opening.title,
            description=opening.description,
            symptoms=opening.symptoms,
            error_message=opening.error_message,
            details=ReportDetails.model_validate(opening.model_dump()),
        )
        record.keep_texts_short()
        return record

    def keep_texts_short(self) -> None:
        """Keep what the reporter wrote once, of very long texts the beginning; the whole goes to the evidence."""
        for name in ("description", "symptoms", "error_message"):
            setattr(self, name, self.let_go_text(name, getattr(self, name)))
        reporter = self.opening.reported_by
        said = {name: self.let_go_text(f"reported_by.{name}", text, 1_000) for name, text in reporter}
        short = {name: self.let_go_text(name, getattr(self.details, name)) for name in DETAIL_TEXTS}
        systems = tuple(name[:300] for name in self.details.systems)
        self.details = self.details.model_copy(update={**short, "systems": systems})
        once = dict.fromkeys(("description", "symptoms", "error_message", *DETAIL_TEXTS), "")
        self.opening = self.opening.model_copy(update={**once, "reported_by": Reporter(**said)})

    def judge(self, said: Triage, judged: Verdict, at: datetime) -> None:
        """Take a triage as the judgement that holds; its corrected texts are the ones to report."""
        for name in REPORT_TEXTS:
            if (corrected := getattr(said, name)) is not None:
                setattr(self, name, corrected)
        added = said.model_dump(include={*ReportDetails.model_fields}, exclude_none=True)
        self.details = self.details.model_copy(update=added)
        decision = Decision(
            at=at,
            answers=said.criteria,
            criteria_met=criteria_met(said.criteria),
            report=judged.report,
            why=judged.why,
            **said.model_dump(
                include={
                    "by", "criteria_version", "parts", "reasons", "severity", "extensive", "locality", "workaround",
                    "same_as_notice", "reported_by_supplier",
                }
            ),
        )  # fmt: skip
        self.decisions.append(decision)
        self.severity, self.extensive = decision.severity, decision.extensive
        self.report_anyway = said.report_anyway
        self.triaged_at = self.triaged_at or at

    def asked_by_law(self, why: str) -> str:
        """The basis of asking whether personal data were breached."""
        return f"{assessed_by(self.fault_began, self.time_zone)}{why}"

    def unavailable_too_long_at(self, after: timedelta) -> datetime | None:
        """When an outage of a repository or of prescriptions has lasted too long; None for other services."""
        concerned = any(SERVICES[service].fallback != "none" for service in self.services)
        return self.fault_began + after if concerned else None

    @property
    def fault_began(self) -> datetime:
        """Since when this fault lasts, or is back."""
        return self.handling_since if self.has_come_back else min(self.opening.noticed_at, self.opened_at)

    def stays(self, list_name: str, entry: Any, now: datetime) -> bool:
        """What may not leave: what is open, what decides whether a duty arises again, the call that reached Kela."""
        match list_name:
            case "duties":
                is_once = entry.kind not in ("distribute_instruction", KIND)
                is_asked_for = is_once and entry.opened_at >= self.handling_since
                return is_asked_for or bool(self.is_left(entry)) or super().stays(list_name, entry, now)
            case "calls":
                return entry is self.reached_kela()
            case "followers":
                return bool(entry.still)
            case "instructions":
                return self.is_open(entry.duty)
        return super().stays(list_name, entry, now)

    def open_bytes(self) -> int:
        """How much of the record is open."""
        return super().open_bytes() + retention.size([i for i in self.instructions.values() if self.is_open(i.duty)])

    def next_instruction(self) -> str:
        """The name of the next instruction; none is given twice."""
        self.instructions_taken = max(self.instructions_taken, len(self.instructions)) + 1
        return f"instruction-{self.instructions_taken}"

    def change(self, said: SituationUpdate) -> list[str]:
        """Take a changed situation; what changed, old and new, in words."""
        changes = []
        for name in ("services", "severity", "extensive"):
            before, after = getattr(self, name), getattr(said, name)
            if after is not None and after != before:
                changes.append(before_and_after(name, before, after, self.time_zone))
                setattr(self, name, after)
        return changes

    def instruction_of(self, duty: Duty) -> Instruction | None:
        """The authority's instruction that a duty is about."""
        return next((each for each in self.instructions.values() if each.duty == duty.id), None)

    def awaited(self, duty: Duty) -> tuple[str, ...]:
        """The contacts who have not acknowledged an authority's instruction."""
        instruction = self.instruction_of(duty)
        return instruction.awaiting if instruction else ()

    def no_longer_await(
        self, name: str, contact: str, waived_because: str = "", answer: ContactAnswer | None = None
    ) -> Instruction:
        """A contact has acknowledged an instruction, or nobody waits for it any more; the instruction as it stands."""
        known = self.instructions[name]
        left = tuple(each for each in known.awaiting if each != contact)
        done: dict[str, Any] = {"awaiting": left, "acknowledged": (*known.acknowledged, contact)}
        if waived_because:
            done = {"awaiting": left, "waived": known.waived | {contact: waived_because[:300]}}
        if answer:
            done |= {"answers": known.answers | {contact: answer}}
        self.instructions[name] = known.model_copy(update=done)
        return self.instructions[name]

    def waive(self, duty: Duty, at: datetime, by: str, reason: str) -> None:
        """Record the decision not to meet a duty; of an instruction, each contact who has not answered is named."""
        super().waive(duty, at, by, reason)
        if (instruction := self.instruction_of(duty)) and instruction.awaiting:
            missing = ", ".join(instruction.awaiting)
            self.note(at, f"Nobody waits any more for {missing} to acknowledge {instruction.id}", by, reason)
            for contact in instruction.awaiting:
                self.no_longer_await(instruction.id, contact, reason)

    def keep_notice(self, said: NoticeSeen, notice: Notice) -> None:
        """Keep that a notice was seen. A planned break that touches the incident names its own process as the guid."""
        sender = FROM_A_STRANGER if said.is_unverified else None
        if said.kind == "maintenance" and said.guid.startswith("maintenance-"):
            self.touch(said.guid, said.published_at, f"Planned break {said.guid}: {said.title}", said.by, sender)
        else:
            self.note(said.published_at, f"Kela's notice ({said.kind}): {said.title}", said.by, sender=sender)
            if self.is_the_known(notice) and said.kind in ("fault", "change", "correction"):
                self.notice_changed_at = max(said.published_at, self.notice_changed_at or said.published_at)

    def touch(self, planned_break: str, at: datetime, what: str, by: str = "", sender: SenderIfAny = None) -> None:
        """Keep that a planned break, by its workflow id, touches the incident; said once."""
        if planned_break not in self.maintenance:
            self.maintenance.append(planned_break)
            self.note(at, what, by, sender=sender)

    def letter_facts(self) -> dict[str, Any]:
        """What every letter of this incident says; identity codes are hidden, since they would stop it."""
        return {
            "title": masked(self.title),
            "services": self.services,
            "sector": self.opening.sector,
            "severity": self.severity or "",
            "extensive": bool(self.extensive),
            "noticed_at": self.opening.noticed_at,
            "situation": self.situation(),
        }

    def status(self) -> IncidentStatus:
        """The answer to the query ``status``."""
        last = self.decisions[-1] if self.decisions else None
        return IncidentStatus(
            reference=self.reference,
            title=self.title,
            description=self.description,
            symptoms=self.symptoms,
            error_message=self.error_message,
            reported_by=self.opening.reported_by,
            details=self.details,
            reports=self.reports,
            phase=self.phase,
            severity=self.severity,
            extensive=self.extensive,
            services=self.services,
            noticed_at=self.opening.noticed_at,
            opened_at=self.opened_at,
            triaged_at=self.triaged_at,
            resolved_at=self.resolved_at,
            closed_at=self.closed_at,
            known_notice=self.known_notice,
            notice_changed_at=self.notice_changed_at,
            report_required=last.report if last else None,
            criteria_met=last.criteria_met if last else (),
            criteria_version=last.criteria_version if last else self.wanted_criteria(),
            decisions=tuple(self.decisions),
            instructions=tuple(self.instructions.values()),
            duties=tuple(DutyState.model_validate(duty.model_dump()) for duty in self.duties.values()),
            calls=tuple(self.calls),
            documents=tuple(self.documents),
            messages=tuple(self.messages.values()),
            rejected=tuple(self.rejected),
            breach=self.breach,
            breaches=self.all_breaches(),
            laws=self.laws,
            unverified=tuple(self.unverified),
            drill=self.drill,
            watch_until=self.watch_until if self.phase == "watch" else None,
            **self.tally(),
            problems=(*self.problems.values(), *self.law_questions(), *self.no_longer_owed(), *self.what_waits()),
            maintenance=tuple(self.maintenance),
            after_care=tuple(advice.text.en for advice in self.after_care()),
            same_as=FollowingState.model_validate(self.same_as.model_dump()) if self.same_as else None,
            followers=self.followers_now(),
            two_person_decisions=tuple(self.two_person_decisions.values()),
        )

    def more_to_show(self) -> list[str]:
        """What Temporal Web shows besides the problems."""
        return [*self.law_questions(), *super().more_to_show()]

    def after_care(self) -> tuple[Guidance, ...]:
        """What to look after in the watch phase."""
        if self.phase != "watch":
            return ()
        return guidance_for(self.services, self.opening.sector, "watch", self.fault_place())

    def wanted_criteria(self) -> str:
        """The version of the criteria that the organisation uses."""
        return self.rules.criteria_version if self.rules else DEFAULT_VERSION


class CarriedIncident(Model):
    """What an incident hands to its next run."""

    carried: IncidentRecord


def incident_record(sent: tuple[Any, ...], now: datetime) -> IncidentRecord:
    """The record to go on from. Raises ``Unreadable`` where none can be made of what was sent."""
    read = read_start(sent, IncidentOpening, CarriedIncident)
    if isinstance(read, CarriedIncident):
        check_id(incident_workflow_id(read.carried.reference))
        read.carried.keep_texts_short()
        read.carried.remember_reports()
        return read.carried
    check_id(incident_workflow_id(read.reference))
    return with_sender(IncidentRecord.opened(read, now), read, sent)


def no_incident(now: datetime, reason: str = "") -> IncidentRecord:
    """The record of an incident whose start input can't be read: it ends at once and says why."""
    workflow.set_current_details(f"No incident was opened: {reason}")
    opening = IncidentOpening(
        reference="unreadable", title="-", services=("OTHER",), noticed_at=now, reported_by=Reporter()
    )
    return IncidentRecord.opened(opening, now)

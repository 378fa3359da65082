"""Situations of a fault and people who are told of it: a real record of an incident, worded by the real templates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, NamedTuple

from activities.mail.wording import Wording, worded
from activities.text_messages.wording import text_worded
from tests.activities.mail.post_office import operating_model
from tests.builders import NOON, answers
from workflows.incident.messages import IncidentOpening, Resolution, Triage
from workflows.incident.record import IncidentRecord
from workflows.procedure.incident.triage import Verdict
from workflows.procedure.languages import Language
from workflows.procedure.notices.published import Notice
from workflows.procedure.operating_model.model import OperatingModel
from workflows.process.ports import Letter, Recipient
from workflows.process.telling.letters import text_about

JUDGED, CHANGED, ENDED, AFTERWARDS = (NOON + timedelta(minutes=minutes) for minutes in (12, 45, 120, 150))
WATCH = timedelta(hours=24)
INSTRUCTIONS = [
    {"title": "Varautumisohje", "place": "Intranet > Varautuminen", "sectors": ["healthcare", "social_welfare"]},
    {"title": "Reservrutiner", "place": "Intranät > Beredskap", "language": "sv", "sectors": ["healthcare"]},
    {"title": "Apteekin ja hyvinvointialueen yhteinen ohje", "place": "https://apteekit.example.org/ohje",
     "sectors": ["pharmacy"]},
]  # fmt: skip


def the_model() -> OperatingModel:
    """An organisation with names in three languages and instructions of its own."""
    model = operating_model(names={"sv": "Exempelområdet", "en": "Example wellbeing services county"})
    return OperatingModel.model_validate(model.model_dump() | {"instructions": INSTRUCTIONS})


MODEL = the_model()


SLOW = {"prevents_or_slows": "yes"}
_CRITERIA = {"kela": SLOW | {"localised_to_kela": "yes"}, "other": SLOW | {"outside_kanta_blocks_use": "yes"}}


def opened(**changes: Any) -> IncidentRecord:
    """The record of an incident that has just been opened."""
    facts = {
        "reference": "INC-1",
        "title": "Reseptejä ei voi tallentaa",
        "services": ["PRESCRIPTION"],
        "noticed_at": NOON - timedelta(minutes=5),
        "reported_by": {},
    }
    return IncidentRecord.opened(IncidentOpening.model_validate(facts | changes), NOON)


def judged(locality: str = "unknown", *, criteria: dict[str, str] | None = None, **changes: Any) -> IncidentRecord:
    """The same after the triage; ``same_as_notice`` among the changes means Kela's notice."""
    same = changes.pop("same_as_notice", "")
    record = opened(**changes)
    if same:
        record.know(Notice(guid="n1", title="Häiriö Reseptikeskuksessa", kind="fault", published_at=NOON))
    said = Triage.model_validate(
        {
            "by": "desk",
            "criteria": answers(**(_CRITERIA.get(locality, SLOW) if criteria is None else criteria)),
            "severity": "high",
            "extensive": False,
            "locality": locality,
            "same_as_notice": same or "unknown",
        }
    )
    record.judge(said, Verdict(report=True, why="a test"), JUDGED)
    record.go("handling")
    return record


def over(*arguments: Any, **changes: Any) -> IncidentRecord:
    """The same after the end, in the watch phase."""
    record = judged(*arguments, **changes)
    said = Resolution.model_validate({"by": "desk", "resolved_at": ENDED, "cause": "A", "remedy": "B"})
    record.go("watch")
    record.resolved_at, record.watch_until = said.resolved_at, ENDED + WATCH
    return record


def back(*arguments: Any, **changes: Any) -> IncidentRecord:
    """The same after it has come back."""
    record = over(*arguments, **changes)
    record.go("handling")
    record.resolved_at, record.handling_since = None, AFTERWARDS
    return record


class Told(NamedTuple):
    """A letter of a kind about a fault that stands in a certain way."""

    kind: str
    record: IncidentRecord
    facts: dict[str, Any] = {}  # noqa: RUF012  # never changed

    def worded(self, recipient: Recipient, model: OperatingModel = MODEL) -> Wording:
        """The letter as this recipient reads it."""
        record = self.record
        facts = record.letter_facts() | self.facts | recipient.letter_facts()
        some = {"key": "k", "reference": record.reference, "contact": recipient.contact, "drill": record.drill}
        return worded(Letter.model_validate(some | {"kind": self.kind} | facts), model)

    def as_text(self, recipient: Recipient) -> str:
        """The same as a text message."""
        return text_worded(text_about(self.record, self.kind, recipient, self.facts, key="k"), MODEL)


UPDATE = {"happened_at": CHANGED, "text": "Reseptit paperilla toistaiseksi."}
LATER = {"happened_at": AFTERWARDS, "text": "Jonot purkautuvat."}
OWN: dict[str, Any] = {"locality": "own", "criteria": {}}
KELAS: dict[str, Any] = {"criteria": {"localised_to_kela": "yes"}}

SITUATIONS: dict[str, Told] = {
    "start, place not said": Told("start", judged()),
    "start, in Kanta": Told("start", judged("kela")),
    "start, in Kanta by the criteria": Told("start", judged(**KELAS)),
    "start, in Kanta, known to Kela": Told("start", judged("kela", same_as_notice="yes")),
    "start, notice of another fault": Told("start", judged("kela", same_as_notice="no")),
    "start, notice perhaps of this fault": Told("start", judged("kela", same_as_notice="unknown")),
    "start, in our own system, no criterion": Told("start", judged(**OWN)),
    "start, in our own system, a criterion": Told("start", judged("own")),
    "start, outside both": Told("start", judged("other")),
    "start, said to be ours and Kela's": Told("start", judged("own", **KELAS)),
    "start, said to be Kela's, but not localised": Told("start", judged("kela", criteria=SLOW)),
    "start, client test environment": Told("start", judged("kela", environment="client_test")),
    "start, a drill": Told("start", judged("kela", drill=True)),
    "start, client data repository": Told("start", judged("kela", services=["CDR"])),
    "start, patient data repository": Told("start", judged("kela", services=["PDR"])),
    "start, MyKanta": Told("start", judged("kela", services=["MYKANTA"])),
    "change, in Kanta": Told("change", judged("kela"), UPDATE),
    "change, in Kanta, known to Kela": Told("change", judged("kela", same_as_notice="yes"), UPDATE),
    "change, in our own system": Told("change", judged(**OWN), UPDATE),
    "change, place not said": Told("change", judged(), UPDATE),
    "update after the end, in Kanta": Told("change", over("kela"), LATER),
    "update after the end, in our own system": Told("change", over(**OWN), LATER),
    "update after the end, a drill": Told("change", over(drill=True), LATER),
    "come back": Told("change", back("kela"), LATER | {"situation": back("kela").situation(is_back=True)}),
    "change after it has come back": Told("change", back("kela"), LATER),
    "end, in Kanta": Told("end", over("kela"), {"happened_at": ENDED, "text": "Varmenne oli vanhentunut."}),
    "end, in our own system": Told("end", over(**OWN), {"happened_at": ENDED}),
    "end, client data repository": Told("end", over("kela", services=["CDR"]), {"happened_at": ENDED}),
    "cancelled": Told("cancelled", judged("kela"), {"text": "Sama kuin INC-2."}),
    "cancelled, no reason": Told("cancelled", judged("kela")),
    "start, told by a release without situations": Told("start", judged("kela"), {"situation": None}),
    "change, told by a release without situations": Told("change", judged("kela"), UPDATE | {"situation": None}),
    "end, told by a release without situations": Told("end", over("kela"), {"happened_at": ENDED, "situation": None}),
}
NOTICE = {"text": "Häiriö Reseptikeskuksessa", "happened_at": NOON}
DUE = {"duty": "phone_kela", "duty_kind": "phone_kela", "due_at": JUDGED + timedelta(minutes=15)}
FOR_THE_DESK: dict[str, Told] = {
    "opened": Told("desk_opened", opened(), {"due_at": NOON + timedelta(minutes=30)}),
    "opened, client test environment": Told("desk_opened", opened(environment="client_test")),
    "Kela publishes, before the triage": Told("known_notice", opened(), NOTICE),
    "Kela publishes, handling": Told("known_notice", judged("kela"), NOTICE),
    "Kela publishes, after the end": Told("known_notice", over("kela"), NOTICE),
    "Kela ends, before the triage": Told("notice_ended", opened(), NOTICE),
    "Kela ends, handling": Told("notice_ended", judged("kela"), NOTICE),
    "Kela ends, after the end": Told("notice_ended", over("kela"), NOTICE),
    "reminder, handling": Told("reminder", judged("kela"), DUE),
    "reminder, after the end": Told("reminder", over("kela"), DUE),
    "overdue, after the end": Told("overdue", over("kela"), DUE),
    "instruction, after the end": Told(
        "instruction", over("kela"), {"text": "Kela: Älkää lähettäkö uudelleen.", "to_acknowledge": "instruction-1"}
    ),
}


def recipients(language: Language) -> dict[str, Recipient]:
    """Those who are told, by what they are."""
    sectors = {
        "ward": "healthcare", "pharmacy": "pharmacy", "social welfare": "social_welfare", "Kelain user": "kelain",
        "supplier": "supplier",
    }  # fmt: skip
    told: Iterable[tuple[str, dict[str, Any]]] = [(name, {"sector": sector}) for name, sector in sectors.items()]
    told = [*told, ("communications", {"sector": "healthcare", "for_citizens": True})]
    return {name: Recipient.model_validate({"contact": "ward-3", "language": language} | facts) for name, facts in told}

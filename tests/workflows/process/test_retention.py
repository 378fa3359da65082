"""A record stays below what Temporal carries, whatever is said to the process and for however long it lives."""

from __future__ import annotations

import json
import typing
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from temporalio.converter import DataConverter

from tests.builders import NOON, answers, breach_opening, local_rules, opening
from workers.codec.codec import data_converter
from workers.keys.ring import KeyId, KeyRing
from workers.wiring import WORKFLOWS
from workflows.breach import messages as b
from workflows.breach.record import BreachRecord
from workflows.breach.risk import RiskAssessment
from workflows.contract import CONTRACTS
from workflows.incident.instructions import Instruction
from workflows.incident.messages import Call, IncidentOpening, Triage
from workflows.incident.record import IncidentRecord
from workflows.procedure.notices.published import Notice
from workflows.process import messages as m
from workflows.process.deduplication import EVENT_IDS_AT_MOST, _digest
from workflows.process.record import Record
from workflows.process.retention import PART_AT_MOST, RECORD_AT_MOST, Weighed, size, weighed
from workflows.process.second_person.decision import TwoPersonDecision
from workflows.process.second_person.record import DecidingRecord

ALPHABETS = {"letters": "x", "quotes": '"', "controls": "\x01", "pictures": "😱"}
BLOB = 2_000_000
"""Temporal's limit of one payload, a little less than it is."""


def busy(record: DecidingRecord, char: str, now: Callable[[int], datetime]) -> None:
    """Let everything that a process can keep come as long as it may, and far more often than fits."""
    line, text = char * 300, char * 8000
    ladder = {"due_after": "72h", "reminders": [{"after": f"{n}h", "to": "data_protection_officer"} for n in range(20)]}
    for n in range(EVENT_IDS_AT_MOST):
        record.remember(f"{n}", now(n))
    for n in range(520):
        record.note(now(n), line, line, text)
        record.refuse(now(n), char * 500, char * 900, "0" * 64)
        record.say_problem(f"{line}{n}", text)
        record.documents.append(
            m.Document(name=f"{n}" + char * 80, uri="file:///" + "x" * 300, sha256="0" * 64, created_at=NOON)
        )
        sent = m.SentMessage(
            id=f"<{n}@{'x' * 80}>", to=line, subject=line, detail=text, state="accepted", sent_at=now(n)
        )
        record.messages[sent.id] = sent
        decision = TwoPersonDecision(
            id=f"{n}", message="conclusion", reason=text, asked_by=line, asked_at=now(n), state="declined",
            answered_by=line, answer_reason=text,
        )  # fmt: skip
        record.two_person_decisions[decision.id] = decision
        if n % 50 == 0:
            record.apply_retention(now(n))
    record.rules = local_rules(ladders=dict.fromkeys(local_rules().ladders, ladder))


def busy_incident(char: str) -> IncidentRecord:
    long = char * 1_000_000
    texts = {"title": char * 300, "description": long, "symptoms": long, "error_message": long}
    reporter = dict.fromkeys(("name", "unit", "phone", "email"), long)
    record = IncidentRecord.opened(
        IncidentOpening.model_validate(opening("R" * 64, **texts, reported_by=reporter)), NOON
    )
    busy(record, char, lambda n: NOON + timedelta(minutes=n))
    line, text = char * 300, char * 8000
    said = Triage.model_validate(
        {
            "by": line, "criteria": answers(privacy="unknown"), "severity": "critical", "extensive": True,
            "reasons": dict.fromkeys(answers(), text), "workaround": text, "title": line, "description": text,
            "symptoms": text, "error_message": text, "parts": {"safety": {f"{n}{char * 290}": "no" for n in range(20)}},
            "reported_by_supplier": {"by": line, "at": NOON, "reference": line}, "function": text, "message_ids": text,
            "reproducible": text, "systems": [f"{n}{char * 290}" for n in range(20)],
        }
    )  # fmt: skip
    call = {"by": line, "called_at": NOON, "number": line, "reached": True, "person": line, "summary": text}
    for _ in range(120):
        record.judge(said, record.verdict(said.answers(record.time_zone), timedelta(hours=24), NOON), NOON)
        record.calls.append(Call.model_validate(call))
    number = 0
    while not record.too_much_is_open():
        owed = record.open_duty("distribute_instruction", record.rules or local_rules(), NOON, to=line, basis=line)
        record.instructions[f"{number}"] = Instruction(
            id=f"{number}", authority=line, text=char * 300, duty=owed.id, awaiting=("c" * 64,) * 500
        )
        number += 1
    record.add_for_kela(char * 8000)
    record.add_for_kela(char * 8000)
    for _ in range(6):
        record.keep_said(record.saying_now(), "")
    record.know(Notice(guid=long, title=long, link=long, text=long))
    record.apply_retention(NOON)
    awaited = {len(each.awaiting) for each in record.instructions.values()}
    assert awaited == {500}, "nobody who has not acknowledged is forgotten, however full the record is"
    return record


def busy_breach(char: str) -> BreachRecord:
    line, text = char * 300, char * 8000
    controllers = [{"name": f"{n:03}{char * 297}", "email": "x" * 240 + "@example.org"} for n in range(100)]
    said = breach_opening(
        "R" * 64, description=text, data=text, place=line, by=line, role="processor", controllers=controllers,
        cause=text, measures_before=text, joint_notifier_name=line, joint_notifier_reason=text,
    )  # fmt: skip
    record = BreachRecord.opened(b.BreachOpening.model_validate(said), NOON)
    busy(record, char, lambda n: NOON + timedelta(minutes=n))
    record.take_on(record.rules or local_rules(), NOON)
    for duty in list(record.duties.values()):
        record.meet(duty, NOON + timedelta(days=9), line, line, text)
    for n in range(300):
        record.assess(RiskAssessment(by=line, risk="high", reasons=text, consequences=text, measures=text), NOON)
        record.notified(line, NOON, line, delay_reason=text, detail=text)
        record.measures.append(text)
        at = record.aware_from - timedelta(minutes=n + 1)
        record.correct_awareness(b.AwarenessCorrection(by=line, aware_at=at, reason=text), NOON)
    record.apply_retention(NOON)
    return record


def ceiling(record: Record) -> int:
    """How many bytes the record takes when each of its lists is just about full."""
    names = {bounded.name for bounded in record.bounded_lists}
    return size(record.model_dump(mode="json", exclude=names)) + sum(
        bounded.bytes_at_most for bounded in record.bounded_lists
    )


async def encrypted(value: Any) -> int:
    """How many bytes a value takes as a payload that is encrypted."""
    converter: DataConverter = data_converter(KeyRing(KeyId("one"), {KeyId("one"): b"k" * 32}))
    return sum(len(payload.SerializeToString()) for payload in await converter.encode([value]))


@pytest.mark.parametrize("char", ALPHABETS.values(), ids=ALPHABETS)
@pytest.mark.parametrize("make", [busy_incident, busy_breach])
@pytest.mark.slow
async def test_a_record_with_every_shelf_full_can_be_carried_and_bundled(
    make: Callable[[str], Record], char: str
) -> None:
    record = make(char)
    waiting, record.leaving = record.leaving, []  # brought out before a record is carried
    for bounded in record.bounded_lists:
        assert size(getattr(record, bounded.name)) <= bounded.bytes_at_most, bounded.name
    assert ceiling(record) < RECORD_AT_MOST
    assert await encrypted({"carried": record.model_dump(mode="json")}) < BLOB
    order = {
        "record": record.status().model_dump_json(),
        "timeline": json.dumps([dict(line) for line in record.timeline], default=str),
    }
    assert await encrypted(order) < BLOB
    record.leaving = waiting
    parts = 0
    while part := record.next_part():
        assert size([f"{entry}" for entry in part]) < 2 * PART_AT_MOST
        record.part_is_kept(len(part), m.Document(name="j", uri="file:///j", sha256="0" * 64, created_at=NOON))
        parts += 1
    assert parts == len(record.journals)


def unbounded(schema: dict[str, Any], defs: dict[str, Any], path: str) -> Iterator[str]:
    """The texts and lists in a schema that may be of any length."""
    if name := schema.get("$ref", "").rpartition("/")[2]:
        yield from unbounded(defs[name], defs, path)
    for each in schema.get("anyOf", ()):
        yield from unbounded(each, defs, path)
    match schema.get("type"):
        case "string" if not {"maxLength", "enum", "const", "format", "pattern"} & schema.keys():
            yield path
        case "array":
            yield from () if "maxItems" in schema else (path,)
            yield from unbounded(schema["items"], defs, f"{path}[]")
        case "object":
            for name, each in schema.get("properties", {}).items():
                yield from unbounded(each, defs, f"{path}.{name}")
            if isinstance(each := schema.get("additionalProperties"), dict):
                yield from () if "maxProperties" in schema else (path,)
                yield from unbounded(each, defs, f"{path}{{}}")


@pytest.mark.parametrize("process", CONTRACTS)
def test_every_text_and_list_that_may_be_sent_is_bounded(process: str) -> None:
    contract = CONTRACTS[process]
    for name, model in {"start": contract.opening, **contract.messages}.items():
        schema = model.model_json_schema()
        assert not list(unbounded(schema, schema.get("$defs", {}), f"{process}.{name}"))


SMALL = {
    "leaving",  # brought to the evidence before a record is carried
    "held",  # at most 300 contacts, some 300 bytes each, each with at most 20 ids; what finds no room goes at once
    "held_letters",  # 100 kB
    "told_last",  # at most 500, 90 bytes each
    "seen_events",  # at most 5,000 ids of a release before; taken over with the first new one
    "event_ids",  # at most 10,000, 11 bytes each
    "event_ids_at",  # each 500th
    "only_in_evidence",  # the names of the lists
    "sayings",  # at most 400, 24 bytes each; what comes after them is not counted
    "numbers",  # the kinds of duty
    "subjects",  # one for each duty of a breach, none of which leaves
    "corrected_at",  # one for each field of a suspicion
    "told_kela",  # at most five forms; of texts only digests
    "laws_in_breach",  # at most one for each question of other laws
    "breaches",  # a new one starts only after the one before has ended; 80 bytes each
    "unverified",
    "done",  # a break: one for each point of its windows; the review of the contacts: one for each number in the file
    "contacts",  # the review: at most 1,500, those of the operating model
    "asks",  # the review: one for each open duty, at most 61 and one for each check
    "put_off",  # the review: likewise
    "told",  # a break: the contacts of the operating model
    "feeds",  # the watch of the notices: those of the operating model, 500 marks each
    "notices",  # the watch: the latest 200, by its own rule
    "incidents",  # a break: those that were open about its services while it lasted
}
"""Lists of a record that have no bound, each with its reason."""


def records(of: type[Record] = Record) -> Iterator[type[Record]]:
    """The record of every process that a worker runs."""
    for record in of.__subclasses__():
        if "process" in vars(record):  # what several records share is no record yet
            yield record
        yield from records(record)


def test_the_records_are_those_of_the_processes() -> None:
    assert {IncidentRecord, BreachRecord} <= set(records())
    assert WORKFLOWS


@pytest.mark.parametrize("record", list(records()))
def test_every_list_of_a_record_is_a_shelf(record: type[Record]) -> None:
    lists = {name for name, field in record.model_fields.items() if typing.get_origin(field.annotation) in (list, dict)}
    unbounded_lists = lists - {bounded.name for bounded in record.bounded_lists} - SMALL
    assert not unbounded_lists, "give each a BoundedList in the record, or a reason in SMALL"
    assert {bounded.name for bounded in record.bounded_lists} <= lists


def test_an_open_duty_and_a_letter_that_may_come_back_never_leave() -> None:
    record = busy_incident("x")
    kept = record.open_duty("report_to_kela", local_rules(), NOON, to="Kela", basis="-")
    letter = m.SentMessage(id="<kept>", to="kela", state="accepted", sent_at=NOON)
    record.messages = {letter.id: letter} | record.messages
    record.meet_by_message(kept, letter)
    first = record.open_duties()[0].id
    for n in range(3000):
        sent = m.SentMessage(id=f"<{n}>", to="ward", state="delivered", sent_at=NOON)
        record.messages[sent.id] = sent
        if n % 100 == 0:
            record.apply_retention(NOON + timedelta(days=13))
    assert {kept.id, first} <= record.duties.keys()
    assert letter.id in record.messages
    reopened = record.take_delivery(m.DeliveryReport(by="mail", message_id="<kept>", event="bounced"), NOON)
    assert [duty.id for duty in reopened] == [kept.id]
    assert record.is_open(kept.id)
    record.meet(record.duties[kept.id], NOON, "desk")
    record.handling_since = NOON + timedelta(days=20)
    for _ in range(500):
        met = record.open_duty("distribute_instruction", local_rules(), NOON, to="-", basis="-")
        record.meet(met, NOON, "desk")
        record.apply_retention(NOON + timedelta(days=30))
    assert kept.id not in record.duties
    assert record.open_duty("report_to_kela", local_rules(), NOON, to="-", basis="-").id == "report_to_kela-2"
    left = [entry["id"] for name, entry in record.leaving if name == "duties"]
    assert len(left) == len(set(left)) == record.only_in_evidence["duties"]


def test_ids_are_exact_for_the_latest_and_honest_about_older_ones() -> None:
    record = IncidentRecord.opened(IncidentOpening.model_validate(opening("T")), NOON)
    for n in range(25_000):
        record.remember(f"id-{n}", NOON + timedelta(minutes=n))
    assert all(record.is_repeat(f"id-{n}") for n in range(25_000 - 9_500, 25_000))
    assert not record.is_repeat("id-0")
    assert record.forgotten_until == NOON + timedelta(minutes=14_999)

    def said(**more: Any) -> m.Message:
        return m.Message.model_validate({"by": "bot", "event_id": "id-0", **more})

    assert "may" not in (record.may_be_a_forgotten_repeat(said(occurred_at=NOON + timedelta(minutes=20_000))) or "")
    assert "are not told apart any more" in (record.may_be_a_forgotten_repeat(said(occurred_at=NOON)) or "")
    assert record.may_be_a_forgotten_repeat(said()) is None
    again = IncidentRecord.model_validate_json(record.model_dump_json())
    assert again.event_ids == record.event_ids
    assert again.is_repeat("id-24999")


def test_ids_of_an_earlier_release_are_known() -> None:
    record = IncidentRecord.opened(IncidentOpening.model_validate(opening("T")), NOON)
    carried = record.model_dump(mode="json") | {"seen_events": {"e9d4c2a1b0ff1122": None}}
    for new in ("event_ids", "applied_count", "leaving", "numbers", "only_in_evidence", "event_ids_at"):
        del carried[new]
    old = IncidentRecord.model_validate(carried)
    old.seen_events = {_digest("pbx-1").hex(): None}
    assert old.is_repeat("pbx-1")
    old.remember("pbx-2", NOON)
    assert not old.seen_events
    assert old.is_repeat("pbx-1")
    assert old.is_repeat("pbx-2")


def _lists() -> list[list[Any] | dict[Any, Any]]:
    """A list and a dictionary as a process changes them: grown, replaced inside, emptied, and what is not frozen."""
    line = [m.Happening(at=NOON, what=f'{n} ä "q" \x01', by="desk", detail="") for n in range(4)]
    return [
        [], line[:1], line[:3], line[:3], [line[0], line[3], line[2]], line[1:], line, [*line, line[0]],
        {}, {"a": line[0]}, {"a": line[0], 'b"': line[1]}, {"c": line[0], 'b"': line[1]}, {'b"': line[1]},
        {"a": "one"}, {"a": "one", "b": "two ö"}, {1: line[:2]}, {1: line[:2], 2: line[:1]}, ["one"], ["one", "two"],
    ]  # fmt: skip


def test_what_is_weighed_since_the_last_look_is_what_the_whole_list_weighs() -> None:
    for before in [None, *_lists()]:
        for kept in _lists():
            found = weighed(kept, weighed(before, None) if before is not None else None)
            entries = list(kept.values()) if isinstance(kept, dict) else kept
            assert (found.values, found.whole) == (size(entries), size(kept)), (before, kept)


def test_an_entry_that_is_not_frozen_is_weighed_each_time() -> None:
    kept: dict[int, list[str]] = {1: ["a"], 2: ["b"]}
    first: Weighed = weighed(kept, None)
    kept[1].append("c")
    assert weighed(kept, first).whole == size(kept) > first.whole

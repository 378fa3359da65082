"""What Temporal Web shows of a process: search attributes to find it by, current details to read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributePair, SearchAttributeUpdate, TypedSearchAttributes

from workflows.procedure.duties import Duty, in_words
from workflows.procedure.languages import Language
from workflows.procedure.local_time import written
from workflows.procedure.markdown import LARGEST, fitting, plain
from workflows.procedure.services import named
from workflows.procedure.tasks import task, what_to_do
from workflows.process.messages import Happening
from workflows.process.record import Record
from workflows.process.sealed.senders import is_a_strangers

PHASE = SearchAttributeKey.for_keyword("KantaPhase")
SEVERITY = SearchAttributeKey.for_keyword("KantaSeverity")
SERVICE = SearchAttributeKey.for_keyword_list("KantaService")
NEXT_DUE = SearchAttributeKey.for_datetime("KantaNextDue")
OVERDUE = SearchAttributeKey.for_int("KantaOverdue")
REJECTED = SearchAttributeKey.for_int("KantaRejected")
DRILL = SearchAttributeKey.for_bool("KantaDrill")
ALL_KEYS: tuple[SearchAttributeKey[Any], ...] = (PHASE, SEVERITY, SERVICE, NEXT_DUE, OVERDUE, REJECTED, DRILL)

OPENED_BY_A_STRANGER = "**UNVERIFIED SENDER**: opened without the desk's key, and nobody who has it has spoken yet"
SHARES = (60, 60, 100)
"""Per cent of the room that is left, for duties, problems and events: none can crowd out the next."""
LAST_EVENTS = 10
Attributes = tuple[str, str | None, tuple[str, ...], datetime | None, int, int, bool]


def attributes(record: Record) -> Attributes:
    """The values of the search attributes, in the order of ``ALL_KEYS``."""
    return (
        record.phase,
        record.severity,
        tuple(record.services),
        record.next_due(),
        record.overdue(),
        record.rejected_count,
        record.drill,
    )


def at_start(record: Record) -> TypedSearchAttributes:
    """What a new process shows before any worker has seen it; its starter sets it.

    The process itself says it once more: a worker of another release may be the first to live through it, and a history
    that was begun by one release must replay on the other.
    """
    pairs = zip(ALL_KEYS, attributes(record), strict=True)
    return TypedSearchAttributes([
        SearchAttributePair(key, list(value) if isinstance(value, tuple) else value)
        for key, value in pairs
        if value is not None
    ])  # fmt: skip


def changes(before: Attributes | None, after: Attributes) -> Sequence[SearchAttributeUpdate[Any]]:
    """The updates that lead from what is shown to what should be; nothing where it is the same."""
    updates: list[SearchAttributeUpdate[Any]] = []
    for position, search_key in enumerate(ALL_KEYS):
        value = after[position]
        if before is None and value is None:
            continue
        if before is None or before[position] != value:
            updates.append(_update(search_key, value))
    return updates


def _update(search_key: SearchAttributeKey[Any], value: Any) -> SearchAttributeUpdate[Any]:
    if value is None:
        return search_key.value_unset()
    return search_key.value_set(list(value) if isinstance(value, tuple) else value)


EXPECTED = {
    "awaiting_triage": "The desk judges the fault (message `triage`).",
    "handling": "The desk reports, tells and follows the fault; `resolution` ends it.",
    "watch": "The fault is over and watched for backlog and relapse; `reopening` takes it back.",
    "assessing": "The risk to the persons is assessed (message `risk_assessment`); the clock does not wait for it.",
    "notifying": "Those who must know are notified; `conclusion` ends it when no duty is open.",
    "watching": "It follows the notices. `notice` tells it one that came another way; `look_now` makes it look.",
    "reviewing": "It asks for contact details. `confirmation`, `checked` answer; `wrong_details` makes it ask at once.",
    "planned": "Those concerned are told at the points below; `change` and `cancellation` tell them again.",
    "under_way": "`completion` ends it; where it lasts too long, the desk is asked.",
    "completed": "Nothing more: the evidence is bundled.",
    "closed": "Nothing more: the evidence is bundled.",
    "cancelled": "Nothing more: it was opened by mistake.",
}


def details(record: Record, time_zone: str, letters_waiting: int) -> str:
    """The current details as Markdown: what is expected from whom by when, problems, last events; in local time.

    Under ``LARGEST`` bytes, since Temporal Web sends the whole text through an address. What does not fit is counted.
    """
    sections = (
        (
            "Expected next, soonest first",
            [*_expected(record, time_zone), *record.outlook()],
            "query `status`",
        ),
        ("Look at this", _problems(record, letters_waiting), "query `status`"),
        ("Last events", _events(record, time_zone), "query `timeline`"),
    )
    lines = _headline(record, time_zone)
    room = LARGEST - len("\n".join(lines).encode())
    for number, (heading, bullets, where) in enumerate(sections):
        shown, used = fitting(bullets, room * SHARES[number] // 100)
        room -= used
        if left := len(bullets) - len(shown):
            shown.append(f"- and {left} more ({where})")
        lines += [f"**{heading}**", "", *(shown or ["- nothing"]), ""]
    return "\n".join((*lines, f"Times are those of {time_zone}; Temporal Web's own are those of your browser."))


def _headline(record: Record, time_zone: str) -> list[str]:
    """What a start without summary and details would leave unsaid: what it is about, and where it stands."""
    extensive = "extensive" if record.letter_facts().get("extensive") else ""
    known = (named(record.services, "en"), record.severity, extensive)
    about = plain(", ".join(each for each in known if each))
    since = f"opened {written(record.opened_at, time_zone)}"
    return [
        *(["**DRILL**: nothing leaves the house", ""] if record.drill else []),
        *([OPENED_BY_A_STRANGER, ""] if is_a_strangers(record) else []),
        f"**{plain(record.headline)}**",
        "",
        f"{about}; {since}" if about else since.capitalize(),
        "",
        f"Phase **{record.phase.replace('_', ' ')}**. {EXPECTED.get(record.phase, '')}".rstrip(),
        "",
    ]


def _expected(record: Record, time_zone: str) -> list[str]:
    return [_owed(record, duty, time_zone) for duty in sorted(record.open_duties(), key=_soonest)]


def _soonest(duty: Duty) -> datetime:
    return duty.due_at or duty.opened_at


def _owed(record: Record, duty: Duty, time_zone: str) -> str:
    """One open duty: by when, from whom, what to do, and which message says that it is done."""
    phone = record.rules.kela_phone if record.rules else ""
    kind = duty.task_now
    todo = what_to_do(
        kind, "en", reference=record.reference, duty=duty.id, phone=phone, towards=record.towards(duty)
    )  # fmt: skip
    late = "**LATE**, was due" if duty.state == "overdue" else "by"
    when = f"{late} {written(duty.due_at, time_zone)}" if duty.due_at else "as soon as possible"
    doer = task(kind)
    waiting = record.awaited(duty)
    missing = f" Not heard from yet: {plain(', '.join(waiting))}." if waiting else ""
    return (
        f"- **{duty.id}**, {when}: from the **{in_words([doer.by])}**, for {plain(duty.recipient)}. "
        f"{plain(todo)}, or message `{doer.message}` here.{missing}"
    )


def _problems(record: Record, letters_waiting: int) -> list[str]:
    return [
        *(f"- {plain(line)}" for line in record.more_to_show()),
        *(f"- {plain(problem)}" for problem in record.problems.values()),
        *([f"- Letters not yet accepted by the mail provider: {letters_waiting}"] if letters_waiting else []),
        *([f"- Messages refused: {record.rejected_count} (query `rejected`)"] if record.rejected_count else []),
    ]


def _events(record: Record, time_zone: str) -> list[str]:
    """The last events, the newest first; of a mailing only its end, which says what became of it."""
    lines = [line for line in record.timeline if not line.what.startswith("Telling ")]
    return [
        f"- {written(line.at, time_zone)} {plain(line.what)}" + _mark(line, record.language)
        for line in reversed(lines[-LAST_EVENTS:])
    ]


def _mark(line: Happening, language: Language) -> str:
    """Who claims to have said something, where nobody knows who has."""
    return f" – {plain(line.said_by(language))}" if line.is_unverified else ""


def show(before: Attributes | None, record: Record, time_zone: str, letters_waiting: int) -> Attributes:
    """Bring what Temporal Web shows up to date with as few events as possible; what is shown now."""
    after = attributes(record)
    if updates := changes(before, after):
        workflow.upsert_search_attributes(updates)
    workflow.set_current_details(details(record, time_zone, letters_waiting))
    return after

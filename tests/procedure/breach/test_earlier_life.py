"""What a breach takes over from a life before it, and what it says again: keys go by what is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.builders import local_rules
from workflows.breach.derivation import AS_NOW
from workflows.breach.messages import BreachOpening
from workflows.breach.record import BreachRecord
from workflows.procedure.watchdog.book import EarlierLife, KnownDuty, KnownRun, earlier_life
from workflows.process.deduplication import SAYINGS_AT_MOST
from workflows.process.start import take_earlier

AWARE = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOW = AWARE + 30 * HOUR
GDPR = "notify_supervisory_authority"
RUN = "01a21bf4-9f05-7acb-9ad0-ba70848360e4"


def opened(aware_at: datetime) -> BreachRecord:
    """A breach whose rules are about to be taken for the first time."""
    known = {
        "reference": "B-1", "by": "dpo", "kinds": ("loss",), "role": "controller", "registers": ("PDR",),
        "description": "A laptop was lost.", "aware_at": aware_at,
    }  # fmt: skip
    record = BreachRecord.opened(BreachOpening.model_validate(known), NOW)
    record.derivation, record.rules = AS_NOW, local_rules()
    return record


def duty(**facts: Any) -> KnownDuty:
    """The duty towards the authority, as the book has it."""
    known = {"id": GDPR, "kind": GDPR, "legal": True, "opened_at": AWARE, "due_at": AWARE + 72 * HOUR}
    return KnownDuty.model_validate(known | facts)


def run(run_id: str, *duties: KnownDuty, **facts: Any) -> KnownRun:
    """A run of the breach, as the book has it."""
    known = {"workflow_id": "breach-B-1", "run_id": run_id, "kind": "DataBreach", "first_seen": NOW, "last_seen": NOW}
    return KnownRun.model_validate(known | {"duties": duties, "counts_from": AWARE} | facts)


def test_a_second_start_counts_from_the_first_awareness_and_keeps_its_own_folder() -> None:
    record = opened(NOW)
    take_earlier(record, earlier_life("second_start", [run("r1", duty(), keys_by="r0")]), NOW, RUN)
    record.take_stock(local_rules(), NOW)
    assert record.duties[GDPR].due_at == AWARE + 72 * HOUR
    assert (record.awareness[-1].by, record.aware_from) == ("kantadesk", AWARE)
    assert (record.key_run, record.case, record.life) == ("r0", f"breach~B-1~{RUN[-8:]}", "")


def test_a_second_start_that_knows_of_an_earlier_awareness_keeps_it() -> None:
    record = opened(AWARE - 5 * HOUR)
    take_earlier(record, earlier_life("second_start", [run("r1", duty())]), NOW, RUN)
    record.take_stock(local_rules(), NOW)
    assert record.duties[GDPR].due_at == AWARE + 67 * HOUR
    assert len(record.awareness) == 1


def test_a_reset_keeps_folder_and_keys_and_names_its_bundle() -> None:
    record = opened(AWARE)
    record.has_begun = True
    record.take_stock(local_rules(), NOW)
    take_earlier(record, earlier_life("reset", [run("r1", duty(due_at=AWARE + 40 * HOUR))]), NOW, RUN)
    assert record.duties[GDPR].due_at == AWARE + 40 * HOUR, "also of a duty that is open already"
    assert (record.key_run, record.case, record.life) == ("r1", "breach~B-1", RUN[-8:])


def test_what_had_been_met_late_is_not_closed_by_itself_and_not_forgotten() -> None:
    record = opened(AWARE)
    late = duty(state="met_late", met_at=AWARE + 80 * HOUR)
    take_earlier(record, earlier_life("reset", [run("r1", late)]), NOW, RUN)
    record.take_stock(local_rules(), NOW)
    assert record.is_open(GDPR)
    (problem,) = record.problems.values()
    assert "it was met late" in problem
    assert "23.11.2026" in problem


def test_of_several_lives_the_earliest_due_time_counts_and_what_was_met_stays_met() -> None:
    lives = [
        run("r1", duty(state="met", met_at=NOW, due_at=AWARE + 60 * HOUR)),
        run("r2", duty(due_at=AWARE + 90 * HOUR), counts_from=AWARE + HOUR),
    ]
    known = earlier_life("second_start", lives)
    assert known == EarlierLife(
        how="second_start", run="r2", key_run="r1", counts_from=AWARE,
        duties=(duty(state="met", met_at=NOW, due_at=AWARE + 60 * HOUR),),
    )  # fmt: skip


def test_the_same_said_again_after_a_reset_has_the_same_key_and_another_thing_another() -> None:
    first, after_reset = opened(AWARE), opened(AWARE)
    facts = {"duty": GDPR, "text": "one", "language": "fi"}
    said = [first.saying("overdue", facts) for _ in range(2)]
    assert len(set(said)) == 2, "a reminder that is repeated goes again"
    after_reset.saying("reminder", facts)  # something that was not said before it takes nobody's number
    assert [after_reset.saying("overdue", facts | {"language": "sv"}) for _ in range(2)] == said
    assert after_reset.saying("overdue", facts | {"text": "two"}) not in said


def test_what_named_no_time_of_its_own_has_the_same_key_whenever_it_came() -> None:
    """A reset hands over again what was sent, at another time than before."""
    first, after_reset = opened(AWARE), opened(AWARE)
    said = [first.saying("change", {"text": "one", "happened_at": AWARE + n * HOUR}) for n in range(2)]
    again = [after_reset.saying("change", {"text": "one", "happened_at": AWARE + (n + 5) * HOUR}) for n in range(2)]
    assert len(set(said)) == 2, "the same text twice is said twice"
    assert again == said


def test_beyond_the_count_no_key_comes_twice() -> None:
    record = opened(AWARE)
    counted = {record.saying("change", {"text": str(number)}) for number in range(SAYINGS_AT_MOST)}
    beyond = [record.saying("change", {"text": "beyond"}) for _ in range(3)]
    assert len(counted | set(beyond)) == SAYINGS_AT_MOST + 3
    assert len(record.sayings) == SAYINGS_AT_MOST
    assert record.saying("change", {"text": "0"}) not in counted

"""Every process takes hostile input as an incident does: it goes on, and says what it refused in the same words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

from tests.builders import breach_opening, now, risk
from tests.desks.maintenance import plan
from tests.integrations.hostile import HOSTILE, Case, plain, raw, with_key
from tests.integrations.house import WITHIN, House, Incident
from tests.integrations.table import in_a_cell
from tests.integrations.ways import GRPC, Seen
from workers.codec.codec import EncryptionCodec
from workflows.contract import INCIDENT_MESSAGES
from workflows.process.ids import TASK_QUEUE
from workflows.process.messages import Message
from workflows.process.reading import Unreadable, read, several

Status = dict[str, Any]
BY = {"by": "desk"}
TAKEN = Seen(taken=True, words="")


class Process(NamedTuple):
    """One process that is not an incident: how it is started, what is wrong with messages of its own, how it lives."""

    workflow_type: str
    workflow_id: str
    opening: dict[str, Any] | None
    message: str
    wrong: Sequence[Case]
    good: tuple[str, dict[str, Any]] | None
    hours: float
    has_moved: Callable[[Status, Status], bool]
    """Whether its clock has rung after so many hours: its status before and after."""


A_WEEK_AGO = (now() - timedelta(days=7)).isoformat()
PROCESSES = [
    Process(
        "DataBreach",
        "breach-H-1",
        breach_opening("H-1"),
        "risk_assessment",
        [
            Case("missing", "risk_assessment", [plain(BY)], "risk: Field required"),
            Case("unknown", "risk_assessment", [plain(BY | risk("grave"))], "risk: Input should be"),
            Case("long number", "risk_assessment", [raw(b'{"by": ' + b"9" * 5000 + b"}")], "number out of range"),
            Case("not open", "duty_met", [plain(BY | {"duty": "x", "met_at": A_WEEK_AGO})], "there is no duty 'x'"),
            Case("not over", "conclusion", [plain(BY | {"text": "Over."})], "a duty is open"),
        ],
        ("measures_taken", BY | {"text": "Access was closed."}),
        25,
        lambda before, after: _reminders(after) > _reminders(before),
    ),
    Process(
        "Maintenance",
        "maintenance-H-1",
        plan("H-1", now() + timedelta(days=30)),
        "change",
        [
            Case("wrong", "change", [plain(BY | {"starts_at": "soon"})], "starts_at: Input should be a valid datetime"),
            Case("upside down", "change", [plain(BY | {"ends_at": A_WEEK_AGO})], "ends_at"),
            Case("not begun", "completion", [plain(BY | {"completed_at": A_WEEK_AGO})], "the break has not begun"),
        ],
        ("change", BY | {"title": "Another title"}),
        24 * 20,
        lambda before, after: before["next"] != after["next"] and bool(after["told"]),
    ),
    Process(
        "NoticeWatch",
        "notice-watch",
        None,
        "notice",
        [
            Case("empty", "notice", [plain(BY | {"title": ""})], "title: String should have at least 1 character"),
            Case("future", "notice", [plain(BY | {"title": "x", "published_at": "2098-01-01T00:00:00Z"})], "future"),
        ],
        ("look_now", BY),
        0.5,
        lambda before, after: after["looked_at"] > before["looked_at"],
    ),
    Process("Watchdog", "watchdog", None, "notice", [], None, 1, lambda before, after: after["turn"] > before["turn"]),
]


def _reminders(status: Status) -> int:
    return sum(duty["reminders_sent"] for duty in status["duties"])


def is_wrong_as_any(case: Case) -> bool:
    """Whether it is wrong whatever message it is sent as, and reaches the process."""
    try:
        read(Message, several([*map(RawValue, case.payloads)]))
    except Unreadable:
        return case.words is not None
    return case.message not in INCIDENT_MESSAGES and case.words is not None


AS_ANY = [case for case in HOSTILE if is_wrong_as_any(case)]


@dataclass
class Other(Incident):
    """A process that is no incident, looked at from outside."""

    workflow_id: str = ""

    @property
    def id(self) -> str:
        """Its workflow id."""
        return self.workflow_id

    async def stands(self, holds: Callable[[Status], bool]) -> Status:
        """Its status, once it is as wanted."""
        async with asyncio.timeout(WITHIN):
            while not holds(status := await self.asked("status", dict[str, Any])):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        return dict(status)

    async def refuses(self, message: str, payloads: Sequence[Payload], words: str, *, sealed: bool = False) -> None:
        """Send it as a signal and as an update: it is kept and refused with the same words."""

        async def sent() -> Sequence[Payload]:
            return await EncryptionCodec(self.house.keys).encode(payloads) if sealed else payloads

        before = (await self.stands(lambda _: True))["rejected_count"]
        assert await GRPC.signal(self, message, await sent()) == TAKEN
        status = await self.stands(lambda status: status["rejected_count"] == before + 1)
        kept = status["rejected"][-1]
        assert kept["message"] == message
        assert words in kept["reason"]
        seen = await GRPC.update(self, message, await sent())  # a refusal that says the time may say the next minute
        assert (seen.taken, in_a_cell(seen.words)) == (False, in_a_cell(kept["reason"]))


def test_there_is_something_wrong_with_any_message() -> None:
    assert {"not JSON", "no argument", "unknown name (`tirage`)", "encrypted with an unknown key"} < {
        case.name for case in AS_ANY
    }


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.workflow_type)
async def test_nothing_that_is_sent_stops_any_process(house: House, process: Process) -> None:
    arguments = [] if process.opening is None else [process.opening]
    await house.client.start_workflow(
        process.workflow_type, args=arguments, id=process.workflow_id, task_queue=TASK_QUEUE
    )
    other = Other(house, "H-1", process.workflow_id)
    for case in AS_ANY:
        message = process.message if case.message in INCIDENT_MESSAGES else case.message
        words = str(case.words) if process.good else "there is no message of this name; known are none"
        await other.refuses(message, with_key(case.payloads, house.keys.current), words)
    for case in process.wrong:
        await other.refuses(case.message, case.payloads, str(case.words), sealed=True)

    sent = len(AS_ANY) + len(process.wrong)
    before = await other.stands(lambda status: process.good is None or _has_begun(status))
    assert before["rejected_count"] == len(await other.rejected()) == sent
    assert f"Messages refused: {sent}" in await other.shown()
    await other.pass_time(hours=process.hours)
    after = await other.stands(lambda status: process.has_moved(before, status))
    assert after["rejected_count"] == sent
    if process.good:
        name, payload = process.good
        sealed = await EncryptionCodec(house.keys).encode([plain(payload | {"event_id": "good"})])
        assert await GRPC.update(other, name, sealed) == TAKEN
        assert await GRPC.update(other, name, sealed) == TAKEN
        last = await other.stands(lambda _: True)
        assert (last["applied_count"], last["repeated_count"], last["rejected_count"]) == (1, 1, sent)
        assert await other.is_listed(f"KantaRejected = {sent}")
    await other.handle.terminate()


def _has_begun(status: Status) -> bool:
    return bool(status.get("duties") or status.get("next") or status.get("looked_at"))

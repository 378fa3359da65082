"""The one failure whose words travel in clear: those by which a sender is turned away, which no history keeps."""

from __future__ import annotations

from temporalio.api.failure.v1 import Failure
from temporalio.exceptions import ApplicationError

from workers.codec.codec import data_converter
from workers.keys import ring
from workflows.process.payloads import TurnedAway


async def travelling(error: Exception) -> tuple[Failure, str]:
    """A failure as it leaves the process, and what somebody with the key reads."""
    converter = data_converter(ring.generate())
    failure = Failure()
    await converter.encode_failure(error, failure)
    sent = Failure.FromString(failure.SerializeToString())
    return sent, str(await converter.decode_failure(failure))


async def test_who_is_turned_away_reads_why_without_a_key() -> None:
    sent, read = await travelling(TurnedAway("delay_reason is needed", type="Refused"))
    assert sent.message == "delay_reason is needed"
    assert sent.stack_trace == ""
    assert "delay_reason is needed" in read


async def test_any_other_failure_is_encoded() -> None:
    sent, read = await travelling(ApplicationError("delay_reason is needed", type="Refused"))
    assert sent.message == "Encoded failure"
    assert b"delay_reason" not in sent.SerializeToString()
    assert "delay_reason is needed" in read


async def test_who_asks_for_what_is_not_there_reads_what_is_and_nothing_of_what_was_asked() -> None:
    known = "[__stack_trace __temporal_workflow_metadata rejected status]"
    sent, read = await travelling(
        RuntimeError(f"Query handler for 'x's ' expected but not found, known queries: {known}")
    )
    assert sent.message == "there is no query of this name; known are rejected, status"
    assert "x's" in read
    sent, _ = await travelling(RuntimeError("the query handler for 'x' went wrong"))
    assert sent.message == "Encoded failure"

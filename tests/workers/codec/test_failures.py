"""What is kept of a failure: its words and the end of its stack trace, within the server's bound."""

from __future__ import annotations

import pytest
from temporalio.api.failure.v1 import Failure
from temporalio.exceptions import ApplicationError

from workers.codec.codec import data_converter
from workers.keys import ring

KEPT_BY_THE_SERVER = 4096
"""Bytes of the last failure of an activity (limit.mutableStateActivityFailureSize.error of Temporal 1.31)."""


def deep(steps: int) -> None:
    """Fail many calls deep."""
    if steps == 0:
        raise OSError("the innermost fault")
    deep(steps - 1)


def not_sent() -> None:
    """Fail with two causes, each with a long way behind it."""
    try:
        try:
            deep(80)
        except OSError as fault:
            raise RuntimeError("the mail server does not answer") from fault
    except RuntimeError as fault:
        raise ApplicationError("x" * 400, type="NotSent") from fault


async def test_a_failure_however_deep_is_kept_by_the_server_with_its_words_and_the_end_of_its_trace() -> None:
    converter = data_converter(ring.generate())
    failure = Failure()
    with pytest.raises(ApplicationError) as failed:
        not_sent()
    await converter.encode_failure(failed.value, failure)

    assert failure.ByteSize() < KEPT_BY_THE_SERVER
    assert failure.message == "Encoded failure"
    read = await converter.decode_failure(failure)
    assert isinstance(read, ApplicationError)
    assert read.message == "x" * 400
    innermost = read.__cause__.__cause__ if read.__cause__ else None
    assert "the innermost fault" in str(innermost)
    assert isinstance(innermost, ApplicationError)
    assert innermost.failure
    assert 'raise OSError("the innermost fault")' in innermost.failure.stack_trace

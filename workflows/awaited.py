"""Moments that a process waits for, and whether one has come that nobody has been woken for yet.

An update that a validator turns away leaves nothing in the history, but it makes the process look at what it waits for.
Where something that depends on the time alone holds by then, it is seen before the results that came in the same step,
and in a replay after them: temporalio 1.35 orders the two so, and the process could not be replayed any more. So an
update that meets such a moment is let in and refused by its handler, which stands in the history.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from temporalio import workflow

_NAME = "moments_awaited"


@contextmanager
def awaited(moment: datetime) -> Iterator[None]:
    """Somebody waits for this moment, while inside."""
    moments: list[datetime] = vars(workflow.instance()).setdefault(_NAME, [])
    moments.append(moment)
    try:
        yield
    finally:
        moments.remove(moment)


def has_come() -> bool:
    """Whether something has come that depends on the time, or on the length of the history, alone."""
    if workflow.info().is_continue_as_new_suggested():
        return True
    return any(moment <= workflow.now() for moment in vars(workflow.instance()).get(_NAME, ()))

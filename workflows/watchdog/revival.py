"""The record of a process that was ended from outside, made ready for a run that goes on with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from workflows.procedure.watchdog.endings import HOW_IN_WORDS, Ending
from workflows.process.messages import Happening

LISTED_AT_MOST = 20
UNFINISHED = "what was not finished"


def revived(
    carried: dict[str, Any], ending: Ending, *, now: datetime, why: str, under_way: Sequence[str]
) -> dict[str, Any]:
    """The start input of the next run: the whole record, with a line about the ending and about what was not finished.

    ``carried``: the record as JSON. ``why``: who ended it and the reason given, as the history has it. No duty, clock
    or message is touched: what was due stays due when it was.
    """
    said = f"{HOW_IN_WORDS[ending.how]} at {ending.ended_at.isoformat()}" + (f" ({why})" if why else "")
    line = Happening(
        at=now,
        what="This process was ended from outside; the watchdog has brought it back, with every clock as it was",
        by="watchdog",
        detail=f"{said}; run {ending.run_id}",
    )
    problems = dict(carried.get("problems") or {})
    if under_way:
        listed = "; ".join(under_way[:LISTED_AT_MOST])
        more = len(under_way) - LISTED_AT_MOST
        problems[UNFINISHED] = (
            f"{UNFINISHED}: when the process was ended, this was still to be done: {listed}"
            + (f" and {more} more" if more > 0 else "")
            + ". Nobody knows whether it was done: look, and do it by hand where it was not"
        )
    timeline = [*(carried.get("timeline") or []), line.model_dump(mode="json")]
    return {"carried": carried | {"timeline": timeline, "problems": problems}}

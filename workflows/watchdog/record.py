"""What the watchdog remembers: what is found, who was told, when it looked last. Bounded, carried to each next run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from pydantic import Field, ValidationError

from workflows.procedure.local_time import HELSINKI, written
from workflows.procedure.markdown import LARGEST, fitting, plain
from workflows.procedure.model import Model, Moment
from workflows.procedure.watchdog.endings import Ending, Fate
from workflows.procedure.watchdog.findings import Area, Finding, Watching
from workflows.procedure.watchdog.words import what
from workflows.process.messages import Refused
from workflows.watchdog.ports import ENDINGS_AT_MOST, OVERLAP, SETTLED_AT_MOST, LookOrder, ProcessesSeen

OPEN_AT_MOST = 300
A_SENTENCE = 400
"""Characters of a finding that Temporal Web shows."""
REFUSALS_AT_MOST = 50
LOST_AT_MOST = 1000
"""So many still fit into one payload, which holds 2 MB."""


class Known(Model):
    """A finding with its history."""

    finding: Finding
    first_seen: Moment
    last_seen: Moment
    told_at: Moment | None = None
    is_over: bool = False


class WatchStatus(Model):
    """Answer of the query ``status`` of a ``Watchdog``."""

    turn: int = 0
    last_look: Moment | None = None
    next_look: Moment | None = None
    last_heartbeat: Moment | None = None
    looked_at: int = 0
    """How many open processes the last look has seen."""
    is_well: bool = False
    rules: Watching = Watching()
    ended_since: Moment | None = None
    """Endings before this have been dealt with."""
    lost: tuple[Ending, ...] = ()
    """Endings that no record could be had of so far; those whose turn is next come first."""
    settled: dict[str, Moment] = Field(default_factory=dict)
    """Endings that need nothing more: run id, and when it ended."""
    known: dict[str, Known] = Field(default_factory=dict)
    rejected: tuple[Refused, ...] = ()
    """The latest messages that somebody has sent: it takes none."""
    rejected_count: int = 0


class WatchdogRecord:
    """The status, and how it changes. One mutable value in a run; ``carried`` takes it to the next."""

    def __init__(self, status: WatchStatus) -> None:
        self.status = status

    @classmethod
    def taken_up(cls, carried: Sequence[Any]) -> WatchdogRecord:
        """The record of a watchdog that begins, or goes on; what can't be read is a new beginning, never a stop."""
        try:
            return cls(WatchStatus.model_validate(carried[0]) if carried else WatchStatus())
        except ValidationError:
            return cls(WatchStatus())

    def refuse(self, at: datetime, message: str, reason: str, sha256: str) -> None:
        """Keep a message that it doesn't take; the latest are listed, all are counted."""
        refused = Refused(message=message[:100], received_at=at, reason=reason[:500], sha256=sha256)
        kept = self.status.rejected[1 - REFUSALS_AT_MOST :]
        self.change(rejected=(*kept, refused), rejected_count=self.status.rejected_count + 1)

    def carried(self) -> dict[str, Any]:
        """What the next run takes up."""
        return self.status.model_dump(mode="json")

    @property
    def next_look(self) -> datetime:
        """When the next look is planned."""
        if self.status.next_look is None:
            raise ValueError("no look was planned")
        return self.status.next_look

    def order(self, at: datetime) -> LookOrder:
        """What is to be looked at now."""
        status = self.status
        waiting = (each.run_id for each in self._waiting)
        return LookOrder(
            at=at,
            rules=status.rules,
            ended_since=status.ended_since,
            again=self.close_look_at(),
            lost=status.lost[:ENDINGS_AT_MOST],
            settled=(*status.settled, *waiting)[-SETTLED_AT_MOST:],
            turn=status.turn,
            known=tuple(key for key, each in status.known.items() if each.finding.passes),
        )

    @property
    def _waiting(self) -> tuple[Ending, ...]:
        """What is lost and not tried again at this look."""
        return self.status.lost[ENDINGS_AT_MOST:]

    def still_lost(self) -> list[Finding]:
        """What was found of those that are not tried again at this look: nothing of it is over."""
        waiting = {each.run_id for each in self._waiting}
        findings = (each.finding for each in self.status.known.values())
        return [each for each in findings if each.kind == "lost" and each.key.rpartition("/")[2] in waiting]

    def change(self, **changes: Any) -> None:
        """Take changes of the status."""
        self.status = self.status.model_copy(update=changes)

    def found(self, findings: Iterable[Finding], areas: frozenset[Area], at: datetime) -> None:
        """Take what a look has found; ``areas``: the parts that could be looked at, in which absence means something.

        What is gone is over once it has stayed away for ``over_after``; what has happened and passed is shown until
        it would be told again. The gravest and oldest 300 are known.
        """
        known, rules = dict(self.status.known), self.status.rules
        for finding in findings:
            before = known.get(finding.key)
            first = before.first_seen if before else at
            told = before.told_at if before else None
            known[finding.key] = Known(finding=finding, first_seen=first, last_seen=at, told_at=told)
        for key, each in list(known.items()):
            if each.last_seen < at and each.finding.area in areas:
                is_gone = at - each.last_seen >= (rules.told_again_after if each.finding.passes else rules.over_after)
                if is_gone and (each.told_at is None or each.finding.passes):
                    del known[key]
                elif is_gone:
                    known[key] = each.model_copy(update={"is_over": True})
        kept = sorted(known.items(), key=lambda item: (item[1].finding.level != "fault", item[1].first_seen))
        self.change(known=dict(kept[:OPEN_AT_MOST]))

    def dealt_with(self, seen: ProcessesSeen, fates: Sequence[Fate]) -> None:
        """Take what became of the endings that a look has found; what is lost is tried again, in turn."""
        ends = list(zip(seen.endings, fates, strict=True))
        settled = self.status.settled | {e.run_id: e.ended_at for e, fate in ends if fate.outcome != "lost"}
        if not seen.has_more_endings and seen.asked_at:
            since = seen.asked_at
            settled = {run: at for run, at in settled.items() if at > since - 2 * OVERLAP}
            self.change(ended_since=since)
        lost = (*self._waiting, *(ending for ending, fate in ends if fate.outcome == "lost"))
        self.change(settled=settled, lost=lost[:LOST_AT_MOST])

    def to_tell(self, at: datetime) -> list[Finding]:
        """What nobody was told yet, or so long ago that it is said again; notes are never told."""
        again = self.status.rules.told_again_after
        return [
            each.finding
            for each in self.status.known.values()
            if not each.is_over
            and each.finding.level != "note"
            and (each.told_at is None or (at - each.told_at >= again and not each.finding.passes))
        ]

    def over(self) -> list[Finding]:
        """What is over, of which those who were told don't know that yet."""
        return [each.finding for each in self.status.known.values() if each.is_over]

    def told(self, findings: Iterable[Finding], at: datetime) -> None:
        """Somebody has been told of these."""
        known = dict(self.status.known)
        for finding in findings:
            known[finding.key] = known[finding.key].model_copy(update={"told_at": at})
        self.change(known=known)

    def told_over(self, findings: Iterable[Finding]) -> None:
        """Somebody has been told that these are over: they are forgotten."""
        gone = {finding.key for finding in findings}
        self.change(known={key: each for key, each in self.status.known.items() if key not in gone})

    def close_look_at(self) -> tuple[str, ...]:
        """The processes that something was found about."""
        return tuple(dict.fromkeys(k.finding.subject for k in self.status.known.values() if k.finding.subject))

    def details(self) -> str:
        """The current details as Markdown, as short as those of every process: what doesn't fit is counted."""
        status = self.status
        last = f"Last look {_when(status.last_look)}: {status.looked_at} open processes."
        coming = f"Next look, by itself: {_when(status.next_look)}."
        fares = "All is well." if status.is_well else "**Not well.**"
        heard = f"Last heartbeat {_when(status.last_heartbeat)}."
        lines = ["**Watchdog**", "", f"{last} {coming}", "", f"{fares} {heard}", "", "**Look at this**", ""]
        found = self._to_look_at()
        fit, _ = fitting(found, LARGEST - len("\n".join(lines).encode()))
        more = [f"- and {left} more (query `status`)"] if (left := len(found) - len(fit)) else []
        return "\n".join((*lines, *(fit or ["- nothing"]), *more, "", f"Times are those of {HELSINKI}."))

    def _to_look_at(self) -> list[str]:
        """Messages that were refused, and each finding with its level and since when it is known, the gravest first."""
        count = self.status.rejected_count
        refused = [f"- Messages refused: {count}; it takes none (query `rejected`)"] if count else []
        return refused + [
            f"- {each.finding.level}, since {written(each.first_seen)}: {plain(what(each.finding, 'en'), A_SENTENCE)}"
            for each in self.status.known.values()
            if not each.is_over
        ]


def _when(moment: datetime | None) -> str:
    return written(moment) if moment else "(none yet)"

"""The table at the end: what was broken, what was lived through, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tests.chaos.checker import Account

COUNTED = ("incidents", "breaches", "messages", "duties", "alarms", "mails", "histories replayed")
WRONG = {
    "lost": "lost",
    "doubled": "doubled",
    "early": "early",
    "skipped": "skipped",
    "duties": "duties wrong",
    "status": "status wrong",
    "evidence": "evidence wrong",
    "replay": "replay failures",
    "in_the_window": "doubled in the window",
}
NOTED = (
    "questions answered",
    "letters given up for the next",
    "server and workers killed",
    "closed by the next release",
    "done from outside",
    "told by name",
)


def quantile(values: Sequence[float], part: float) -> float:
    """The value below which a part of them lies; 0 where there are none."""
    return sorted(values)[min(int(len(values) * part), len(values) - 1)] if values else 0.0


def lateness(values: Sequence[float]) -> str:
    """Median, 99 of 100, and the worst, in seconds."""
    p50, p99, worst = (quantile(values, part) for part in (0.5, 0.99, 1.0))
    return f"p50 {p50:.2f} s, p99 {p99:.2f} s, max {worst:.2f} s, of {len(values)}"


def _of(name: str) -> int:
    """How wide the column of a night is."""
    return max(len(name) + 3, 9)


def table(accounts: Mapping[str, Account], faults: Mapping[str, int]) -> Iterable[str]:
    """The lines of the table: one column a night."""
    width = max(24, *(len(name) + 2 for name in (*COUNTED, *NOTED)))
    yield from (f"{what:<{width}}{times:>12}" for what, times in sorted(faults.items()))
    yield f"{'faults in the storm':<{width}}{sum(faults.values()):>12}"
    yield ""
    yield f"{'':<{width}}" + "".join(f"{name:>{_of(name)}}" for name in accounts)
    for what in (*COUNTED, *NOTED):
        yield f"{what:<{width}}" + "".join(f"{a.numbers.get(what, 0):>{_of(name)}}" for name, a in accounts.items())
    for kind, what in WRONG.items():
        yield f"{what:<{width}}" + "".join(f"{len(getattr(a, kind)):>{_of(name)}}" for name, a in accounts.items())
    yield ""
    for name, account in accounts.items():
        yield f"{name}: clocks late {lateness(account.late)}; their letters {lateness(account.letters_late)}"

"""``evidence verify REF`` on an open case whose chain somebody has cut off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.starter.conftest import Desk

CUTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "one line": (lambda chain: chain.write_bytes(b"".join(chain.read_bytes().splitlines(keepends=True)[:-1])),
                 "was cut off at its end: {n} lines had been written, and {less} are there"),
    "all lines": (lambda chain: chain.write_bytes(b""), "was cut off at its end: {n} lines had been written, and 0"),
    "the file": (lambda chain: chain.unlink(), "is missing, and {n} lines had been written to it"),
}  # fmt: skip


@pytest.mark.parametrize("cut", CUTS)
def test_what_was_cut_off_at_the_end_of_an_open_case_is_found(desk: Desk, cut: str) -> None:
    reference = desk.judged()
    last = ("Told (start)", "Fault report sent")  # nothing goes after these until a clock rings
    desk.until(lambda lines: all(any(line["what"].startswith(each) for line in lines) for each in last),
               "incident", "timeline", reference)  # fmt: skip
    whole = desk.until(lambda told: told["unchanged"] and told["chain"], "evidence", "verify", reference)
    assert whole["compared"]

    cut_off, told = CUTS[cut]
    chain = desk.data_dir / "evidence" / f"case-{reference}" / "chain.jsonl"
    written = len(chain.read_bytes().splitlines())
    cut_off(chain)

    found = desk("evidence", "verify", reference)
    assert found.code != 0
    assert told.format(n=written, less=written - 1) in found.err
    assert desk("evidence", "export", reference).code != 0

"""How often the guard against identity codes is wrong: ``python benchmarks/identity_codes.py``.

The corpus (``tests/procedure/corpus/identity_codes.jsonl``) holds 500 lines in Finnish, Swedish and English, as a desk
writes them. Codes in it use the individual numbers 900 to 999, which belong to nobody.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from workflows.procedure.identity_codes import doubts_in, identity_codes_in  # noqa: E402  # after the path is known

CORPUS = ROOT / "tests" / "procedure" / "corpus" / "identity_codes.jsonl"


class Rates(NamedTuple):
    """Shares of the lines, in percent."""

    codes_missed: float
    """Lines with a code about which nothing was said: it would leave."""
    codes_doubted: float
    """Lines with a code about which a person is asked."""
    mistyped_missed: float
    taken_for_codes: float
    """Lines without a code that are refused."""
    taken_for_doubts: float
    """Lines without a code about which a person is asked for nothing."""


def verdict(text: str) -> str:
    """What the guard says of a text."""
    return "code" if identity_codes_in(text) else "doubt" if doubts_in(text) else "none"


def of_the_corpus() -> Rates:
    """The rates in the corpus."""
    lines = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    said = Counter((line["is"], verdict(line["text"])) for line in lines)
    of = Counter(line["is"] for line in lines)

    def share(real: str, found: str) -> float:
        return 100 * said[real, found] / of[real]

    return Rates(
        share("code", "none"),
        share("code", "doubt"),
        share("doubt", "none"),
        share("none", "code"),
        share("none", "doubt"),
    )


def of_tickets(words: str = "{}", every: int = 37) -> tuple[float, float]:
    """Dates of a year with ticket numbers: percent taken for codes, percent asked about. ``every``: their step."""
    days = [date(2026, 1, 1) + timedelta(days=day) for day in range(0, 365, 7)]
    numbers = range(20, 9999, every)
    said = Counter(verdict(words.format(f"{day:%d%m%y}-{number:04}")) for day in days for number in numbers)
    return 100 * said["code"] / said.total(), 100 * said["doubt"] / said.total()


def main() -> None:
    """Print every rate."""
    for name, rate in of_the_corpus()._asdict().items():
        print(f"{name.replace('_', ' '):<20}{rate:6.2f} %")  # noqa: T201  # what the script is for
    for words in ("{}", "Ticket {}", "Tiketti {}"):
        codes, doubts = of_tickets(words)
        shown = words.format("DDMMYY-NNNN")
        print(f"{shown:<24}{codes:6.2f} % taken for codes, {doubts:.2f} % asked about")  # noqa: T201


if __name__ == "__main__":
    main()

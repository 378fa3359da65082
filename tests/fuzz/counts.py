"""The numbers of a long run of ``make fuzz``, as ``docs/integrations.md`` shows them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from tests.integrations.table import DOCUMENT

_PLACE = re.compile(r"(<!-- fuzz -->\n```text\n)(.*?)(```\n<!-- end -->)", re.DOTALL)
_COUNT = re.compile(r"^ *(\d+) (.+)$", re.MULTILINE)
SENT = "messages sent"
BECAME = (
    "applied",
    "repeated",
    "refused",
    "updates refused, the sender told",
    "sent to an ended process, the sender told",
)
"""What can have become of a message."""


def write(seed: int, lines: Sequence[str]) -> None:
    """Write the numbers of a run into the document."""
    body = "".join(f"{line}\n" for line in (f"make fuzz ARGS='--seed {seed}'", *lines))
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(_PLACE.sub(lambda found: found[1] + body + found[3], text), encoding="utf-8")


def written() -> Counter[str]:
    """The numbers that stand in the document."""
    found = _PLACE.search(DOCUMENT.read_text(encoding="utf-8"))
    return Counter({name: int(count) for count, name in _COUNT.findall(found[2] if found else "")})


def unaccounted_for(counted: Counter[str]) -> int:
    """How many messages were sent of which nobody knows what became of them."""
    return counted[SENT] - sum(counted[name] for name in BECAME)

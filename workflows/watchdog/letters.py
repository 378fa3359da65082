"""What the watchdog writes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from workflows.procedure.watchdog import words
from workflows.procedure.watchdog.findings import Finding
from workflows.process.ports import Letter, Recipient

NAME = "watchdog"


def watch_letter(
    key: str, kind: Literal["watch_finding", "watch_over"], to: Recipient, findings: Sequence[Finding]
) -> Letter:
    """A letter about findings, or about their end, in the reader's language. Kept in a folder of the watchdog's own."""
    return Letter(
        key=key,
        reference=NAME,
        case=f"{NAME}~letters",
        kind=kind,
        contact=to.contact,
        language=to.language,
        title=words.headline(findings, to.language),
        text=words.listed(findings, to.language, is_over=kind == "watch_over"),
    )

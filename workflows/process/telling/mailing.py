"""One telling of several people, counted for the timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from workflows.procedure.duties import in_words
from workflows.process import ports

NAMED_AT_MOST = 30
"""Of those who were not reached: the record's problems name all."""


@dataclass
class Mailing:
    """One telling of several: counts what it sends, to whom, and who was not reached, for the timeline."""

    kind: str
    audience: ports.Audience
    found: Sequence[ports.Recipient]
    left: int = 0
    failed: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.left = len(self.found)

    @property
    def is_to_groups(self) -> bool:
        """Whether whole groups are told, not only those who hold a role."""
        return bool(self.audience.groups or self.audience.text_groups)

    def begins(self) -> str:
        """What is about to go."""
        if not self.found:
            return f"Nobody is told ({self._what()}): there is no contact to tell"
        return f"Telling {len({each.contact for each in self.found})} recipients ({self._what()}): {self._ways()}"

    def to_whom(self) -> str:
        """The groups and roles."""
        audience = self.audience
        return f"to {in_words(dict.fromkeys((*audience.groups, *audience.text_groups, *audience.roles)))}"

    def done(self, contact: str, *, is_sent: bool | None) -> bool:
        """One has gone, or never will, or is held back (None); whether that was the last."""
        self.left -= 1
        if is_sent is None:
            self.held.append(contact)
        elif not is_sent:
            self.failed.append(contact)
        return self.left == 0

    def ended(self) -> str:
        """What has gone, in the end."""
        accepted = len(self.found) - len(self.failed) - len(self.held)
        return f"Told ({self._what()}): {accepted} of {len(self.found)} messages accepted"

    def outcome(self) -> str:
        """To whom, and who was not reached."""
        missed = f"; not reached: {_named(self.failed)}" if self.failed else ""
        held = f"; held back: {_named(self.held)}" if self.held else ""
        return self.to_whom() + missed + held

    def _what(self) -> str:
        return self.kind.replace("_", " ")

    def _ways(self) -> str:
        texts = sum(each.channel == "text_message" for each in self.found)
        mails = len(self.found) - texts
        return " and ".join(
            words for number, words in ((mails, f"{mails} by e-mail"), (texts, f"{texts} by text message")) if number
        )


def _named(contacts: Sequence[str]) -> str:
    more = len(contacts) - NAMED_AT_MOST
    return ", ".join(contacts[:NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")

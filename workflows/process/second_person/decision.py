"""A decision over a legal duty that holds once another person has confirmed it, and what proves that it is another.

Another person is who says another name *and* comes by another account of the machine, or by another token of the door,
than who asked; both sealed with the desk's key. Decision 0086 says what that does not prove.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, Self

from pydantic import Field, model_validator

from workflows.procedure.model import Model, Moment, NeededLine, Text
from workflows.process.messages import Cancellation, Conclusion, DutyWaived, Message, Through, ThroughIfAny
from workflows.process.sealed.senders import SenderIfAny

Decided = DutyWaived | Cancellation | Conclusion
DecisionName = Literal["duty_waived", "cancellation", "conclusion"]
NAMES: dict[type[Message], DecisionName] = {
    DutyWaived: "duty_waived", Cancellation: "cancellation", Conclusion: "conclusion",
}  # fmt: skip
NEEDS_A_WAY = (
    "what is decided over a legal duty takes two persons here: say by which account or token you come (through). The "
    "commands of kantadesk do"
)
NEEDS_THE_KEY = "what is decided over a legal duty takes two persons here, each with the desk's key: send it encrypted"
NOT_COMPARED = (
    "one came by an account of a machine and the other by a token: nobody can tell whether these are two persons. "
    "Confirm it in the way in which it was asked for"
)


class DecisionAnswer(Message):
    """Another person confirms or declines a decision that waits for it; who asked for it takes it back."""

    decision: NeededLine
    """Its id, as in ``two_person_decisions`` of the status."""
    answer: Literal["confirmed", "declined", "withdrawn"]
    reason: Text = ""

    @model_validator(mode="after")
    def _declined_with_a_reason(self) -> Self:
        """Who declines says why."""
        if self.answer == "declined" and not self.reason.strip():
            raise ValueError("reason is needed where a decision is declined")
        return self


class TwoPersonDecision(Model):
    """A decision that was asked for: what, by whom, when and why; who has answered, and how."""

    id: str
    """That of the duty by which others are reminded to answer."""
    message: DecisionName
    duty: str = ""
    """The duty that is to be waived."""
    reason: str
    asked_by: str
    asked_at: Moment
    asked_through: ThroughIfAny = None
    sender: SenderIfAny = None
    """How it came, where that is known."""
    state: Literal["waiting", "confirmed", "declined", "withdrawn", "lapsed"] = "waiting"
    """``lapsed``: there is nothing left to decide, since the duty was met or the process is over."""
    answered_by: str = ""
    answered_at: Moment | None = None
    answered_through: ThroughIfAny = None
    answer_reason: str = ""

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered yet."""
        return self.state == "waiting"

    @property
    def in_words(self) -> str:
        """What is to be done."""
        words = {"cancellation": "cancel", "conclusion": "conclude"}
        return words.get(self.message) or f"waive duty '{self.duty}'"

    def as_said(self) -> Decided:
        """The message that was asked for, as it takes effect."""
        match self.message:
            case "duty_waived":
                return DutyWaived(by=self.asked_by, duty=self.duty, reason=self.reason)
            case "cancellation":
                return Cancellation(by=self.asked_by, reason=self.reason)
            case "conclusion":
                return Conclusion(by=self.asked_by, text=self.reason)


class Decisions(Model):
    """What ``status`` says of them."""

    two_person_decisions: tuple[TwoPersonDecision, ...] = Field(default=(), exclude_if=lambda decisions: not decisions)
    """Decisions over a legal duty that wait for another person, or did."""


def why_of(said: Decided) -> str:
    """Why something is decided."""
    return said.text if isinstance(said, Conclusion) else said.reason


def why_not_asked(said: Message, *, in_clear: bool) -> str | None:
    """Why a decision can't be the first word of two."""
    if in_clear:
        return NEEDS_THE_KEY
    return None if _has_a_way(said.through) else NEEDS_A_WAY


def why_not_another(decision: TwoPersonDecision, said: DecisionAnswer) -> str | None:
    """Why who answers is not known to be another person than who asked."""
    asked, answered = decision.asked_through or Through(), said.through or Through()
    if is_same_name(decision.asked_by, said.by):
        return f"{decision.asked_by} has asked for it: another person confirms it"
    if not _has_a_way(answered):
        return NEEDS_A_WAY
    shared = [name for name, other in zip(_ways(asked), _ways(answered), strict=True) if name and name == other]
    if shared:
        return f"it was asked for by the same account or token ({shared[0]}): another person confirms it by their own"
    if not any(name and other for name, other in zip(_ways(asked), _ways(answered), strict=True)):
        return NOT_COMPARED
    return None


def is_same_name(one: str, other: str) -> bool:
    """Whether two names are the same, whatever their case, spaces, signs and order ("Virtanen, Maija")."""
    return _words(one) == _words(other)


def _words(name: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return sorted(re.findall(r"\w+", folded)) or [folded]


def _ways(through: Through) -> tuple[str, str]:
    return through.os_user.strip().casefold(), through.token.strip().casefold()


def _has_a_way(through: Through | None) -> bool:
    return through is not None and any(_ways(through))

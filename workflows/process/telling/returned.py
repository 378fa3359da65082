"""What came back by e-mail goes by the contact's other channels, where it has some: its mailbox may be full or gone."""

from __future__ import annotations

from workflows.procedure.duties import Duty
from workflows.procedure.operating_model.channels import EMAIL, Manner
from workflows.process.messages import SentMessage

AGAIN = ("desk_opened", "start", "change", "end", "breach_opened", "reminder", "overdue")
"""The letters that can be said anew in one line of facts as these are now; others have come back, and no more."""


def goes_again(sent: SentMessage, duties: dict[str, Duty]) -> bool:
    """Whether what a message said is to be said once more: an alarm only as long as its duty is open."""
    owed = duties.get(sent.duty or "")
    return sent.channel == EMAIL and sent.purpose in AGAIN and (owed is None or owed.is_open)


def other_channels(manner: Manner | None) -> Manner | None:
    """The channels of a contact without e-mail; None where it has no other one."""
    left = tuple(each for each in manner.channels if each != EMAIL) if manner else ()
    return manner.model_copy(update={"channels": left}) if manner and left else None

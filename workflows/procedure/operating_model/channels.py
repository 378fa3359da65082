"""By which channels a contact is told, in which order, and when the next one is tried.

A channel is ``email``, ``text_message``, or one of the contact's own ``addresses`` by its name (``teams``, ``slack``).
E-mail is the last channel of everybody who does not name it: what fails on all others is not dropped.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from workflows.procedure import rule_data
from workflows.procedure.model import Duration, Model
from workflows.procedure.operating_model.holding_back import Holds

EMAIL, TEXT_MESSAGE = "email", "text_message"
OF_EVERYBODY = (EMAIL, TEXT_MESSAGE)
AT_MOST = 8
"""Channels of one contact."""
URGENT = (
    "reminder", "overdue", "instruction", "instruction_reminder", "not_sent", "breach_opened", "breach_deadline_moved",
    "watch_finding",
)  # fmt: skip
"""The letters that go to the next channel soon: alarms, and what somebody must read now."""
_SHORTEST, _LONGEST = timedelta(seconds=30), timedelta(days=1)
_DATA = rule_data.read("channels")


def _some_while(length: timedelta) -> timedelta:
    if not _SHORTEST <= length <= _LONGEST:
        raise ValueError("must be between 30 seconds and a day")
    return length


def _own_name(name: str) -> str:
    if name in OF_EVERYBODY:
        raise ValueError(f"{name!r} is a channel that every contact has: take another name, like teams")
    return name


ChannelName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
OwnChannel = Annotated[ChannelName, AfterValidator(_own_name)]
"""The name of an address of a contact's own."""
Patience = Annotated[Duration, AfterValidator(_some_while)]


class ChannelRules(Model):
    """The table ``[channels]`` of the operating model: after how long without success the next channel is tried."""

    next_after: Annotated[Patience, Field(validate_default=True)] = _DATA["next_after"]
    alarms_next_after: Annotated[Patience, Field(validate_default=True)] = _DATA["alarms_next_after"]

    @model_validator(mode="after")
    def _alarms_are_sooner(self) -> Self:
        if self.alarms_next_after > self.next_after:
            raise ValueError("alarms_next_after must not be longer than next_after: alarms can't wait as long")
        return self


class Manner(Holds):
    """How one contact is told, as the operating model has it when somebody is told."""

    next_after: Annotated[Duration, Field(validate_default=True)] = _DATA["next_after"]
    alarms_next_after: Annotated[Duration, Field(validate_default=True)] = _DATA["alarms_next_after"]
    channels: tuple[ChannelName, ...] = (EMAIL,)

    def patience(self, kind: str, severity: str = "") -> timedelta:
        """How long a channel may take with a letter of this kind."""
        is_urgent = kind in URGENT or severity == "critical"
        return self.alarms_next_after if is_urgent else self.next_after

    def first(self, channel: str) -> Manner:
        """The same, beginning with a channel."""
        return self.model_copy(update={"channels": tuple(dict.fromkeys((channel, *self.channels)))})

    def without(self, channel: str) -> Manner:
        """The same without a channel that has been tried; e-mail stays."""
        left = tuple(each for each in self.channels if each != channel or each == EMAIL)
        return self.model_copy(update={"channels": left or (EMAIL,)})


def in_order(channels: Iterable[str]) -> tuple[str, ...]:
    """The channels of a contact, in the order in which they are tried."""
    return tuple(dict.fromkeys((*channels, EMAIL)))

"""Which of several joint controllers notifies the authority: a choice, never a guess from somebody's words."""

from __future__ import annotations

from typing import Protocol


class Notifying(Protocol):
    """What says which joint controller notifies the authority."""

    @property
    def joint_notifier(self) -> str:
        """``us``, ``other`` or a text."""

    @property
    def joint_notifier_name(self) -> str:
        """The other one's name."""

    @property
    def joint_notifier_reason(self) -> str:
        """Why it is the other one."""


def is_other_to_notify(said: Notifying) -> bool:
    """Whether the other joint controller notifies: only ``other``, with name and reason, takes the 72 hours from us."""
    return says_other(said) and bool(said.joint_notifier_name and said.joint_notifier_reason)


def says_other(said: Notifying) -> bool:
    """Whether ``other`` was said, be it complete or not."""
    return said.joint_notifier.casefold() == "other"


def other_named(said: Notifying) -> str:
    """The other joint controller's name: a text that is neither ``us`` nor ``other`` is taken as one."""
    is_choice = said.joint_notifier.casefold() in ("", "us", "other")
    return said.joint_notifier_name or ("" if is_choice else said.joint_notifier)

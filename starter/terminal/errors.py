"""The ways a command can end badly, each with its exit code (contract, chapter 7).

    click.ClickException
    ├── Wrong          2  the input is wrong
    │   └── HoldsACode    a text of it holds an identity code, or may
    ├── Refused        3  the process does not allow it now
    ├── NotThere       4  no such incident, breach, maintenance, duty
    ├── Unreachable    5  Temporal, or a worker, does not answer
    └── Faulty         2  a check has found faults (doctor, evidence verify); they were printed

Each message is one line: what is wrong, and what to do.
"""

from __future__ import annotations

import click


class Wrong(click.ClickException):
    """The input is wrong: the message names the field and what to give."""

    exit_code = 2


class HoldsACode(Wrong):
    """A text holds a personal identity code, or may: it is not kept anywhere. ``field``: which one."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


class Refused(click.ClickException):
    """The process said no; the message is its reason."""

    exit_code = 3


class NotThere(click.ClickException):
    """What was named does not exist."""

    exit_code = 4


class NeverBegan(NotThere):
    """Somebody has started a process of this name with something that can't be read: there is none."""


class Unreachable(click.ClickException):
    """Temporal can't be reached, or no worker answers."""

    exit_code = 5


class Faulty(click.ClickException):
    """A check has found faults."""

    exit_code = 2

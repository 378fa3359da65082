"""What a reference is: how one is named, and how one is made where none is given."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

import click

from starter.client.completions import completed
from starter.language.words import _
from starter.terminal.errors import Wrong

if TYPE_CHECKING:
    from starter.client.names import Process

REFERENCE = re.compile(r"(?:breach-)?[A-Za-z0-9._-]{1,64}(?:-[1-9][0-9]{0,2})?")
"""A reference, or a breach by its own name: its number after the reference, or its whole workflow id."""

RETURNED = re.compile(r"(?:breach-)?(?:INC|MNT|BR)-\d{8}-[2-9A-Z]{4}(?:[-.]\d{1,3})?")
"""References as they are made here: nobody means a part of another one by such a text."""
TYPED = "kantadesk.reference"
"""Where a command keeps the reference that was typed, and of which processes it may be."""


def reference_named(text: str) -> str:
    """A reference that can exist; raises ``Wrong``."""
    if not REFERENCE.fullmatch(text):
        raise Wrong(
            _("REF: a reference has 1 to 64 letters, digits, dots, dashes and underscores, such as INC-20261122-7F3K")
        )
    return text


def is_plainly_a_reference(text: str) -> bool:
    """Whether a text can be nothing else: as they are made here, or a ticket number such as HD-4711."""
    return bool(RETURNED.fullmatch(text.upper())) or ("-" in text and text != text.lower())


_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without what is misread on the telephone: 0 O, 1 I L


def new_reference(at: datetime, kind: str = "INC") -> str:
    """A reference for an incident (or another ``kind``) of this (local) day: INC-YYYYMMDD-XXXX."""
    from workflows.procedure.local_time import local

    return f"{kind}-{local(at):%Y%m%d}-" + "".join(secrets.choice(_LETTERS) for _ in range(4))


class Reference(click.Argument):
    """REF: a reference, the last part of one, or nothing where only one is open.

    ``processes``: of which it may be. ``then``: the argument behind it. ``drills``: only a drill is meant.
    """

    def __init__(
        self, names: Sequence[str], *, processes: tuple[Process, ...], then: str = "", drills: bool = False
    ) -> None:
        offered = completed("drills" if drills else "references", *processes)
        super().__init__(names, required=False, callback=_whole, shell_complete=offered)
        self.processes = processes
        self.then = then
        self.drills = drills

    def handle_parse_result(
        self, ctx: click.Context, opts: Mapping[str, Any], args: list[str]
    ) -> tuple[Any, list[str]]:
        """What stands alone where two arguments could be is the second one, unless it is plainly a reference."""
        typed = opts.get(self.name)
        is_alone = self.then and isinstance(typed, str) and not isinstance(opts.get(self.then), str)
        if is_alone and not is_plainly_a_reference(str(typed)):
            opts = cast("dict[str, Any]", opts)
            opts[self.then], opts[self.name] = typed, opts[self.then]
        return super().handle_parse_result(ctx, opts, args)


def _whole(ctx: click.Context, parameter: click.Parameter, text: str | None) -> str:
    """The reference that is meant. Raises ``Wrong``, ``NotThere``, ``Unreachable``."""
    if ctx.resilient_parsing or not isinstance(parameter, Reference):
        return text or ""
    from starter.client.meant import meant, only_open

    text = (text or "").strip().strip("\"'").removeprefix("#")  # as it is copied from a mail or a ticket
    if not text:
        return only_open(*parameter.processes, drills=parameter.drills)
    ctx.meta[TYPED] = (text, parameter.processes)
    return meant(reference_named(text), *parameter.processes)

"""What a reference is: how one is named, and how one is made where none is given."""

from __future__ import annotations

import re
import secrets
from datetime import datetime

from starter.language.words import _
from starter.terminal.errors import Wrong

REFERENCE = re.compile(r"(?:breach-)?[A-Za-z0-9._-]{1,64}(?:-[1-9][0-9]{0,2})?")
"""A reference, or a breach by its own name: its number after the reference, or its whole workflow id."""


def reference_named(text: str) -> str:
    """A reference that can exist; raises ``Wrong``."""
    if not REFERENCE.fullmatch(text):
        raise Wrong(
            _("REF: a reference has 1 to 64 letters, digits, dots, dashes and underscores, such as INC-20261122-7F3K")
        )
    return text


_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without what is misread on the telephone: 0 O, 1 I L


def new_reference(at: datetime, kind: str = "INC") -> str:
    """A reference for an incident (or another ``kind``) of this (local) day: INC-YYYYMMDD-XXXX."""
    from workflows.procedure.local_time import local

    return f"{kind}-{local(at):%Y%m%d}-" + "".join(secrets.choice(_LETTERS) for _ in range(4))

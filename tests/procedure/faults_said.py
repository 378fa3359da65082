"""What a model says of values that it refuses."""

from __future__ import annotations

import pytest
from pydantic import ValidationError


def said(refused: pytest.ExceptionInfo[ValidationError]) -> str:
    """The first sentence of the refusal."""
    return refused.value.errors()[0]["msg"].removeprefix("Value error, ")

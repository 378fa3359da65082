"""Which operating model the model and the checker of the storm read: theirs by default, another one for the years."""

from __future__ import annotations

import tomllib
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from tests.chaos import model, script, short_clocks

OF_THE_STORM = short_clocks.MODEL
OF_THE_YEARS = Path(__file__).with_name("operating-model.toml")


@contextmanager
def clocks_of(operating_model: Path) -> Generator[None]:
    """Let the storm's own reader read another operating model."""
    if operating_model == OF_THE_STORM:
        yield
        return
    read = tomllib.loads(operating_model.read_text(encoding="utf-8"))
    unavailable = short_clocks.elapsed(read["breach"]["unavailability_after"])
    with ExitStack() as stack:
        stack.enter_context(patch.dict(short_clocks._READ, read, clear=True))
        late = short_clocks.due_after("notify_supervisory_authority") - timedelta(minutes=5)
        for module in (model, script, short_clocks):
            stack.enter_context(patch.object(module, "UNAVAILABLE_AFTER", unavailable))
        stack.enter_context(patch.object(short_clocks, "WATCH", short_clocks.elapsed(read["watch"]["length"])))
        stack.enter_context(patch.object(script, "LATE", late))
        yield

"""A desk of a test's own, with an operating model of its own, whose contacts are reviewed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.starter.conftest import Desk, started, stopped
from workers.settings import packaged_operating_model


def example_model() -> str:
    """The text of the example's operating model."""
    return packaged_operating_model().read_text(encoding="utf-8")


@contextmanager
def desk_of(folder: Path, model: str) -> Iterator[Desk]:
    """``kantadesk up`` in English on this text of an operating model, once the review has looked at its contacts."""
    (folder / "operating-model.toml").write_text(model, encoding="utf-8")
    (folder / "kantadesk.toml").write_text('language = "en"\n', encoding="utf-8")
    desk = started(folder)
    desk.until(lambda status: status["looked_at"], "contacts", "list")
    yield desk
    assert stopped(desk) == 0

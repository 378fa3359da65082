"""The demo's own operating model tells by text message."""

from __future__ import annotations

from pathlib import Path

from activities.operating_model.file import load_operating_model
from starter.demo.texting import told_by_text
from workers.settings import packaged_operating_model


def test_the_demos_model_is_the_example_with_text_messages(tmp_path: Path) -> None:
    example, file = packaged_operating_model(), tmp_path / "model.toml"
    file.write_text(told_by_text(example.read_text(encoding="utf-8")), encoding="utf-8")
    assert load_operating_model(example).telling.start_text == ()
    assert load_operating_model(file).telling.start_text == ("health-stations",)

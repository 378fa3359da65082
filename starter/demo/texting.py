"""The demo's own operating model: the example, with the option on that some are told by text message as well."""

from __future__ import annotations

import re
from pathlib import Path

from activities.evidence.case_folder import write_whole
from starter.client.configuration import settings_in_force
from workers.settings import packaged_operating_model


def model_of_demo(folder: Path) -> Path:
    """The organisation's operating model where there is one; else the example, told by text message, in the folder."""
    configured = settings_in_force().operating_model
    if configured != packaged_operating_model():
        return configured
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / "operating-model.toml", told_by_text(configured.read_text(encoding="utf-8")).encode())
    return folder / "operating-model.toml"


def told_by_text(example: str) -> str:
    """The example with its option ``start_text`` on."""
    return re.sub(r"^# (?=start_text = )", "", example, flags=re.MULTILINE)

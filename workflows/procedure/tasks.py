"""What a person does to meet a duty, in one sentence (``data/tasks.toml``)."""

from __future__ import annotations

from workflows.procedure import rule_data
from workflows.procedure.languages import Language, Trilingual

_DATA = rule_data.read("tasks")
TASKS: dict[str, Trilingual] = {kind: Trilingual.model_validate(t) for kind, t in _DATA.items() if isinstance(t, dict)}


def what_to_do(kind: str, language: Language, *, reference: str, duty: str, phone: str) -> str:
    """One sentence for the person who is reminded of a duty."""
    return TASKS.get(kind, TASKS["other"]).in_(language).format(reference=reference, duty=duty, phone=phone)

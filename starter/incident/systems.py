"""The systems that a person names for the form: one that the operating model doesn't know is said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from starter.terminal import prompts

if TYPE_CHECKING:
    from workflows.procedure.operating_model.model import OperatingModel


def say_unknown_systems(names: Iterable[str], model: OperatingModel | None) -> None:
    """Name the systems of which the form can say nothing but the name. Nothing is known where there is no model."""
    known = {system.name for system in model.systems} if model else {*names}
    if strange := [name for name in names if name not in known]:
        one = len(strange) == 1
        named = ", ".join(f'"{name}"' for name in strange)
        what = "is no system" if one else "are no systems"
        how = "it stands in the form by its name only" if one else "they stand in the form by their names only"
        prompts.tell(f"--system: {named} {what} of your operating model; {how}")

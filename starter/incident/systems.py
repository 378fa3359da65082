"""The systems that a person names for the form: one that the operating model doesn't know is said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from starter.language.words import n_
from starter.terminal import prompts

if TYPE_CHECKING:
    from workflows.procedure.operating_model.model import OperatingModel


def say_unknown_systems(names: Iterable[str], model: OperatingModel | None) -> None:
    """Name the systems of which the form can say nothing but the name. Nothing is known where there is no model."""
    known = {system.name for system in model.systems} if model else {*names}
    if strange := [name for name in names if name not in known]:
        named = ", ".join(f'"{name}"' for name in strange)
        said = n_(
            "{systems} is no system of your operating model; it stands in the form by its name only",
            "{systems} are no systems of your operating model; they stand in the form by their names only",
            len(strange),
            systems=named,
        )
        prompts.tell(f"--system: {said}")

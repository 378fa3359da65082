"""The groups that a planned break tells, by the organisation's own names for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starter.client.configuration import operating_model, settings_in_force
from starter.language.lists import groups_of
from starter.terminal.errors import Wrong


def with_groups_meant(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields with the ids of the groups that are named.

    Raises ``Wrong`` where the operating model on this machine has nobody in one.
    """
    named = fields.get("audience")
    model = operating_model(settings_in_force()) if named and isinstance(named, list | tuple) else None
    if model is None:
        return dict(fields)
    return {**fields, "audience": [group_meant(each, model, "--audience") for each in named or ()]}


def group_meant(text: Any, model: Any, option: str) -> str:
    """The id of a group by its id, its name or how that begins. Raises ``Wrong``."""
    known = groups_of(model)
    found = known.meant(str(text))
    if len(found) != 1:
        raise Wrong(f"{option}: {known.refusal(str(text))}")
    return found[0]

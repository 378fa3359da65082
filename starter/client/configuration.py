"""What is configured outside a command: the settings, and the organisation's operating model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starter.language.heard import heard
from starter.terminal.errors import Wrong
from workers import settings as all_settings

if TYPE_CHECKING:
    from workflows.procedure.operating_model.model import OperatingModel


def settings_in_force(**command_line: Any) -> all_settings.Settings:
    """The settings; raises ``Wrong`` with the one that can't be used."""
    try:
        return all_settings.load(**command_line)
    except all_settings.SettingsError as error:
        raise Wrong(heard(str(error))) from None


def operating_model(settings: all_settings.Settings) -> OperatingModel | None:
    """The organisation's operating model; None where it can't be used (``kantadesk doctor`` says why).

    Commands take their defaults from it, and no incident may wait for a file to be fixed.
    """
    from activities.operating_model.file import OperatingModelFault, load_operating_model

    try:
        return load_operating_model(settings.operating_model)
    except OperatingModelFault:
        return None

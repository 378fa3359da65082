"""The order and the labels of a notification to the supervisory authority (``data/authority_form.toml``)."""

from __future__ import annotations

from datetime import date

from workflows.procedure import rule_data
from workflows.procedure.languages import Trilingual
from workflows.procedure.model import Model


class AuthorityField(Trilingual):
    """One field: its label, and the fact that fills it. ``if_known``: left out where there is nothing to say."""

    id: str
    if_known: bool = False


class AuthoritySection(Model):
    """Fields under one title. ``only_if``: the fact that must hold for the section to be there."""

    title: Trilingual
    fields: tuple[AuthorityField, ...]
    only_if: str = ""


class AuthorityForm(Model):
    """One version of the form."""

    version: str
    valid_from: date
    source: str
    verified: bool
    sections: tuple[AuthoritySection, ...]


FORM = AuthorityForm.model_validate(rule_data.read("authority_form"))

"""How the organisation reports to Kela: its form, and how Kela is told what comes after the first report."""

from __future__ import annotations

from typing import Literal

from workflows.procedure.duties import DutyKind
from workflows.procedure.languages import Language
from workflows.procedure.model import Model

Sending = Literal["send", "ask"]
"""Whether Kela is told at once, or the desk is asked first."""


class FurtherReports(Model):
    """How Kela is told what comes after the first report: changes, the end, a withdrawal."""

    supplement: Sending = "send"
    end: Sending = "send"
    withdrawal: Sending = "send"

    def way(self, duty: DutyKind) -> Sending:
        """The way of one of the duties ``supplement_to_kela``, ``end_to_kela`` and ``withdrawal_to_kela``."""
        way: Sending = getattr(self, duty.removesuffix("_to_kela"))
        return way


class Report(FurtherReports):
    """The fault report form: languages of the labels; another docx with its mapping, where the organisation has one."""

    label_languages: tuple[Language, ...] = ("fi",)
    template: str = ""
    """Path of a docx to fill instead of the stand-in; relative to the operating model's folder."""
    mapping: str = ""
    """Path of the TOML that says which of our fields goes where in that docx."""

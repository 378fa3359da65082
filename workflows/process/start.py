"""How a process begins: from its start input, or from its own record where it continues as new."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import ValidationError
from temporalio import workflow

from workflows.procedure.model import Model
from workflows.process.reading import Unreadable, plainly

Opening = TypeVar("Opening", bound=Model)
Carried = TypeVar("Carried", bound=Model)
BROUGHT_BACK_FROM = "brought_back_from"
"""Memo of a run that the watchdog has started: the run that it goes on from."""


def read_start(sent: tuple[Any, ...], opening: type[Opening], carried: type[Carried]) -> Opening | Carried:
    """What was sent to a process at its start. Raises ``Unreadable`` with one plain sentence."""
    if len(sent) != 1 or not isinstance(sent[0], dict):
        raise Unreadable("send one JSON object as the start input")
    if "carried" in sent[0] and not _goes_on():
        raise Unreadable("'carried' is taken only from an earlier run of the same process")
    try:
        return carried.model_validate(sent[0]) if "carried" in sent[0] else opening.model_validate(sent[0])
    except ValidationError as error:
        raise Unreadable(plainly(error)) from None


def _goes_on() -> bool:
    """Whether this run goes on with an earlier one: it continues it, or the watchdog has brought it back."""
    return bool(workflow.info().continued_run_id or workflow.memo_value(BROUGHT_BACK_FROM, default=""))


def check_id(expected: str) -> None:
    """Raise ``Unreadable`` where the process runs under another workflow id than its reference has."""
    if workflow.info().workflow_id != expected:
        raise Unreadable(f"the workflow id must be {expected}, so that there is one process of a reference")

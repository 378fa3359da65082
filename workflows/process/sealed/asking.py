"""The input of a step that needs none: sealed like every other, it shows that a process of ours asks."""

from __future__ import annotations

from temporalio import workflow

from workflows.procedure.model import Model


class Asking(Model):
    """Who asks: the workflow id. Empty in steps of releases before 0.3.0, which sent no input."""

    by: str = ""


def asking() -> Asking:
    """This process asks."""
    return Asking(by=workflow.info().workflow_id)


NOBODY = Asking()
"""What an adapter is asked by where no input was sent."""

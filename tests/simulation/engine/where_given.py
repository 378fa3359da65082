"""Where in the code a process has given a command: asked only where something differs, since it costs much."""

from __future__ import annotations

import asyncio
import sys
import traceback
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import temporalio
from temporalio.bridge.proto.workflow_commands import WorkflowCommand
from temporalio.worker._workflow_instance import _WorkflowInstanceImpl

AT_MOST = 3
"""Lines that are named, the innermost first."""
NOT_NAMED = tuple(
    str(Path(str(module.__file__)).parent) for module in (temporalio, asyncio, traceback, sys.modules[__name__])
)
"""What every command goes through: the SDK, Python's own modules, the engine."""


@contextmanager
def lines_noted() -> Generator[Callable[[WorkflowCommand], str]]:
    """While it lasts, it is noted where each command is given; yields what says so."""
    noted: dict[int, tuple[WorkflowCommand, str]] = {}
    add = _WorkflowInstanceImpl._add_command

    def noting(instance: Any) -> WorkflowCommand:
        command = add(instance)
        noted[id(command)] = (command, _lines())  # the command is kept, so that no other one gets its id
        return command

    def given_at(command: WorkflowCommand) -> str:
        return noted[id(command)][1] if id(command) in noted else ""

    with patch.object(_WorkflowInstanceImpl, "_add_command", noting):
        yield given_at


def _lines() -> str:
    named = []
    for each in reversed(traceback.extract_stack()):
        if each.name == "activate":
            break  # beyond it is whoever drives the process
        if not each.filename.startswith(NOT_NAMED):
            named.append(f"{'/'.join(Path(each.filename).parts[-3:])}:{each.lineno}")
    return " < ".join(named[:AT_MOST])

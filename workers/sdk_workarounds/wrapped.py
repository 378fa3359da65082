"""One of the SDK's running processes with something of ours before it.

Goes with the last file here that needs it (``replay_time.py``, ``steps_first.py``).
"""

from __future__ import annotations

from typing import Any

from temporalio.worker import WorkflowInstance


class WrappedProcess(WorkflowInstance):
    """All that is not about workflow tasks is as the process says; ``activate`` is for who wraps it."""

    def __init__(self, process: WorkflowInstance) -> None:
        self._process = process

    def get_serialization_context(self, command_info: Any) -> Any:
        """As the process says."""
        return self._process.get_serialization_context(command_info)

    def get_external_store_context(self, command_info: Any) -> Any:
        """As the process says."""
        return self._process.get_external_store_context(command_info)

    def get_info(self) -> Any:
        """As the process says."""
        return self._process.get_info()

    def get_thread_id(self) -> int | None:
        """As the process says."""
        return self._process.get_thread_id()

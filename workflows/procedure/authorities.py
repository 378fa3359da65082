"""Who is told what, and how, by date: the authorities have changed names and tasks (``data/authorities.toml``)."""

from __future__ import annotations

from datetime import date
from typing import Literal

from workflows.procedure import rule_data
from workflows.procedure.dated import Dated, holding
from workflows.procedure.languages import Trilingual
from workflows.procedure.model import Model

Task = Literal[
    "data_protection", "significant_deviation", "nis2_health", "nis2_form", "device_hazard", "certificates",
    "kela_technical_support",
]  # fmt: skip


class Route(Model):
    """One way to reach an authority, with its own source: addresses change sooner than authorities."""

    by: Literal["e_service", "page", "mail", "phone"]
    to: str
    source: str
    verified: bool
    note: str = ""


class Authority(Dated):
    """Who holds a task for a time. ``routes`` is empty where no way to reach them was found: ``note`` says so."""

    id: str
    task: Task
    name: Trilingual
    routes: tuple[Route, ...] = ()


class UnknownAuthority(LookupError):
    """Nobody is known to hold a task on a day. Its entry is missing in ``data/authorities.toml``."""

    def __init__(self, task: Task, on: date) -> None:
        super().__init__(f"no authority is known for {task} on {on.isoformat()}: see data/authorities.toml")


AUTHORITIES: tuple[Authority, ...] = tuple(
    Authority.model_validate(entry) for entry in rule_data.read("authorities")["authorities"]
)


def authority(task: Task, on: date) -> Authority:
    """Who holds a task on a day. Raises ``UnknownAuthority`` where nobody is known to."""
    if found := holding((entry for entry in AUTHORITIES if entry.task == task), on):
        return found
    raise UnknownAuthority(task, on)

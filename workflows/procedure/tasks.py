"""What a person does to meet a duty, in one sentence, and who that person is (``data/tasks.toml``)."""

from __future__ import annotations

from workflows.procedure import rule_data
from workflows.procedure.duties import Role
from workflows.procedure.languages import Language, Trilingual


class Task(Trilingual):
    """One sentence in each language; ``by``: the role that does it, ``message``: what is sent when it is done."""

    by: Role = "desk"
    message: str = "duty_met"


_DATA = rule_data.read("tasks")
TASKS: dict[str, Task] = {kind: Task.model_validate(t) for kind, t in _DATA.items() if isinstance(t, dict)}


def task(kind: str) -> Task:
    """What is to be done for a kind of duty; in general words where there are none of its own."""
    return TASKS.get(kind, TASKS["other"])


def what_to_do(kind: str, language: Language, *, reference: str, duty: str, phone: str, towards: str = "") -> str:
    """One sentence for the person who is reminded of a duty. ``towards``: the controller whom it is owed to."""
    named = f' --controller "{towards.replace(chr(34), chr(39))}"' if towards and kind == "notify_controller" else ""
    return task(kind).in_(language).format(reference=reference, duty=duty, phone=phone) + named

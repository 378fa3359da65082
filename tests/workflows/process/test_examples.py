"""Each message is explained where it is sent: what it does, and an example that is taken."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import BaseModel

from workers.wiring import WORKFLOWS
from workflows.contract import CONTRACTS
from workflows.procedure.tasks import TASKS
from workflows.process.examples import EXAMPLES, described

MESSAGES = {name: model for contract in CONTRACTS.values() for name, model in contract.messages.items()}
BY_THE_SYSTEM = {"breach_progress", "incident_ended", "laws_passed_on", "followed_by", "lead_state"}


def descriptions(story: type) -> dict[str | None, str | None]:
    """What Temporal Web says beside the name of each signal and update."""
    definition: Any = vars(story)["__temporal_workflow_definition"]
    handlers = [*definition.signals.items(), *definition.updates.items()]
    return {name: handler.description for name, handler in handlers}


@pytest.mark.parametrize("name", [name for name in MESSAGES if name in EXAMPLES])
def test_an_example_is_taken(name: str) -> None:
    sent = MESSAGES[name].model_validate_json(json.dumps(EXAMPLES[name]))
    assert sent.model_dump(exclude_unset=True).keys() == EXAMPLES[name].keys()


def test_every_message_of_an_incident_and_a_breach_has_one() -> None:
    assert {*CONTRACTS["Incident"].messages, *CONTRACTS["DataBreach"].messages} <= EXAMPLES.keys()


@pytest.mark.parametrize("story", WORKFLOWS, ids=lambda story: story.__name__)
def test_the_dialogs_explain_each_message(story: type) -> None:
    said = descriptions(story)
    messages = CONTRACTS[story.__name__].messages if story.__name__ in CONTRACTS else {}
    assert said.keys() - {None} == messages.keys()
    assert not said or None in said, "the handler of any other name is explained too"
    for name, description in said.items():
        assert description, name
        assert len(description) <= 400, name
        if name in EXAMPLES:
            assert json.loads(description.partition(" Send ")[2]) == EXAMPLES[name]
        assert "sent by the system itself" in description.casefold() or name not in BY_THE_SYSTEM, name


def test_a_message_without_an_example_says_which_fields_it_needs() -> None:
    class Said(BaseModel):
        by: str
        reason: str
        note: str = ""

    assert described("unheard", "Say why.", Said) == "Say why. Needs by, reason."


@pytest.mark.parametrize("kind", TASKS)
def test_what_says_that_a_duty_is_done_is_a_message(kind: str) -> None:
    assert TASKS[kind].message in MESSAGES

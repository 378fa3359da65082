"""One person tries to decide alone over a legal duty where two are needed; with two it is done."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError

from tests.builders import breach_opening
from tests.integrations.house import House
from workers.codec.codec import data_converter
from workers.wiring import build_replayer
from workflows.breach.messages import BreachStatus
from workflows.process.ids import TASK_QUEUE, breach_workflow_id
from workflows.process.second_person.decision import NEEDS_A_WAY, NEEDS_THE_KEY

pytestmark = pytest.mark.attack
pytest_plugins = ["tests.attack.attacked"]

NOTIFY = "notify_supervisory_authority"
ANNA: dict[str, Any] = {"by": "Anna Aalto", "through": {"os_user": "aalto"}}
BENGT: dict[str, Any] = {"by": "Bengt Berg", "through": {"os_user": "berg"}}
WAIVER: dict[str, Any] = {"duty": NOTIFY, "reason": "No risk to anybody"}
CONFIRMED: dict[str, Any] = {"decision": "confirm_decision", "answer": "confirmed"}


@pytest_asyncio.fixture(loop_scope="session")
async def breach(attacked: House) -> AsyncIterator[WorkflowHandle[Any, Any]]:
    """A breach of an organisation that asks for two persons, and lets everything in without the key."""
    rules = attacked.world.rules
    attacked.world.rules = rules.model_copy(update={"second_person": True, "clear_messages": "all"})
    reference = attacked.reference()
    handle = await attacked.client.start_workflow(
        "DataBreach", breach_opening(reference), id=breach_workflow_id(reference), task_queue=TASK_QUEUE
    )
    await handle.execute_update("measures_taken", {"by": "Desk", "text": "Access was closed"})
    yield attacked.client.get_workflow_handle(handle.id)
    attacked.world.rules = rules


async def refused(handle: WorkflowHandle[Any, Any], name: str, said: dict[str, Any]) -> str:
    """The words with which a message is turned away; of a client without the key only that it is."""
    with pytest.raises(WorkflowUpdateFailedError) as failed:
        await handle.execute_update(name, said)
    return str(failed.value.cause)


async def stands(breach: WorkflowHandle[Any, Any]) -> BreachStatus:
    status: BreachStatus = await breach.query("status", result_type=BreachStatus)
    return status


async def test_who_has_not_the_key_neither_asks_nor_confirms(
    attacked: House, outside: Client, breach: WorkflowHandle[Any, Any]
) -> None:
    """Also where everything may come in clear, and whatever account is claimed."""
    stranger = outside.get_workflow_handle(breach.id)
    await refused(stranger, "duty_waived", ANNA | WAIVER)
    await breach.execute_update("duty_waived", ANNA | WAIVER)
    await refused(stranger, "decision_answer", BENGT | CONFIRMED)
    await stranger.signal("decision_answer", BENGT | CONFIRMED)
    status = await breach.execute_update("measures_taken", {"by": "Desk", "text": "-"}, result_type=BreachStatus)

    assert [each.state for each in status.two_person_decisions] == ["waiting"]
    assert [(each.message, each.reason) for each in status.rejected] == [("decision_answer", NEEDS_THE_KEY)]
    history = await breach.fetch_history()
    await build_replayer(data_converter(attacked.keys)).replay_workflow(history)


async def test_with_the_key_and_one_account_nobody_decides_alone(breach: WorkflowHandle[Any, Any]) -> None:
    await breach.execute_update("duty_waived", ANNA | WAIVER)

    assert "has asked for it" in await refused(breach, "decision_answer", ANNA | CONFIRMED)
    same_account = BENGT | {"through": ANNA["through"]} | CONFIRMED
    assert "by the same account" in await refused(breach, "decision_answer", same_account)
    assert NEEDS_A_WAY in await refused(breach, "decision_answer", {"by": "Bengt Berg"} | CONFIRMED)
    duties = {duty.id: duty.state for duty in (await stands(breach)).duties}
    assert duties[NOTIFY] == "open"


async def test_two_persons_decide_and_each_is_kept_with_how_they_came(
    attacked: House, breach: WorkflowHandle[Any, Any]
) -> None:
    await breach.execute_update("duty_waived", ANNA | WAIVER)

    status = await breach.execute_update("decision_answer", BENGT | CONFIRMED, result_type=BreachStatus)

    waived = next(duty for duty in status.duties if duty.id == NOTIFY)
    assert (waived.state, waived.by, waived.confirmed_by) == ("waived", "Anna Aalto", "Bengt Berg")
    lines = await breach.query("timeline", result_type=list[dict[str, Any]])
    senders = {line["what"].partition(" (")[0].partition(":")[0]: line.get("sender") for line in lines}
    sealed = {"came": "sealed", "token": "", "key": attacked.keys.current}
    assert senders["Confirmed by another person"] == sealed | {"os_user": "berg"}
    assert senders[f"Duty '{NOTIFY}' waived"] == sealed | {"os_user": "aalto"}
    history = await breach.fetch_history()
    await build_replayer(data_converter(attacked.keys)).replay_workflow(history)

"""What a supervisor says from Temporal Web's dialogs: it arrives encrypted and counts, or is refused with a reason."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest
from temporalio.api.enums.v1 import EventType

from tests.web.browser import Web
from tests.web.house import CASE, HOSTILE, House
from tests.web.lists import rows
from workers.codec.codec import ENCRYPTED
from workflows.incident.messages import IncidentStatus
from workflows.process.examples import EXAMPLES
from workflows.process.payloads import ENCODING

pytestmark = pytest.mark.web
INCIDENT = f"incident-{CASE}"
SAID = "Kela has found the cause: it is said from the dialog"


def until(house: House, reference: str, holds: Callable[[IncidentStatus], bool]) -> IncidentStatus:
    """The incident's status once it is as wanted: a signal gives no answer."""
    for _ in range(600):
        if holds(status := house.status(reference)):
            return status
        time.sleep(0.05)
    raise AssertionError(status)


def test_the_dialog_explains_each_message_with_an_example(web: Web) -> None:
    web.process(INCIDENT, "timeline", "Auto Refresh")
    web.page.get_by_role("button", name="More Actions").last.click()
    web.page.get_by_role("menuitem", name="Send an Update").click()
    dialog = web.page.get_by_role("dialog", name="Send an Update")
    dialog.locator("button[aria-haspopup], [role=combobox]").first.click()
    dialog.get_by_text("Judge the fault").wait_for()
    offered = dialog.inner_text()
    assert {"triage", "phone_escalation", "situation_update", "resolution", "duty_met"} <= {*offered.splitlines()}
    assert json.dumps(EXAMPLES["triage"]) in offered
    assert "Sent by the system itself" in offered
    dialog.get_by_text("Log a call to Kela").scroll_into_view_if_needed()
    web.illustrate("dialog-messages", of=dialog)


def test_a_signal_from_the_dialog_arrives_encrypted_and_counts(web: Web, house: House) -> None:
    web.process(INCIDENT, "timeline", "Auto Refresh")
    dialog = web.dialog("Send a Signal", "situation_update", {"by": "supervisor", "text": SAID})
    web.picture("dialog-signal", of=dialog)
    web.submit(dialog)
    dialog.wait_for(state="hidden")
    until(house, CASE, lambda _: any(SAID in line.detail for line in house.timeline(CASE)))
    assert [line.by for line in house.timeline(CASE) if SAID in line.detail] == ["supervisor"]
    history = house.raw_history(INCIDENT)
    signals = [e for e in history.events if e.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED]
    payload = signals[-1].workflow_execution_signaled_event_attributes.input.payloads[0]
    assert payload.metadata[ENCODING] == ENCRYPTED
    assert SAID not in history.to_json()
    assert SAID.encode() not in b"".join(event.SerializeToString() for event in history.events)


def test_a_refused_update_says_why_and_leaves_nothing(web: Web, house: House) -> None:
    before = len(house.raw_history(INCIDENT).events)
    web.process(INCIDENT, "timeline", "Auto Refresh")
    dialog = web.dialog("Send an Update", "duty_met", EXAMPLES["duty_met"] | {"duty": "phone_kela"})
    web.submit(dialog)
    dialog.get_by_text("log the call with phone_escalation").wait_for()
    assert "Encoded failure" not in dialog.inner_text()
    web.illustrate("dialog-refused", of=dialog)
    dialog.get_by_role("button", name="Cancel").last.click()
    names = {EventType.Name(event.event_type) for event in house.raw_history(INCIDENT).events[before:]}
    assert not {name for name in names if "UPDATE" in name or "FAILED" in name}


def test_what_can_not_be_read_is_kept_and_found(web: Web, house: House) -> None:
    web.process(f"incident-{HOSTILE}", "timeline", "Auto Refresh")
    web.submit(web.dialog("Send a Signal", "triage", {"by": "x", "criteria": "<script>alert(1)</script>"}))
    refused = until(house, HOSTILE, lambda status: bool(status.rejected)).rejected
    assert [(each.message, "criteria" in each.reason) for each in refused] == [("triage", True)]
    current = web.metadata(f"incident-{HOSTILE}", "Messages refused: 1")[-1]
    assert "Message ‘triage’ refused: criteria" in current
    shown = rows(web.go(house.list_at("rejected"), f"incident-{HOSTILE}"))
    assert list(shown) == [f"incident-{HOSTILE}"]
    web.picture("list-rejected", height=360)


def test_request_cancellation_is_refused_in_words(web: Web, house: House) -> None:
    web.process(f"incident-{HOSTILE}", "timeline", "Auto Refresh")
    web.page.get_by_role("button", name="Request Cancellation").click()
    web.page.get_by_role("dialog").get_by_role("button", name="Confirm").click()
    status = until(house, HOSTILE, lambda status: "(cancel request)" in {r.message for r in status.rejected})
    assert status.phase == "awaiting_triage"

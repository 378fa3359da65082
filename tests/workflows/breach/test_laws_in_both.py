"""What other laws ask, answered in an incident or in its breach: each question once, each duty once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import answers, local_rules, now, suspicion, triage
from tests.desks.desk import PATIENCE, BreachDesk, Desk
from workflows.procedure.operating_model.model import Switches

HOUR = timedelta(hours=1)
ALL = Switches(significant_deviation=True, device_hazard=True, nis2=True, cer=True)


async def both(desk: Desk, breach: BreachDesk, *, before: dict[str, Any] | None = None, **said: Any) -> None:
    """An incident in which ``before`` was answered, and its breach, started by a suspicion."""
    desk.world.rules = local_rules(switches=ALL)
    breach.reference = desk.reference
    await desk.open()
    await desk.say("triage", triage(criteria=answers(privacy="yes", safety="yes"), **(before or {})))
    await desk.say("breach_assessment", suspicion(**said))
    await breach.handle_exists()


async def asked(desk: Desk | BreachDesk) -> set[str]:
    """The questions that are open in a process."""
    return {
        name
        for name in ("significant_deviation", "device_hazard", "nis2_significant", "cer_significant")
        for problem in (await desk.status()).problems
        if problem.startswith(f"{name}: ")
    }


async def comes(holds: Any) -> None:
    """Wait (in real time, at most 90 s) until something holds."""
    async with asyncio.timeout(PATIENCE):
        while not await holds():  # noqa: ASYNC110  # another process is asked
            await asyncio.sleep(0.02)


class TestAnsweredInTheIncident:
    async def test_its_breach_does_not_ask_and_takes_on_nothing(self, desk: Desk, breach: BreachDesk) -> None:
        await both(desk, breach)
        assert "nis2_significant" in await asked(breach)
        await desk.say("other_laws", {"by": "dpo", "nis2_significant": True})

        async def is_answered() -> bool:
            return "nis2_significant" not in await asked(breach)

        await comes(is_answered)
        assert (await desk.duties())["nis2_early_warning"] == "open"
        assert "nis2_early_warning" not in await breach.duties()

    async def test_the_time_of_detection_moves_the_clocks_of_both(self, desk: Desk, breach: BreachDesk) -> None:
        await both(desk, breach, before={"nis2_significant": True}, cer_significant=True)
        detected = now() - 5 * HOUR
        await desk.say("other_laws", {"by": "dpo", "detected_at": detected.isoformat()})
        await breach.until(lambda s: s.detected_at == detected)
        due = {d.id: d.due_at for s in (await desk.status(), await breach.status()) for d in s.duties}
        assert due["nis2_early_warning"] == due["cer_first_notice"] == detected + 24 * HOUR

    async def test_the_breach_hears_of_the_time_of_detection_at_its_start(self, desk: Desk, breach: BreachDesk) -> None:
        detected = now() - 5 * HOUR
        await both(desk, breach, before={"detected_at": detected.isoformat()})
        assert (await breach.status()).detected_at == detected

    async def test_what_is_said_while_the_breach_starts_reaches_it(self, desk: Desk, breach: BreachDesk) -> None:
        desk.world.rules = local_rules(switches=ALL)
        breach.reference = desk.reference
        await desk.open()
        await desk.say("triage", triage(criteria=answers(privacy="yes")))
        await asyncio.gather(
            desk.incident.signal("breach_assessment", suspicion(nis2_significant=False)),
            desk.incident.signal("other_laws", {"by": "dpo", "nis2_significant": True}),
        )
        await breach.handle_exists()

        async def stands_once() -> bool:
            return ("nis2_early_warning" in await desk.duties()) != ("nis2_early_warning" in await breach.duties())

        await comes(stands_once)


class TestAnsweredInTheBreach:
    @pytest.mark.parametrize("message", ["other_laws", "breach_assessment"])
    async def test_its_incident_does_not_ask_and_takes_on_nothing(
        self, desk: Desk, breach: BreachDesk, message: str
    ) -> None:
        await both(desk, breach)
        assert {"device_hazard", "significant_deviation"} <= await asked(desk)
        laws: dict[str, Any] = {"device_hazard": "serious", "significant_deviation": True}
        await breach.say(message, **(laws if message == "other_laws" else suspicion(**laws)))

        async def is_answered() -> bool:
            return not {"device_hazard", "significant_deviation"} & await asked(desk)

        await comes(is_answered)
        await desk.say("triage", triage(criteria=answers(privacy="yes", safety="yes"), device_hazard="serious"))
        assert "report_device_hazard" not in await desk.duties()
        assert (await breach.duties())["report_device_hazard"] == "open"

    async def test_what_the_incident_had_answered_is_its_own(self, desk: Desk, breach: BreachDesk) -> None:
        await both(desk, breach, before={"nis2_significant": False})
        detected = now() - 5 * HOUR
        await breach.say("other_laws", nis2_significant=True, detected_at=detected.isoformat())
        await desk.until(lambda s: any(d.id == "nis2_early_warning" for d in s.duties))
        due = {d.id: d.due_at for d in (await desk.status()).duties}
        assert due["nis2_early_warning"] == detected + 24 * HOUR
        assert "nis2_early_warning" not in await breach.duties()

    async def test_a_no_of_the_breach_keeps_what_it_answers(self, desk: Desk, breach: BreachDesk) -> None:
        await both(desk, breach)
        no = {"outcome": "no_personal_data", "reason": "Test data only.", "nis2_significant": True}
        await breach.say("breach_assessment", **no)
        assert (await breach.duties())["nis2_early_warning"] == "open"


class TestOneHasEnded:
    async def test_the_incident_takes_what_an_ended_breach_can_not(self, desk: Desk, breach: BreachDesk) -> None:
        await both(desk, breach, nis2_significant=False)
        at = (await breach.now()).isoformat()
        for owed in (await breach.status()).duties:
            await breach.say("duty_waived", duty=owed.id, reason="No data were concerned.")
        await breach.say("cancellation", reason=f"Opened by mistake, seen {at}.")
        await breach.ended()
        await desk.say("other_laws", {"by": "dpo", "nis2_significant": True})
        await desk.until(lambda s: any(d.id == "nis2_early_warning" for d in s.duties))

    async def test_the_breach_takes_what_an_ended_incident_can_not(self, desk: Desk, breach: BreachDesk) -> None:
        await both(desk, breach, before={"nis2_significant": False})
        for owed in (await desk.status()).duties:
            if owed.state == "open":
                await desk.say("duty_waived", {"by": "dpo", "duty": owed.id, "reason": "It was a test."})
        await desk.say("cancellation", {"by": "dpo", "reason": "It was a test."})
        await breach.until(lambda s: any(m.purpose == "breach_incident_ended" for m in s.messages))
        status = await breach.say("other_laws", nis2_significant=True)
        assert {d.id: d.state for d in status.duties}["nis2_early_warning"] == "open"


async def test_both_answered_at_once_the_duty_of_the_breach_no_longer_applies(breach: BreachDesk) -> None:
    breach.world.rules = local_rules(switches=ALL)
    await breach.open(incident="INC-1", nis2_significant=True)
    passed_on = {"nis2_significant": True, "duties_there": ["nis2_significant"]}
    status = await breach.say("laws_passed_on", **passed_on)
    early = next(d for d in status.duties if d.id == "nis2_early_warning")
    assert early.no_longer_because == "nis2_significant was answered in incident INC-1: what it asks stands there"

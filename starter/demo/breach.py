"""The demo's suspected breach: a process of its own beside the incident, with the one legal clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from temporalio.client import Client, WorkflowHandle

from starter.client.client import clock_of_process, within_reach
from starter.demo.narration import HAPPENS_WITHIN, Narrator
from starter.drill.clocks import fast_forward
from starter.language.moments import written
from starter.language.words import _
from starter.terminal.errors import Unreachable
from workflows.breach.messages import BreachStatus
from workflows.contract import BREACH_MESSAGES
from workflows.process.ids import breach_workflow_id
from workflows.process.messages import Happening

OFFICER = "Tietosuojavastaava"
MANAGER = "Johdon päivystäjä"
SUSPICION: dict[str, Any] = {
    "outcome": "suspected",
    "kinds": ("unauthorised_disclosure",),
    "role": "joint_controller",
    "registers": ("PRESCRIPTION",),
    "description": "Järjestelmämme näytti muutaman minuutin ajan edellisen potilaan reseptit seuraavalle.",
    "place": "Keskussairaala",
    "data": "Nimet ja reseptit",
}


class BreachStory:
    """The breach of one drill, told line by line."""

    def __init__(self, client: Client, telling: Narrator, reference: str) -> None:
        self._client, self._telling = client, telling
        self._id = breach_workflow_id(reference)
        self._handle: WorkflowHandle[Any, Any] = client.get_workflow_handle(self._id)
        self._told: set[Happening] = set()

    async def move_on(self, length: timedelta) -> None:
        """Move the breach's own clock, as that of its incident is moved."""
        await fast_forward(self._client, self._id, length)

    async def opened(self) -> None:
        """The process lives, its duties run, its papers are written."""
        status = await self._until(_is_under_way, _("the papers of the breach"))
        await self._say("kela_notified", notified_at="now", reference="K-4712")
        await self._scene(
            _(
                "One clock, from {aware_at}: the authority by {target}. The papers are written at once; the "
                "officer checks and sends the one to Kela.",
                aware_at=written(status.aware_at),
                target=written(status.deadlines.target),
            )
        )

    async def notified(self) -> None:
        """Nearly a day on: reminded, assessed, notified."""
        await self._scene(_("Nearly a day passes. Nobody has notified yet: reminders climb their ladder."))
        await self._say(
            "risk_assessment",
            risk="high",
            reasons="Terveystietoja tuli sellaisen henkilön tietoon, joka ei osallistu hoitoon.",
            subjects_estimate=12,
        )
        await self._say("authority_notified", notified_at="now", phase="preliminary", reference="TSV-100")
        await self._say("subjects_informed", informed_at="now", channel="letter", count=12)
        await self._say("measures_taken", text="Istuntovika on korjattu, ja sen tunnin istunnot on päätetty.")
        await self._scene(_("The risk is judged high, so the persons are told as well; the authority in good time."))

    async def concluded(self) -> BreachStatus:
        """Concluded, with its evidence."""
        await self._say("authority_notified", notified_at="now", phase="final", reference="TSV-100")
        text = "Oman järjestelmämme vika. Korjattu, ilmoitettu, dokumentoitu."
        await self._say("conclusion", text=text, through={"os_user": "demo-officer"})
        for decision in [each for each in (await self._status()).two_person_decisions if each.is_open]:
            manager = {"by": MANAGER, "through": {"os_user": "demo-manager"}}  # their operating model asks for two
            await self._say("decision_answer", decision=decision.id, answer="confirmed", **manager)
        status = await self._until(
            lambda s: any(d.name.endswith(".zip") for d in s.documents), _("the breach's evidence")
        )
        await self._scene(_("The breach is concluded: facts, effects and remedies stand in its evidence (GDPR 33(5))."))
        return status

    async def _say(self, name: str, **facts: Any) -> None:
        at = await self._now()
        said = BREACH_MESSAGES[name].model_validate(
            {"by": OFFICER, "source": "demo"}
            | {field: at if value == "now" else value for field, value in facts.items()}
        )
        await within_reach(self._handle.execute_update(name, said), self._id)

    async def _now(self) -> datetime:
        return await clock_of_process(self._client, self._id)

    async def _until(self, holds: Callable[[BreachStatus], bool], what: str) -> BreachStatus:
        try:
            async with asyncio.timeout(HAPPENS_WITHIN):
                while not holds(status := await self._status()):  # noqa: ASYNC110  # another process: only asking tells
                    await asyncio.sleep(0.2)
                return status
        except TimeoutError:
            raise Unreachable(_("the demo waited too long for {what}; the lines above say why", what=what)) from None

    async def _status(self) -> BreachStatus:
        return BreachStatus.model_validate(await within_reach(self._handle.query("status"), self._id))

    async def _scene(self, text: str) -> None:
        lines = [
            Happening.model_validate(line) for line in await within_reach(self._handle.query("timeline"), self._id)
        ]
        await self._telling.scene(text, [line for line in lines if line not in self._told])
        self._told.update(lines)


def _is_under_way(status: BreachStatus) -> bool:
    """Whether its papers are written and those concerned are told."""
    return len(status.documents) > 1 and any(message.purpose == "breach_opened" for message in status.messages)

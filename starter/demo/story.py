"""The story that the demo tells, and what it leaves behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio.client import Client

from activities.evidence.check import verify_evidence
from starter.client.client import clock_of, open_incident, status_of, timeline_of
from starter.client.client import tell as send
from starter.client.references import new_reference
from starter.demo.breach import OFFICER, SUSPICION, BreachStory
from starter.demo.index import INDEX, is_text_message
from starter.demo.narration import HAPPENS_WITHIN, Narrator, ToldScene
from starter.demo.notices import NoticeFeedOfDemo
from starter.drill.clocks import fast_forward
from starter.language.words import _
from starter.terminal.errors import Unreachable
from starter.terminal.time_input import now
from starter.views.tables import path_of
from workflows.contract import INCIDENT_MESSAGES
from workflows.incident.messages import IncidentOpening, IncidentStatus, Reporter
from workflows.process.ids import incident_workflow_id
from workflows.process.messages import Happening

DESK = "Yöpäivystys"
ANSWERS = {
    "prevents_or_slows": "yes",
    "localised_to_kela": "yes",
    "safety": "yes",
    "privacy": "unknown",
    "locality_unsure_others_affected": "no",
    "outside_kanta_blocks_use": "no",
}


class Story:
    """One drill, told line by line."""

    def __init__(self, client: Client, telling: Narrator, feed: NoticeFeedOfDemo) -> None:
        self.client = client
        self._feed = feed
        self._telling = telling
        self.reference = new_reference(now())
        self._breach = BreachStory(client, telling, self.reference)
        self._is_breach_open = False
        self._told: set[Happening] = set()

    @property
    def scenes(self) -> list[ToldScene]:
        """What has been told so far."""
        return self._telling.scenes

    def page(self, web: str) -> str:
        """The incident's page in Temporal Web."""
        return f"{web}/namespaces/{self.client.namespace}/workflows/{incident_workflow_id(self.reference)}"

    async def run(self) -> IncidentStatus:
        """Tell it from the opening to the evidence; answers the last status."""
        await self._opened()
        await self._judged()
        await self._phoned()
        await self._suspected()
        await self._resolved()
        await self._pass(timedelta(hours=23, minutes=30))
        await self._breach.notified()
        status = await self._closed()
        await self._breach.concluded()
        return status

    async def _suspected(self) -> None:
        await self._send("breach_assessment", by=OFFICER, aware_at="now", **SUSPICION)
        await self._until(lambda status: status.breach is not None, _("the breach process"))
        await self._scene(
            _(
                "One user saw another patient's prescriptions. The data protection officer suspects a "
                "breach: a process "
                "of its own starts, which no end of this incident can stop."
            )
        )
        await self._breach.opened()
        self._is_breach_open = True

    async def _opened(self) -> None:
        opening = IncidentOpening(
            reference=self.reference,
            title="Reseptejä ei voi avata",
            services=("PRESCRIPTION",),
            noticed_at=now(),
            reported_by=Reporter(name="Osasto 3", unit="Keskussairaala", phone="09 000 0000"),
            description="Millään osastolla ei voi avata eikä uusia reseptejä. Potilastietojärjestelmä toimii muuten.",
            error_message="HTTP 503 Service Unavailable",
            drill=True,
        )
        await open_incident(self.client, opening)
        await self._told_of("Told (desk opened)")
        await self._scene(_("A ward calls: prescriptions can't be opened. The desk opens an incident, as a drill."))
        await self._pass(timedelta(minutes=11))
        await self._scene(_("Eleven minutes pass. Nobody has judged the fault yet, so the desk is reminded."))

    async def _judged(self) -> None:
        await self._send(
            "triage", criteria=ANSWERS, severity="critical", extensive=True, locality="kela",
            parts={"safety": {"suspected": "yes", "linked_to_kanta": "yes"}},
            reasons={"safety": "Annoksia ei voi tarkistaa"},
            workaround="Paperireseptit; kiireellinen lääkehoito turvataan",
        )  # fmt: skip
        await self._until(lambda status: _is_done(status, "report_to_kela"), _("the report to Kela"))
        await self._told_of("Told (start)")
        texts = [text for text in (await status_of(self.client, self.reference)).messages if is_text_message(text)]
        by_text = (
            " " + _('{n} get a text message as well, such as "{subject}"', n=len(texts), subject=texts[0].subject)
            if texts
            else ""
        )
        await self._scene(
            _(
                "The desk judges it: critical and extensive. Kela gets the form, contacts are told.{by_text}",
                by_text=by_text,
            )
        )

    async def _phoned(self) -> None:
        await self._send("phone_escalation", called_at="now", number="020 634 7787", reached=False)
        await self._pass(timedelta(minutes=16))
        await self._scene(_("The desk phones Kela: no answer. A try does not count, so the duty officer is alarmed."))
        await self._send(
            "phone_escalation", called_at="now", number="020 634 7787", reached=True, person="M. Virtanen",
            reference="K-4711", summary="Kelan tiedossa, korjaus on käynnissä",
        )  # fmt: skip
        await self._scene(_("The next call reaches somebody: the duty is met."))
        await self._published("Häiriö Reseptikeskuksessa", "Reseptejä ei voi hakea eikä tallentaa.")
        await self._told_of("Told (known notice)")
        await self._scene(_("Kela publishes a notice of the fault. The watch of the feed tells the open incident."))
        await self._pass(timedelta(minutes=40))
        await self._send("situation_update", text="Kela arvioi, että palvelu toimii tunnin kuluessa.")
        await self._told_of("Told (change)")
        await self._scene(_("The situation changes: those concerned are told, each in their own language."))

    async def _resolved(self) -> None:
        await self._pass(timedelta(minutes=50))
        await self._published("Reseptikeskuksen häiriö on korjattu", "Palvelu toimii jälleen normaalisti.")
        await self._told_of("Told (notice ended)")
        await self._scene(
            _(
                "Kela publishes that the fault is over. A notice closes nothing: the desk is asked whether it is over "
                "here."
            )
        )
        await self._send(
            "resolution",
            resolved_at="now",
            cause="Varmenne oli vanhentunut Kelassa.",
            remedy="Kela uusi varmenteen.",
        )
        await self._until(lambda status: _is_done(status, "end_to_kela"), _("the form about the end"))
        await self._told_of("Told (end)")
        await self._scene(_("It is over. End notices go out, and the watch for backlog and relapse begins."))

    async def _closed(self) -> IncidentStatus:
        status = await status_of(self.client, self.reference)
        clock = await clock_of(self.client, self.reference)
        await self._pass((status.watch_until or clock) - clock + timedelta(minutes=1))
        status = await self._until(lambda status: status.closed_at is not None, _("the closing"))
        status = await self._until(lambda status: bool(evidence_of(status)), _("the evidence"))
        await self._scene(_("The watch ends quietly: the incident is closed and its evidence bundled."))
        return status

    async def _send(self, name: str, **facts: Any) -> None:
        at = await clock_of(self.client, self.reference)
        said = INCIDENT_MESSAGES[name].model_validate(
            {"by": DESK, "source": "demo"} | {field: at if value == "now" else value for field, value in facts.items()}
        )
        await send(self.client, self.reference, name, said)

    async def _published(self, title: str, text: str) -> None:
        await self._feed.publish(self.client, title, text, await clock_of(self.client, self.reference))

    async def _pass(self, length: timedelta) -> None:
        """Move the clocks on: one time for the incident and its breach."""
        if self._is_breach_open:
            await self._breach.move_on(length)
        await fast_forward(self.client, incident_workflow_id(self.reference), length)

    async def _until(self, holds: Callable[[IncidentStatus], bool], what: str) -> IncidentStatus:
        try:
            async with asyncio.timeout(HAPPENS_WITHIN):
                status = await status_of(self.client, self.reference)
                while not holds(status):  # it happens in another process: only asking tells
                    await asyncio.sleep(0.2)
                    status = await status_of(self.client, self.reference)
                return status
        except TimeoutError:
            raise Unreachable(_("the demo waited too long for {what}; the lines above say why", what=what)) from None

    async def _told_of(self, what: str) -> None:
        """Wait for a line of the timeline: what is done in the background is told where it happened."""
        try:
            async with asyncio.timeout(HAPPENS_WITHIN):
                while not _says(await self._timeline(), what):  # noqa: ASYNC110  # another process: only asking tells
                    await asyncio.sleep(0.2)
        except TimeoutError:
            raise Unreachable(_("the demo waited too long for {what!r}; the lines above say why", what=what)) from None

    async def _timeline(self) -> list[Happening]:
        return await timeline_of(self.client, self.reference)

    async def _scene(self, text: str) -> None:
        """One paragraph of the story, then what the incident's timeline says of it."""
        lines = await self._timeline()
        await self._telling.scene(text, [line for line in lines if line not in self._told])
        self._told.update(lines)


def _says(timeline: list[Happening], what: str) -> bool:
    return any(line.what.startswith(f"{what}:") for line in timeline)


def _is_done(status: IncidentStatus, kind: str) -> bool:
    return any(duty.kind == kind and duty.is_met for duty in status.duties)


def evidence_of(status: IncidentStatus) -> Path | None:
    """The evidence of an incident that is over."""
    bundles = [Path(path_of(document)) for document in status.documents if document.name.endswith(".zip")]
    return bundles[-1] if bundles else None


def left_behind(status: IncidentStatus, folder: Path) -> dict[str, Any]:
    """What lies in the folder now, as facts and as ``lines`` for people. Raises ``Unreachable`` if it lacks any."""
    bundle = evidence_of(status)
    faults = verify_evidence(bundle) if bundle else [_("there is no evidence")]
    if bundle is None or faults:
        raise Unreachable(_("the evidence is not whole: {faults}", faults="; ".join(faults)))
    case = bundle.parent
    breach = case.with_name(f"case-breach~{status.reference}")
    documents = sorted(case.glob("documents/*"))
    papers = sorted(breach.glob("documents/*"))
    mails = sorted(case.glob("messages/*"))
    lines = [
        _(
            "\n{reference} is closed. Everything that was made lies in {folder}:",
            reference=status.reference,
            folder=folder,
        ),
        _("  begin with: {file} (open it in a browser)", file=INDEX),
        *(_("  the form: {path}", path=path.relative_to(folder)) for path in documents),
        _("  papers of the breach ({n}): {folder}/", n=len(papers), folder=(breach / "documents").relative_to(folder)),
        _(
            "  messages ({n}): {folder}/ (diverted: nothing left the house)",
            n=len(mails),
            folder=(case / "messages").relative_to(folder),
        ),
        _("  the timeline: {path}", path=(case / "timeline.txt").relative_to(folder)),
        _("  the evidence: {path} (verified: complete and unchanged)", path=bundle.relative_to(folder)),
    ]
    return {
        "reference": status.reference,
        "folder": str(folder),
        "evidence": str(bundle),
        "documents": [str(path) for path in documents],
        "breach_papers": [str(path) for path in papers],
        "messages": [str(path) for path in mails],
        "timeline": str(case / "timeline.txt"),
        "lines": lines,
    }

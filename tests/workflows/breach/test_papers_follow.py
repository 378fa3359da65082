"""The papers of a breach follow the case: a new version after each change that matters, before anybody asks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.builders import local_rules, now, risk
from tests.desks.desk import BreachDesk, Refused

AUTHORITY = "authority_notification"


async def papers_of(breach: BreachDesk, kind: str, number: int) -> list[Any]:
    """The papers of a kind, once there are so many."""
    await breach.until(lambda s: sum(kind in document.name for document in s.documents) >= number)
    return [paper for paper in breach.world.papers if paper.paper == kind]


async def notified(breach: BreachDesk, phase: str, **more: Any) -> None:
    await breach.say("authority_notified", notified_at=(await breach.now()).isoformat(), phase=phase, **more)


async def test_the_phase_of_a_paper_is_that_of_what_was_logged(breach: BreachDesk) -> None:
    await breach.open()
    await papers_of(breach, AUTHORITY, 1)
    await breach.say("risk_assessment", **risk("risk"))
    await papers_of(breach, AUTHORITY, 2)
    await notified(breach, "preliminary", reference="TSV-1")
    await papers_of(breach, AUTHORITY, 3)
    await breach.say("measures_taken", text="Access was closed.")
    await papers_of(breach, AUTHORITY, 4)
    await breach.say("conclusion", text="A right had been left.")
    written = await papers_of(breach, AUTHORITY, 5)
    phases = [paper.phase for paper in written]
    assert phases == ["preliminary", "preliminary", "supplementary", "supplementary", "final"]
    assert written[2].status.notifications[0].reference == "TSV-1", "the receipt stands on the next paper"
    assert written[4].status.conclusion == "A right had been left."


async def test_the_final_paper_lies_in_the_evidence(breach: BreachDesk) -> None:
    await breach.open()
    await notified(breach, "final")
    await breach.say("risk_assessment", **risk("risk"))
    await breach.say("measures_taken", text="Access was closed.")
    await breach.say("conclusion", text="Done.")
    names = [document.name for document in (await breach.breach.result()).documents]
    last = max(index for index, paper in enumerate(breach.world.papers, 1) if paper.phase == "final")
    final = f"{AUTHORITY}-{last}.docx"
    assert names.index(final) < next(index for index, name in enumerate(names) if "evidence" in name)


async def test_once_the_72_hours_have_passed_the_paper_for_the_reasons_is_there(breach: BreachDesk) -> None:
    await breach.open(aware_at=(now() - timedelta(hours=71)).isoformat())
    assert len(await papers_of(breach, AUTHORITY, 1)) == 1
    await breach.pass_time(hours=1.2)
    written = await papers_of(breach, AUTHORITY, 2)
    assert written[1].made_at >= written[1].status.deadlines.target > written[0].made_at
    await breach.pass_time(hours=3)
    assert len(await papers_of(breach, AUTHORITY, 2)) == 2, "the alarms repeated after that write no more"


async def test_a_corrected_awareness_stands_on_new_papers(breach: BreachDesk) -> None:
    await breach.open()
    await papers_of(breach, AUTHORITY, 1)
    earlier = now() - timedelta(hours=30)
    await breach.say("awareness_correction", aware_at=earlier.isoformat(), reason="The ward knew.")
    written = await papers_of(breach, AUTHORITY, 2)
    assert written[1].status.deadlines.target == earlier + timedelta(hours=72)


async def test_who_decided_against_a_notification_gets_no_paper_of_it(breach: BreachDesk) -> None:
    await breach.open()
    await papers_of(breach, AUTHORITY, 1)
    await breach.say("duty_waived", duty="notify_supervisory_authority", reason="Encrypted.")
    await breach.say("risk_assessment", **risk("unlikely"))
    await breach.say("measures_taken", text="The key was changed.")
    await breach.say("conclusion", text="Nothing was read.")
    await breach.breach.result()
    assert len(await papers_of(breach, AUTHORITY, 1)) == 1


async def test_a_controller_that_was_told_is_told_of_the_rest(breach: BreachDesk) -> None:
    await breach.open(role="processor", controllers=[{"name": "County A"}, {"name": "County B"}])
    await papers_of(breach, "controller_notice", 2)
    at = (await breach.now()).isoformat()
    await breach.say("controller_notified", controller="County A", notified_at=at)
    await breach.say("measures_taken", text="Access was closed.")
    written = (await papers_of(breach, "controller_notice", 4))[2:]
    found = [(paper.controller, paper.number, paper.phase) for paper in written]
    assert found == [("County A", 1, "supplementary"), ("County B", 2, "preliminary")]
    assert not [paper for paper in breach.world.papers if paper.paper == AUTHORITY]


async def test_the_letter_to_the_persons_has_the_languages_of_the_operating_model(breach: BreachDesk) -> None:
    breach.world.rules = local_rules(letter_languages=("sv", "en"))
    await breach.open()
    words = {"fi": "Joku näki tietosi.", "sv": "Någon såg dina uppgifter."}
    await breach.say("risk_assessment", **risk("high"), plain_event=words)
    letter = (await papers_of(breach, "letter_to_subjects", 1))[0]
    assert letter.languages == ("sv", "en")
    assert letter.status.risks[-1].plain_event == words
    assert breach.world.papers[0].languages == breach.world.rules.languages


async def test_what_was_not_known_at_first_is_kept_until_it_is_said_otherwise(breach: BreachDesk) -> None:
    began = now() - timedelta(days=2)
    await breach.open(began_at=began.isoformat(), cause="Not clear.", measures_before="Logs.")
    status = await breach.say("risk_assessment", **risk("risk"), cause="A right had been left.")
    assert (status.began_at, status.cause, status.measures_before) == (began, "A right had been left.", "Logs.")


async def test_a_beginning_after_the_awareness_is_refused(breach: BreachDesk) -> None:
    await breach.open(aware_at=(now() - timedelta(hours=5)).isoformat())
    with pytest.raises(Refused, match="began_at lies after the awareness"):
        await breach.say("risk_assessment", **risk("risk"), began_at=(now() - timedelta(hours=4)).isoformat())

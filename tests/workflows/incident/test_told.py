"""What those concerned are told agrees with how the fault stands: its phase, its place, and who they are."""

from __future__ import annotations

import asyncio
from typing import Any

from activities.mail.wording import Wording, worded
from tests.activities.mail.situations import MODEL
from tests.builders import answers, resolution, triage
from tests.desks.desk import Desk
from workflows.process.ports import Letter


async def told(desk: Desk, kind: str, contact: str) -> Letter:
    """The last letter of a kind to a contact, once all that is to be sent has been."""
    await desk.until(lambda status: any(m.purpose == kind and m.to == contact for m in status.messages))
    await desk.until(desk.is_quiet)
    return next(letter for letter in reversed(desk.world.letters) if (letter.kind, letter.contact) == (kind, contact))


def in_words(letter: Letter) -> Wording:
    """A letter as it is read."""
    return worded(letter, MODEL)


def update(text: str) -> dict[str, Any]:
    """A changed situation."""
    return {"by": "desk", "text": text}


async def test_an_update_after_the_end_says_that_the_fault_is_over_and_a_reopening_that_it_is_back(desk: Desk) -> None:
    await desk.open()
    await desk.say("triage", triage(severity="high", extensive=False))
    await desk.say("situation_update", update("Paper prescriptions."))
    lasts = in_words(await told(desk, "change", "health-station"))
    assert "Häiriö jatkuu" in lasts.body

    status = await desk.say("resolution", resolution(resolved_at=(await desk.now()).isoformat()))
    await desk.say("situation_update", update("Queues are draining."))
    await desk.until(lambda s: len([m for m in s.messages if m.purpose == "change"]) == 4 and desk.is_quiet(s))
    letter = await told(desk, "change", "health-station")
    assert letter.situation
    assert (letter.situation.phase, letter.situation.resolved_at) == ("watch", status.resolved_at)
    assert letter.situation.watch_until == status.watch_until
    afterwards = in_words(letter)
    assert "Häiriö Kanta-palvelujen käytössä on ohi, lisätietoa" in afterwards.subject
    assert "jatkuu" not in afterwards.body
    assert "Queues are draining." in afterwards.body

    await desk.say("reopening", {"by": "desk", "reason": "Same error again."})
    await desk.until(lambda s: len([m for m in s.messages if m.purpose == "change"]) == 6 and desk.is_quiet(s))
    assert "Häiriö on palannut" in in_words(await told(desk, "change", "health-station")).subject


async def test_what_is_told_is_what_held_when_it_was_said(desk: Desk) -> None:
    """The recipients of an update are still being looked up when the incident is reopened."""
    await desk.open()
    await desk.say("triage", triage(severity="high", extensive=False))
    await desk.say("resolution", resolution(resolved_at=(await desk.now()).isoformat()))
    await desk.until(desk.is_quiet)
    desk.world.contacts_come = asyncio.Event()
    await desk.say("situation_update", update("Queues are draining."))
    await desk.say("reopening", {"by": "desk", "reason": "Same error again."})
    desk.world.contacts_come.set()
    await desk.until(lambda s: len([m for m in s.messages if m.purpose == "change"]) == 4 and desk.is_quiet(s))
    told_of = {each.text: each.situation for each in desk.world.letters if each.kind == "change"}
    assert {text: (each.phase, each.is_back) for text, each in told_of.items() if each} == {
        "Queues are draining.": ("watch", False),
        "Same error again.": ("handling", True),
    }


async def test_a_fault_of_our_own_system_is_not_announced_as_one_of_kanta_and_the_pharmacy_reads_its_own_advice(
    desk: Desk,
) -> None:
    await desk.open(sector="healthcare")
    await desk.say("triage", triage(criteria=answers(), severity="high", extensive=False, locality="own"))
    ward = in_words(await told(desk, "start", "health-station"))
    pharmacy = in_words(await told(desk, "start", "pharmacy"))
    assert "Häiriö omassa järjestelmässämme" in ward.subject
    assert "Störning i vårt eget system" in pharmacy.subject
    assert "tee se paperi- tai puhelinlääkemääräyksenä" in ward.body
    assert "Apoteket sparar dem i Receptcentret när läkemedlet expedieras" in pharmacy.body
    assert "ring in det till apoteket" not in pharmacy.body

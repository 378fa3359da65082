"""An incident that goes on after whatever was sent to it."""

from __future__ import annotations

from tests.builders import triage
from tests.integrations.hostile import plain
from tests.integrations.house import Incident
from tests.integrations.ways import COMMAND, Seen

GOOD = [plain(triage())]


async def goes_on(incident: Incident) -> None:
    """Its clock rings, and a good message is taken."""
    await incident.pass_time(minutes=12)
    assert (await incident.status()).duties[0].reminders_sent == 1
    letters = [letter.kind for letter in incident.house.world.letters if letter.reference == incident.reference]
    assert "reminder" in letters
    assert await COMMAND.update(incident, "triage", GOOD) == Seen(taken=True, words="")
    assert (await incident.status()).phase == "handling"

"""What may be said to a process without the desk's key: a list. All else is refused, in words.

What tells a process something new does no harm; what meets, waives, concludes, cancels, corrects or resolves needs the
key. The setting ``clear_messages`` comes with the rules that a process has taken, so a replay sees the one that held.
"""

from __future__ import annotations

from typing import Any

from workflows.procedure.operating_model.model import ClearMessages
from workflows.process.messages import Message
from workflows.process.sealed.seals import Arrival

_JUDGED = ("severity", "extensive", "services")
"""What a change of the situation may say beside its words: that corrects what the desk has judged, and Kela is told."""
HARMLESS = frozenset({"notice", "situation_update", "delivery_report", "acknowledgement", "phone_escalation"})
NEEDS_THE_KEY = "sent without the desk's key, and it needs it: send it encrypted (docs/integrations.md, Encryption)"


def is_harmless(name: str, said: Message) -> bool:
    """Whether a message meets, waives, ends or corrects nothing.

    A call that reached somebody does, a waived contact too, and a change of the situation that says more than words.
    """
    if name == "situation_update" and any(getattr(said, judged, None) is not None for judged in _JUDGED):
        return False
    return name in HARMLESS and not (getattr(said, "reached", False) or getattr(said, "waive", False))


def why_not(name: str, said: Message, arrival: Arrival, allowed: ClearMessages) -> str | None:
    """Why a message is refused because of how it came; None where that does not matter."""
    if arrival.has_the_key or allowed == "all" or (allowed == "harmless" and is_harmless(name, said)):
        return None
    return "it was sealed for another process: send it again to this one" if arrival.key else NEEDS_THE_KEY


def id_of_a_stranger(event_id: str | None) -> str | None:
    """The sender's own id of a message that came in clear: it can't take the place of one that has the key."""
    return None if event_id is None else f"(in clear) {event_id}"


def id_of_the_seal(arrival: Arrival) -> str | None:
    """What is remembered of a sealed message besides its own id: the same bytes again are somebody's copy."""
    return f"(seal) {arrival.seal}" if arrival.seal else None


def allowed_by(record: Any) -> ClearMessages:
    """What may come in clear, by the rules that a process has taken."""
    allowed: ClearMessages = record.rules.clear_messages if record.rules else "harmless"
    return allowed

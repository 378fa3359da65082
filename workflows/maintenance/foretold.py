"""What a message to a planned break would tell, and whom, if it were sent now: for one who looks before it goes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from workflows.maintenance.messages import Completion, MaintenanceChange, MaintenanceOpening
from workflows.maintenance.record import MaintenanceRecord, ToldContact
from workflows.procedure.maintenance.plan import FIRST_OF_ALL, differing
from workflows.procedure.maintenance.rules import Channel, to_tell
from workflows.procedure.operating_model.model import LocalRules
from workflows.process.messages import Cancellation, Message
from workflows.process.ports import Audience, Recipient


class ForetoldOfBreak(NamedTuple):
    """A telling: the kind of its letters, those known by name, the groups to look up, what the letters say."""

    kind: str
    recipients: tuple[Recipient, ...]
    audiences: tuple[Audience, ...]
    facts: dict[str, Any]
    record: MaintenanceRecord


def ways_of_change(told: Iterable[ToldContact], fields: Iterable[str]) -> list[tuple[ToldContact, Channel]]:
    """By which ways each who was told hears of a change: by text message only of what concerns everybody at once."""
    is_brief = any(field in FIRST_OF_ALL for field in fields)
    ways: list[tuple[ToldContact, Channel]] = []
    for each in told:
        is_texted = is_brief and "text_message" in each.channels
        ways += [(each, "text_message")] if is_texted else []
        ways += [(each, "email")] if "email" in each.channels or not is_texted else []
    return ways


def foretold_of_break(record: MaintenanceRecord, said: Message, at: datetime) -> ForetoldOfBreak | None:
    """What a message would tell; None where it tells nobody anything now, or would be refused."""
    then = record.model_copy(deep=True)
    if then.has_ended:
        return None
    match said:
        case MaintenanceChange():
            then.change(said, at)
            fields = differing(then.told_plan, then.plan)
            ways = ways_of_change(then.told.values(), fields) if fields else []
            facts: dict[str, Any] = {"plan_before": then.told_plan}
            return ForetoldOfBreak("maintenance_changed", _named(ways), (), facts, then) if ways else None
        case Cancellation():
            then.go("cancelled")
            ways = [(each, channel) for each in then.told.values() for channel in each.channels]
            facts = {"text": said.reason}
            return ForetoldOfBreak("maintenance_cancelled", _named(ways), (), facts, then) if ways else None
        case Completion():
            points = [point for point in then.telling.points.values() if point.tells_of == "each_end"]
            audiences = tuple(Audience(groups=then.groups(point), channel=point.channel) for point in points)
            return ForetoldOfBreak("maintenance_ended", (), audiences, {"happened_at": said.completed_at}, then)
    return None


def told_at_once(opening: MaintenanceOpening, rules: LocalRules, at: datetime) -> tuple[Audience, ...]:
    """Who hears at once of a break that is planned now: of those points that are due by then. None where all wait."""
    record = MaintenanceRecord.opened(opening, at)
    record.rules = rules
    due = to_tell(record.due(at), record.plan, record.telling.points, at)
    points = [record.point(occasion) for occasion in due]
    return tuple(Audience(groups=record.groups(point), channel=point.channel) for point in points)


def _named(ways: Iterable[tuple[ToldContact, Channel]]) -> tuple[Recipient, ...]:
    return tuple(Recipient(contact=to.contact, language=to.language, channel=channel) for to, channel in ways)

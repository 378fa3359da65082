"""What the watch of the notices asks of the other processes, and the command that a person may copy."""

from __future__ import annotations

import shlex
from datetime import datetime
from typing import Any

from workflows.incident.messages import IncidentOpening, Reporter
from workflows.notices.messages import FeedEntry, NoticeEntered, NoticeForIncidents, NoticeToRead
from workflows.notices.record import NoticeWatchRecord
from workflows.procedure.local_time import local
from workflows.procedure.notices.decisions import ENTERED, WatchedNotice, apart, changes, without_reminder
from workflows.procedure.notices.published import key_of, mark_of
from workflows.procedure.notices.reading import Reading
from workflows.process import ports
from workflows.process.ids import NOTICE_WATCH_ID, incident_workflow_id
from workflows.process.sealed.senders import OUR_OWN_PROCESSES

MOST_TOLD_BESIDES = 20
LONGEST_EFFECT = 4000


def notice_for_incidents(
    notice: WatchedNotice, text: str, record: NoticeWatchRecord, now: datetime
) -> NoticeForIncidents:
    """The notice for every open incident of its services; each version of it counts once in each incident."""
    services = notice.affects
    opened = [
        each.reference
        for each in record.newest()
        if each.reference and each.reading.kind != "maintenance" and set(services) & set(each.affects)
    ]
    return NoticeForIncidents(
        key=f"{NOTICE_WATCH_ID}/{notice.mark}",
        services=services,
        drill=record.drill,
        also=tuple(opened[:MOST_TOLD_BESIDES]),
        payload={
            "by": NOTICE_WATCH_ID,
            "event_id": f"notice-{notice.mark}",
            "source": OUR_OWN_PROCESSES,
            "guid": notice.guid,
            "title": notice.title,
            "kind": notice.reading.kind,
            "published_at": published(notice, now).isoformat(),
            "services": list(services),
            "link": notice.link,
            "text": text,
        },
    )


def published(notice: WatchedNotice, now: datetime) -> datetime:
    """When a notice was published; never in the future, since a publisher's clock may be fast."""
    return min(notice.published_at or notice.seen_at, now)


def incident_order(
    notice: WatchedNotice, text: str, record: NoticeWatchRecord, reference: str, now: datetime
) -> ports.ProcessOrder:
    """An incident made of a notice of a fault."""
    opening = IncidentOpening(
        reference=reference,
        title=notice.title,
        services=notice.affects,
        noticed_at=published(notice, now),
        reported_by=Reporter(name="Published Kanta notice"),
        description=text,
        sector=record.rules.sector if record.rules else "healthcare",
        source="notice",
        drill=record.drill,
    )
    return ports.ProcessOrder(
        workflow_type="Incident",
        workflow_id=incident_workflow_id(reference),
        opening=opening.model_dump(mode="json"),
    )


def command_to_open(notice: WatchedNotice, record: NoticeWatchRecord, reference: str, now: datetime) -> str:
    """The command by which a person opens the incident that is proposed, safe to copy whatever the title is."""
    services = [option for service in notice.affects for option in ("--service", service)]
    when = local(published(notice, now), record.time_zone).isoformat(timespec="minutes")
    words = ["kantadesk", "incident", "open", "--reference", reference, "--title", notice.title, *services]
    return shlex.join([*words, "--noticed-at", when, *(["--drill"] if record.drill else [])])


def perhaps_of_break(notice: WatchedNotice, record: NoticeWatchRecord, now: datetime) -> str:
    """Which planned break a notice may be about that nobody can be certain of, and the command that withdraws it."""
    if notice.reading.kind not in ("maintenance", "change", "end"):
        return ""
    ahead = {
        each.reference
        for each in record.newest()
        if each.reference.startswith("MAINT-")  # also where its page says something else now
        and (each.id == notice.id or set(each.affects) & set(notice.affects))
        and not (each.reading.windows and max(window.ends_at for window in each.reading.windows) <= now)
    }
    if len(ahead) != 1:
        return f" It may be about one of the planned breaks {', '.join(sorted(ahead))}." if ahead else ""
    (reference,) = ahead
    command = f'kantadesk maintenance cancel {reference} --reason "..."'
    return f" It may be about the planned break {reference}. Where that one is called off: {command}"


def break_workflow_id(reference: str) -> str:
    """The workflow id of a planned break."""
    return f"maintenance-{reference}"


def break_order(notice: WatchedNotice, text: str, record: NoticeWatchRecord, reference: str) -> ports.ProcessOrder:
    """A planned break made of a notice that announces it."""
    reading = notice.reading
    title = without_reminder(notice.title).strip() or notice.title
    opening: dict[str, Any] = {
        "reference": reference,
        "title": title,
        "services": list(reading.services),
        "starts_at": min(window.starts_at for window in reading.windows).isoformat(),
        "ends_at": max(window.ends_at for window in reading.windows).isoformat(),
        "windows": [window.model_dump(mode="json") for window in apart(reading.windows)],
        "source": "kela",
        "effect": text[:LONGEST_EFFECT],
        "not_affected": list(reading.not_affected),
        "drill": record.drill,
    }
    return ports.ProcessOrder(
        workflow_type="Maintenance",
        workflow_id=break_workflow_id(reference),
        opening=opening,
    )


def break_changed(notice: WatchedNotice, text: str, planned: WatchedNotice) -> ports.OtherProcessMessage | None:
    """What a later notice changes in a planned break; None where nothing."""
    said = changes(notice, planned)
    if notice.id == planned.id:
        said["effect"] = text[:LONGEST_EFFECT]
    if not said:
        return None
    event_id = f"notice-{notice.mark}"
    return ports.OtherProcessMessage(
        key=event_id,
        workflow_id=break_workflow_id(planned.reference),
        message="change",
        payload={"by": NOTICE_WATCH_ID, "event_id": event_id, "source": OUR_OWN_PROCESSES, **said},
    )


def entered_key(said: NoticeEntered, *, by_a_stranger: bool = False) -> str:
    """By what a notice that was entered is known: the same id, or without one the same title, is the same notice.

    What a stranger has entered is never the same as what the desk enters.
    """
    return key_of(f"{ENTERED} in clear" if by_a_stranger else ENTERED, said.guid or said.title)


def to_read(said: NoticeEntered, now: datetime) -> NoticeToRead:
    """A notice that was entered, to be read as of the watch's own time."""
    return NoticeToRead(
        guid=said.guid, title=said.title, text=said.text, link=said.link, published_at=said.published_at, at=now
    )


def entered(said: NoticeEntered, reading: Reading, now: datetime, *, by_a_stranger: bool = False) -> FeedEntry:
    """A notice that a person has entered; what the person said of it holds, and is certain.

    ``by_a_stranger``: it came without the desk's key.
    """
    key = entered_key(said, by_a_stranger=by_a_stranger)
    told: dict[str, Any] = {
        name: value
        for name, value in (("services", said.services), ("not_affected", said.not_affected), ("windows", said.windows))
        if value
    }
    if said.kind:
        told |= {"kind": said.kind, "certain": True, "why": f"{said.by} said so", "is_repeat": False}
    return FeedEntry(
        feed=ENTERED,
        key=key,
        mark=mark_of(key, said.title, said.text, f"{said.link} {sorted(map(str, told.items()))}"),
        guid=said.guid or f"entered:{key}",
        title=said.title,
        text=said.text,
        link=said.link,
        published_at=min(said.published_at or now, now),
        reading=reading.model_copy(update=told),
        is_unverified=by_a_stranger,
    )

"""What is to be done about a published notice: told, planned, shown to a person, or nothing.

Pure: what the notice says has been read before (``Reading``), and the time is an argument. Nothing uncertain leads to
an action; a person decides it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Literal, NamedTuple

from workflows.procedure.model import Model, Moment, Unverified
from workflows.procedure.notices.published import Notice, open_faults
from workflows.procedure.notices.reading import Reading, Services
from workflows.procedure.operating_model.model import NoticeRules
from workflows.procedure.services import ServiceId
from workflows.procedure.window import Window
from workflows.procedure.wording import plain

ENTERED = "entered by hand"
"""In place of a feed: the source of a notice that a person (or another system) has told the watch."""
FROM_A_STRANGER = "it was entered without the desk's key: where it is so, enter it again (kantadesk notices enter)"
"""Why nothing else follows from a notice of an unverified sender."""
LONGEST_BREAK = timedelta(days=366)
"""What a maintenance takes; longer is a misread date."""
Outcome = Literal["acted", "uncertain", "repeat", "nothing_to_do", "failed"]
_REMINDER = re.compile(r"^(?:muistutus|påminnelse|reminder)\s*[:!-]\s*")
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without what is misread on the telephone."""


class WatchedNotice(Model):
    """One notice as the watch has read it, and what it did. ``did``: in plain words, the latest last."""

    id: str
    mark: str = ""
    """Changes when the notice says something else."""
    feed: str
    guid: str
    title: str
    link: str = ""
    published_at: Moment | None = None
    seen_at: Moment
    changed_at: Moment | None = None
    reading: Reading
    affects: Services = ()
    """The services that it is about: those it names, else those of the notice that it follows on its page."""
    outcome: Outcome = "nothing_to_do"
    did: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    """References of the incidents that were told, at most 20."""
    reference: str = ""
    """Of the incident that it proposes or has opened, or of the maintenance that it has started."""
    is_unverified: Unverified = False
    """Whether somebody without the desk's key has entered it: it is shown, and nothing else follows from it."""


class Doing(NamedTuple):
    """What is to be done. ``of``: for a break that is known already, the notice that has announced it."""

    act: Literal["nothing", "show", "tell", "plan"]
    why: str
    outcome: Outcome = "nothing_to_do"
    may_open: bool = False
    of: WatchedNotice | None = None


def to_do(
    notice: WatchedNotice,
    before: WatchedNotice | None,
    others: Collection[WatchedNotice],
    rules: NoticeRules,
    now: datetime,
    *,
    is_first_look: bool = False,
) -> Doing:
    """What is to be done about a notice that is new, or (``before``) that says something else than before.

    ``others``: every other notice that is remembered, those of the same look among them. ``is_first_look``: its feed
    was never read before, so that what stands there may be as old as the hills.
    """
    if notice.is_unverified:
        return Doing("show", FROM_A_STRANGER, "uncertain")
    reading, others = notice.reading, [each for each in others if not each.is_unverified]
    earlier = [*others, *([before] if before else [])]
    if (late := _too_late(notice, before, rules, now, is_first_look=is_first_look)) is not None:
        return Doing("nothing", late)
    if not reading.certain:
        return Doing("show", reading.why or "it can't be told for certain what it says", "uncertain")
    match reading.kind:
        case "other":
            return Doing("nothing", "it is neither about a fault nor about a planned break")
        case "maintenance":
            return _about_a_break(notice, earlier)
        case _:
            return _about_a_fault(notice, others, earlier)


def services_of(reading: Reading, page: str, link: str, earlier: Iterable[WatchedNotice]) -> tuple[ServiceId, ...]:
    """The services that a notice is about. ``page``: its id; an end that names none ends what stood on its page."""
    known = (each for each in earlier if not each.is_unverified)
    same = (each.affects for each in known if each.id == page or (link and each.link == link))
    return reading.services or next((services for services in same if services), ())


def still_open(faults: Iterable[WatchedNotice], known: Iterable[WatchedNotice]) -> set[str]:
    """The ids of those faults that no known notice ends. Few are asked about: each is compared with every end."""
    ends = [_as_notice(each) for each in known if each.reading.certain and each.reading.kind == "end"]
    asked = {each.id: _as_notice(each) for each in faults if each.reading.certain}
    return {each.guid for each in open_faults([*asked.values(), *ends])}


def apart(windows: Iterable[Window]) -> tuple[Window, ...]:
    """The windows in order, those that overlap or touch as one: a notice may name the whole and a part of it."""
    joined: list[Window] = []
    for window in sorted(windows, key=lambda each: each.starts_at):
        if joined and window.starts_at <= joined[-1].ends_at:
            end = max(joined[-1].ends_at, window.ends_at)
            joined[-1] = Window(starts_at=joined[-1].starts_at, ends_at=end)
        else:
            joined.append(window)
    return tuple(joined)


def changes(notice: WatchedNotice, planned: WatchedNotice) -> dict[str, object]:
    """What a later notice changes in a planned break that an earlier one has announced; empty where nothing matters.

    A reminder or a copy in another language moves the times at most: its words are its own.
    """
    said: dict[str, object] = {}
    after, before = notice.reading, planned.reading
    if after.windows and after.windows != before.windows:
        said["windows"] = [window.model_dump(mode="json") for window in apart(after.windows)]
        said["starts_at"] = min(window.starts_at for window in after.windows).isoformat()
        said["ends_at"] = max(window.ends_at for window in after.windows).isoformat()
    if notice.id == planned.id:
        said |= {"title": notice.title} if notice.title != planned.title else {}
        said |= {"services": list(after.services)} if after.services not in ((), before.services) else {}
        said |= {"not_affected": list(after.not_affected)} if after.not_affected != before.not_affected else {}
    return said


def is_new_break(notice: WatchedNotice, ended: WatchedNotice) -> bool:
    """Whether a notice plans a break of its own, since the one that it seemed to move is withdrawn or over."""
    return not _same_page(notice, ended) and _moved_break(notice, [ended]) is not None


def reference_for(prefix: str, guid: str) -> str:
    """A reference made of a notice's id: the same notice never gets a second one. ``prefix``: NOTICE or MAINT."""
    number = int.from_bytes(blake2b(guid.encode("utf-8", "replace"), digest_size=6).digest(), "big")
    letters = ""
    while len(letters) < 8:  # noqa: PLR2004  # 31^8: two of a thousand notices meet once in a million years
        number, rest = divmod(number, len(_LETTERS))
        letters += _LETTERS[rest]
    return f"{prefix}-{letters}"


def without_reminder(title: str) -> str:
    """The title without the word that makes it a reminder."""
    return title[found.end() :] if (found := _REMINDER.match(plain(title))) else title


def _too_late(
    notice: WatchedNotice, before: WatchedNotice | None, rules: NoticeRules, now: datetime, *, is_first_look: bool
) -> str | None:
    """Why a notice comes too late to be acted on; a planned break does when it is over, whenever it was announced."""
    if notice.reading.certain and notice.reading.kind == "maintenance" and notice.reading.windows:
        return "the break is over already" if max(w.ends_at for w in notice.reading.windows) <= now else None
    if before is not None and not is_first_look:
        return None  # what it says now is new, whenever it was published first
    if notice.published_at is None:
        return "it stood there, without a date, when the feed was read for the first time" if is_first_look else None
    if notice.published_at < now - rules.too_old_after:
        return f"it was published more than {_in_words(rules)} before it was seen"
    return None


def _in_words(rules: NoticeRules) -> str:
    hours = round(rules.too_old_after.total_seconds() / 3600)
    return "an hour" if hours <= 1 else f"{hours} hours"


def _about_a_break(notice: WatchedNotice, earlier: Iterable[WatchedNotice]) -> Doing:
    reading = notice.reading
    planned = _known_break(notice, [each for each in earlier if _is_break(each)])
    if planned and planned.id != notice.id and not changes(notice, planned):
        return Doing("nothing", f"it repeats “{planned.title}” ({planned.reference})", "repeat", of=planned)
    if planned:
        return Doing("plan", "", "acted", of=planned)
    if not reading.windows:
        return Doing("show", "it announces a planned break, but no time that could be read", "uncertain")
    if max(w.ends_at for w in reading.windows) - min(w.starts_at for w in reading.windows) > LONGEST_BREAK:
        return Doing("show", "it announces a planned break that would last for more than a year", "uncertain")
    if not reading.services:
        return Doing("show", "it announces a planned break of no service that is known here", "uncertain")
    return Doing("plan", "", "acted")


def _about_a_fault(notice: WatchedNotice, others: Collection[WatchedNotice], earlier: Iterable[WatchedNotice]) -> Doing:
    reading, known = notice.reading, [*others, notice]
    if planned := next((each for each in earlier if _same_page(each, notice) and _is_break(each)), None):
        return Doing("show", f"it seems to change or end the planned break {planned.reference}", "uncertain")
    if not notice.affects:
        return Doing("show", "it names no service that is known here", "uncertain")
    if reading.is_repeat and (first := _first_of(notice, others)):
        return Doing("nothing", f"it repeats “{first.title}”", "repeat")
    if reading.kind != "fault":
        return Doing("tell", "", "acted")
    proposed = [each for each in known if each.reference and set(each.affects) & set(notice.affects)]
    lasting = still_open([notice, *proposed], known)
    is_proposed = any(each.id in lasting for each in proposed)
    return Doing("tell", "", "acted", may_open=notice.id in lasting and not is_proposed)


def _is_break(notice: WatchedNotice) -> bool:
    return notice.reading.kind == "maintenance" and bool(notice.reference)


def _known_break(notice: WatchedNotice, breaks: Collection[WatchedNotice]) -> WatchedNotice | None:
    """The notice of the break that this one announces again, or moves; None where it announces a new one."""
    page = next((each for each in breaks if _same_page(notice, each)), None)
    return page or _moved_break(notice, breaks) or next((each for each in breaks if _same_break(notice, each)), None)


def _moved_break(notice: WatchedNotice, breaks: Iterable[WatchedNotice]) -> WatchedNotice | None:
    """The break that a person's entry moves: the only one of just these services whose times, as last told, overlap.

    Where several do, nobody can tell which is meant. Where the services differ, a move would take the break of the
    others with it.
    """
    if notice.feed != ENTERED:
        return None
    services, in_order = set(notice.reading.services), sorted(breaks, key=lambda each: each.changed_at or each.seen_at)
    last = {each.reference: each for each in in_order if each.reading.windows}
    moved = [
        each
        for each in last.values()
        if set(each.reading.services) == services and _overlap(each.reading.windows, notice.reading.windows)
    ]
    return moved[0] if len(moved) == 1 else None


def _same_break(notice: WatchedNotice, planned: WatchedNotice) -> bool:
    """Whether two notices of different pages announce one break: a reminder of it, or the same times and service."""
    one, other = notice.reading, planned.reading
    if one.is_repeat and _stem(notice.title) == _stem(planned.title):
        return True
    same_service = bool(set(one.services) & set(other.services))
    if one.is_repeat and same_service and _overlap(one.windows, other.windows):
        return True
    return same_service and bool(one.windows) and one.windows == other.windows


def _overlap(some: tuple[Window, ...], others: tuple[Window, ...]) -> bool:
    return any(one.starts_at < other.ends_at and other.starts_at < one.ends_at for one in some for other in others)


def _first_of(notice: WatchedNotice, others: Iterable[WatchedNotice]) -> WatchedNotice | None:
    """The notice that this one repeats."""
    stem = _stem(notice.title)
    return next((each for each in others if _stem(each.title) == stem), None)


def _same_page(one: WatchedNotice, other: WatchedNotice) -> bool:
    return one.id == other.id or bool(one.link and one.link == other.link)


def _stem(title: str) -> str:
    return " ".join(re.findall(r"\w+", plain(without_reminder(title))))


def _as_notice(notice: WatchedNotice) -> Notice:
    return Notice(
        guid=notice.id,
        title=notice.title,
        kind=notice.reading.kind,
        published_at=notice.published_at or notice.seen_at,
        services=notice.affects,
        link=notice.link,
    )

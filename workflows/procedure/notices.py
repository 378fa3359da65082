"""Published notices of the Kanta Services: what each one says, which faults are still open, which concern an incident.

Kept small on purpose: by a dated vocabulary (``data/notices.toml``), the title first. What can't be told is ``other``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from workflows.procedure import rule_data
from workflows.procedure.mentions import services_mentioned
from workflows.procedure.model import Model, Moment
from workflows.procedure.services import ServiceId
from workflows.procedure.wording import phrases, plain

NoticeKind = Literal["fault", "change", "end", "correction", "maintenance", "other"]


class Notice(Model):
    """A published notice, as far as it could be read."""

    guid: str
    title: str
    kind: NoticeKind = "other"
    published_at: Moment | None = None
    services: tuple[ServiceId, ...] = ()
    link: str = ""
    text: str = ""


_DATA = rule_data.read("notices")
SOURCE: str = _DATA["source"]
VERIFIED: bool = _DATA["verified"]
_SAYS = {kind: phrases(words) for kind, words in _DATA["kinds"].items()}
_END_IN_TEXT = phrases(_DATA["end_in_text"]["words"])
_CONDITION = phrases(_DATA["end_in_text"]["conditions"])
_SENTENCE_END = re.compile(r"[.!?]\s|\n")
_TELLING_TITLE = 2
"""Words that a title must have besides those of its kind, to tell which fault it is about."""


def read_notice(
    *, guid: str, title: str, text: str = "", link: str = "", published_at: datetime | None = None
) -> Notice:
    """A notice with its kind and the services it names as affected."""
    services = services_mentioned(f"{title}\n{text}")
    kind = kind_of(title, text)
    return Notice(guid=guid, title=title, kind=kind, published_at=published_at, services=services, link=link, text=text)


def kind_of(title: str, text: str = "") -> NoticeKind:
    """What a notice is about. The title decides; only an end may stand in a text that grew under an unchanged title."""
    heading, body = plain(title), plain(text)
    says = {kind for kind, words in _SAYS.items() if words.search(heading)}
    if "correction" in says:
        return "correction"
    if "maintenance" in says and "fault" not in says:
        return "maintenance"
    if "end" in says and not _CONDITION.search(heading):
        return "end"
    if "fault" not in says and not (says & {"change", "end"} and _SAYS["fault"].search(body)):
        return "other"
    if _tells_end(body):
        return "end"
    return "change" if says & {"change", "end"} else "fault"


def _tells_end(text: str) -> bool:
    sentences = [sentence for sentence in _SENTENCE_END.split(text) if _END_IN_TEXT.search(sentence)]
    return any(not _CONDITION.search(sentence) for sentence in sentences)


def open_faults(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """The notices of faults (and of changes in them) that no other notice ends, in the order given.

    A notice ends another that it follows on the same page (guid or link), under the same title, or about all the same
    services. One without a date is taken to follow: a stale fault must not keep a new one from being reported.
    """
    published = tuple(notices)
    ends = [notice for notice in published if notice.kind == "end"]
    return tuple(
        notice
        for notice in published
        if notice.kind in ("fault", "change") and not any(_ends(end, notice) for end in ends)
    )


def concerning(notices: Iterable[Notice], services: Iterable[ServiceId]) -> tuple[Notice, ...]:
    """The notices that name one of the services, in the order given."""
    wanted = set(services)
    return tuple(notice for notice in notices if wanted & set(notice.services))


def _ends(end: Notice, fault: Notice) -> bool:
    if end.published_at and fault.published_at and end.published_at < fault.published_at:
        return False
    same_page = end.guid == fault.guid or bool(end.link and end.link == fault.link)
    same_services = bool(fault.services) and set(fault.services) <= set(end.services)
    return same_page or same_services or _same_title(end, fault)


def _same_title(one: Notice, other: Notice) -> bool:
    words = _title_words(one.title)
    return len(words) >= _TELLING_TITLE and words == _title_words(other.title)


def _title_words(title: str) -> list[str]:
    """The words of a title that tell which fault it is about: those of the notice's kind and all numbers left out."""
    heading = plain(title)
    for words in _SAYS.values():
        heading = words.sub(" ", heading)
    return re.findall(r"[^\W\d_]+", heading)

"""Published notices as incidents are told of them: which faults are still open, which of them concern an incident.

What a notice says is decided in ``reading.py``; here, what follows from it for the incidents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b

from workflows.procedure.model import Model, Moment, Unverified
from workflows.procedure.notices.kinds import KINDS_SAID, NoticeKind
from workflows.procedure.notices.reading import RawNotice, Reading
from workflows.procedure.notices.vocabulary import says
from workflows.procedure.services import ServiceId
from workflows.procedure.wording import plain


class Notice(Model):
    """A published notice, as far as it could be read."""

    guid: str
    title: str
    kind: NoticeKind = "other"
    published_at: Moment | None = None
    services: tuple[ServiceId, ...] = ()
    link: str = ""
    text: str = ""
    is_unverified: Unverified = False
    """Whether somebody without the desk's key has told it: nobody knows whether it was published."""


_TELLING_TITLE = 2
"""Words that a title must have besides those of its kind, to tell which fault it is about."""


def as_told(raw: RawNotice, reading: Reading) -> Notice:
    """A notice as incidents are told of it, by what was read in it.

    What is not certain to be a fault is ``other``: a fault reported twice does less harm than one that nobody reports.
    What may be the end of a fault is one.
    """
    is_doubtful = reading.kind in ("fault", "change") and not reading.certain
    kind: NoticeKind = "other" if is_doubtful else reading.kind
    return Notice(**raw.model_dump(), kind=kind, services=reading.services)


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
    for said in KINDS_SAID:
        heading = says(said).sub(" ", heading)
    return re.findall(r"[^\W\d_]+", heading)


def key_of(source: str, guid: str) -> str:
    """Which notice it is, by its source and its own id there."""
    return _digest(source, guid)


def mark_of(key: str, title: str, text: str, link: str) -> str:
    """What a notice says: the same words of the same notice have the same mark. Its dates are left out."""
    return _digest(key, title, text, link)


def _digest(*parts: str) -> str:
    return blake2b("\n".join(parts).encode("utf-8", "replace"), digest_size=8).hexdigest()

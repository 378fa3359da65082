"""The one reader of published notices: kind, services, times, and whether somebody may act on it unasked.

Pure: the same notice is read in the same way whenever that happens, in a process or in a test. What is not certain is
said to be so, with the reason; a person then decides. Measured by ``make bench-notices``, also on notices that it was
not fitted to.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from workflows.procedure.model import MAX_TEXT, Model, Moment
from workflows.procedure.notices.days import names_relative_days
from workflows.procedure.notices.doubts import (
    doubts_of_course,
    doubts_of_services,
    doubts_of_times,
    doubts_of_whole,
    with_breaks_told_apart,
)
from workflows.procedure.notices.kinds import KindRead, NoticeKind, kind_of
from workflows.procedure.notices.mentions import services_in, services_of_end
from workflows.procedure.notices.remarks import without_remarks
from workflows.procedure.notices.text import cut_into_sentences
from workflows.procedure.notices.vocabulary import language_of
from workflows.procedure.notices.windows import MAX_WINDOWS, windows_in
from workflows.procedure.services import ServiceId
from workflows.procedure.window import Window

LONGEST_WHY = 500
Services = Annotated[tuple[ServiceId, ...], Field(max_length=17)]
Windows = Annotated[tuple[Window, ...], Field(max_length=MAX_WINDOWS)]


class RawNotice(Model):
    """A notice as a feed, a mail or a person gives it, before anybody has read it."""

    guid: str = ""
    title: str
    text: str = ""
    link: str = ""
    published_at: Moment | None = None


class Reading(Model):
    """What a notice says, and whether that is certain. ``why``: in plain words."""

    kind: NoticeKind
    certain: bool
    why: str = ""
    services: Services = ()
    not_affected: Services = ()
    windows: Windows = ()
    is_repeat: bool = False
    language: str = "fi"


def read_notice(notice: RawNotice, now: datetime) -> Reading:
    """What a notice says, in any of the three languages. Never raises on any text; what is too long is read in part.

    ``published_at`` decides what "19.4." and "huomenna" mean; ``now`` stands for it where it is missing, and decides
    whether planned work still lies ahead.
    """
    published_at = notice.published_at or now
    text, remarks = without_remarks(notice.text)
    sentences = cut_into_sentences(notice.title, text)
    times = windows_in(sentences.flat, published_at)
    kind = with_breaks_told_apart(kind_of(sentences), times, published_at)
    services = services_in(sentences.told)
    if kind.kind == "correction":  # what was said before is taken back: it stands in the text, too
        services = services_in(sentences.told, spared_wins=True)
    if kind.kind == "end":
        services = services_of_end(sentences.told)
    language = language_of(sentences.flat)
    if notice.published_at is None and names_relative_days(sentences.flat):
        remarks = (*remarks, "it has no date of its own, and tells its days by the day on which it was written")
    if len(notice.text) == MAX_TEXT:
        remarks = (*remarks, "it is too long and was read in part")
    doubts = [
        *remarks,
        *kind.doubts,
        *doubts_of_course(kind, sentences),
        *doubts_of_services(kind.kind, sentences.told, services),
        *doubts_of_times(kind.kind, times, published_at, now),
        *doubts_of_whole(sentences, language, published_at, now),
    ]
    is_news = kind.kind == "other" and not doubts
    return Reading(
        kind=kind.kind,
        certain=not doubts,
        why=_in_words(kind, doubts, times.notes)[:LONGEST_WHY],
        services=() if is_news else services.affected,
        not_affected=() if is_news else services.spared,
        windows=() if is_news else times.windows,
        is_repeat=kind.is_repeat,
        language=language,
    )


def _in_words(kind: KindRead, doubts: list[str], notes: tuple[str, ...]) -> str:
    """What was decided by which words, what is in doubt, and what a rule had to settle."""
    parts = [f"{kind.kind.capitalize()}: {kind.because}."]
    if doubts:
        parts.append(f"Not certain: {'; '.join(dict.fromkeys(doubts))}.")
    parts += [f"{note}." for note in notes]
    return " ".join(parts)

"""How a published notice is read: its kind, the services, the times, and whether somebody may act on it unasked.

Pure: the same notice is read in the same way whenever that happens, in a process or in a test. What is not certain is
said to be so, with the reason; a person then decides. Measured by ``make bench-notices``, also on notices that it was
not fitted to.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from workflows.procedure.mentions import ServicesFound, services_in
from workflows.procedure.model import Model
from workflows.procedure.notice_kinds import KindRead, NoticeKind, kind_of
from workflows.procedure.notice_language import NoticeLanguage, language_of
from workflows.procedure.notice_text import NoticeText, cut_into_sentences
from workflows.procedure.notice_windows import Window, WindowsRead, windows_in
from workflows.procedure.services import ServiceId

CLOCKS_DIFFER = timedelta(hours=1)
"""A notice may be dated this much later than it is read: its server's clock may be wrong."""


class NoticeReading(Model):
    """What a notice says. ``certain``: it may be acted on; otherwise ``why`` says what a person has to look at."""

    kind: NoticeKind
    certain: bool
    why: str
    services: tuple[ServiceId, ...] = ()
    not_affected: tuple[ServiceId, ...] = ()
    windows: tuple[Window, ...] = ()
    is_repeat: bool = False
    """It reminds of an older notice."""
    language: NoticeLanguage = "unknown"


def read_notice(*, title: str, text: str, published_at: datetime, now: datetime) -> NoticeReading:
    """What a notice says, in any of the three languages. Never raises on any text; what is too long is read in part.

    Both moments are aware: ``published_at`` decides what "19.4." and "huomenna" mean, ``now`` whether planned work
    still lies ahead.
    """
    sentences = cut_into_sentences(title, text)
    times = windows_in(sentences.flat, published_at)
    kind = _with_breaks_told_apart(kind_of(sentences), times, published_at)
    services = services_in(sentences.told)
    if kind.kind == "correction":  # what was said before is taken back: it stands in the text, too
        services = services_in(sentences.told, spared_wins=True)
    language = language_of(sentences.flat)
    doubts = [
        *kind.doubts,
        *_doubts_of_kind(kind.kind, services, times, now),
        *times.doubts,
        *_doubts_of_whole(sentences, language, published_at, now),
    ]
    return NoticeReading(
        kind=kind.kind,
        certain=not doubts,
        why=_in_words(kind, doubts, times.notes),
        services=services.affected,
        not_affected=services.spared,
        windows=times.windows,
        is_repeat=kind.is_repeat,
        language=language,
    )


def _with_breaks_told_apart(kind: KindRead, times: WindowsRead, published_at: datetime) -> KindRead:
    """What is announced before it begins is planned; of any other break that is only called so, nobody can say."""
    lies_ahead = bool(times.windows) and all(window.starts_at > published_at for window in times.windows)
    doubts = kind.doubts
    if kind.kind == "fault" and lies_ahead:
        if not kind.is_break:
            doubts = (*doubts, "it has the words of a fault, but lies ahead")
        return replace(kind, kind="maintenance", because=f"{kind.because}, and its time lies ahead", doubts=doubts)
    if kind.updated:
        doubts = (*doubts, f"it was updated ({kind.updated}), but what the news is isn't understood")
    if kind.is_break:
        doubts = (*doubts, "nothing tells whether the break is a fault or planned")
    return replace(kind, doubts=doubts)


def _doubts_of_kind(kind: NoticeKind, services: ServicesFound, times: WindowsRead, now: datetime) -> list[str]:
    doubts = []
    if kind != "other" and not services.affected:
        doubts.append("it names no Kanta service as affected")
    if kind == "maintenance" and not times.windows:
        doubts.append("it tells no time from when until when")
    if kind == "maintenance" and times.windows and all(window.ends_at <= now for window in times.windows):
        doubts.append("its time is already over")
    return doubts


def _doubts_of_whole(
    sentences: NoticeText, language: NoticeLanguage, published_at: datetime, now: datetime
) -> list[str]:
    doubts = []
    if language == "unknown":
        doubts.append("its language is not clear")
    if sentences.cut:
        doubts.append("it is too long and was read in part")
    if published_at > now + CLOCKS_DIFFER:
        doubts.append("it is dated in the future")
    return doubts


def _in_words(kind: KindRead, doubts: list[str], notes: tuple[str, ...]) -> str:
    """What was decided by which words, what is in doubt, and what a rule had to settle."""
    parts = [f"{kind.kind.capitalize()}: {kind.because}."]
    if doubts:
        parts.append(f"Not certain: {'; '.join(dict.fromkeys(doubts))}.")
    parts += [f"{note}." for note in notes]
    return " ".join(parts)

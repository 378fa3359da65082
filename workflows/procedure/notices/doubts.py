"""What speaks against acting on a notice unasked, whatever its words are: rules about how a clear notice is built.

A vocabulary never holds all words. These rules do not ask for more of them but for what a clear notice has: the service
and what happened to it in one sentence, no "not" that was not understood, no day without its time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime, timedelta

from workflows.procedure.local_time import local
from workflows.procedure.notices.kinds import KindRead, NoticeKind, states_of
from workflows.procedure.notices.mentions import ServicesFound, services_in, services_of_end
from workflows.procedure.notices.names import is_names_only
from workflows.procedure.notices.text import OF_SERVICES, Sentence, Sentences, outside_work
from workflows.procedure.notices.vocabulary import NoticeLanguage, Said, says
from workflows.procedure.notices.windows import WindowsRead
from workflows.procedure.services import ServiceId

CLOCKS_DIFFER = timedelta(hours=1)
"""A notice may be dated this much later than it is read: its server's clock may be wrong."""

_OF_FAULTS: frozenset[Said] = frozenset({"fault", "fails", "break", "ongoing", "partial", "reopened", "ended"})
_SUPPORTS = _OF_FAULTS | {"planned", "update", "concerns", "correction", "may_be"}
_UNDERSTOOD_NEGATIONS: tuple[Said, ...] = ("fails", "break", "ongoing", "denied")
_HURTS: tuple[Said, ...] = ("fault", "fails", "break", "ongoing", "partial", "reopened", "ended", "planned", "negation")
_OF_WORK: frozenset[Said] = frozenset({"planned", "break", "called_off", "moved"})
_AT_FAULT: frozenset[Said] = frozenset({"fault", "fails", "break"})
_GOING_ON: frozenset[Said] = frozenset({"ongoing", "partial"})
_OF_PRESENT = _AT_FAULT | _GOING_ON | {"now", "reopened"}
_GOES_ON = re.compile(r"\b(?:eikä|eivätkä|nor)\b")
"""Carries a "not" on that stands before it in the same clause."""
_TIME = re.compile(r"\d")
_OTHER_SYSTEM = re.compile(
    r"palvelu|järjestelm|toimittaj|verko|verkk|operaattor|ohjelmi|sivu|portaal|rajapin|varmen|yhteispal"
    r"|system|service|supplier|vendor|network|software|portal|certificate|tjänst|leverantör|nät|program|certifikat|operatör"
)
"""Beside one of these, what happened may have happened to something else than the service named before or after."""
_DAY, _NIGHT_ENDS = timedelta(days=1), 6


def with_breaks_told_apart(kind: KindRead, times: WindowsRead, published_at: datetime) -> KindRead:
    """What is announced before it begins is planned; of any other break that is only called so, nobody can say."""
    lies_ahead = bool(times.windows) and all(window.starts_at > published_at for window in times.windows)
    doubts = kind.doubts
    if kind.kind == "fault" and lies_ahead:
        if not (kind.is_break or kind.fails_only):
            doubts = (*doubts, "it has the words of a fault, but lies ahead")
        return replace(kind, kind="maintenance", because=f"{kind.because}, and its time lies ahead", doubts=doubts)
    if kind.updated:
        doubts = (*doubts, f"it was updated ({kind.updated}), but what the news is isn't understood")
    if kind.kind == "fault" and kind.is_repeat:
        doubts = (*doubts, "it reminds of something, which nobody does of a fault")
    if kind.is_break:
        doubts = (*doubts, "nothing tells whether the break is a fault or planned")
    return replace(kind, doubts=doubts)


def doubts_of_services(kind: NoticeKind, told: Sequence[Sentence], services: ServicesFound) -> list[str]:
    """Whether the notice says of each service that it names what it has to do with it."""
    if kind == "other":
        return []
    if not services.affected:
        return ["it names no Kanta service as affected"]
    doubts = _strange_words(kind, told, services)
    if len(services.affected) > 1 and any({"TEST"} < set(found) for found in (_named_in(kind, one) for one in told)):
        doubts.append("it may concern the client test service alone")
    if services.both and kind in ("fault", "change", "maintenance"):
        doubts.append(f"{', '.join(services.both)} is told to be affected in one place and spared in another")
    named = [(_states(kind, sentence), _named_in(kind, sentence), sentence) for sentence in told]
    if kind in ("fault", "change", "end") and not _is_told_of_service(named):
        doubts.append("no sentence names a service and what happened to it")
    supported: set[ServiceId] = set(_named_in(kind, told[0])) if told else set()
    goes_on = False
    for states, found, sentence in named:
        if not is_names_only(sentence.words):  # a list goes on what stands before it
            goes_on = bool(states & _SUPPORTS or _TIME.search(sentence.words) or OF_SERVICES.match(sentence.words))
            goes_on = goes_on and bool(found or not _is_of_what_is_well(sentence.words))
        if goes_on:
            supported.update(found)
    if unsupported := [service for service in services.affected if service not in supported]:
        doubts.append(f"{', '.join(unsupported)} is named, but nothing is said of it")
    return doubts


def _is_told_of_service(named: Sequence[tuple[frozenset[Said], tuple[ServiceId, ...], Sentence]]) -> bool:
    """Whether a sentence names a service and what happened to it, or does so for the only service of its neighbour."""
    if any(states & _OF_FAULTS and found for states, found, _ in named):
        return True
    if len({service for _, found, _ in named for service in found}) != 1:
        return False
    return any(
        bool(states & _OF_FAULTS)
        and (at == 0 or "fails" in states)
        and not _OTHER_SYSTEM.search(sentence.words)
        and any(found for _, found, _ in (*named[max(0, at - 1) : at], *named[at + 1 : at + 2]))
        for at, (states, _, sentence) in enumerate(named)
    )


def _strange_words(kind: NoticeKind, told: Sequence[Sentence], services: ServicesFound) -> list[str]:
    """What stands beside a service and isn't understood."""
    doubts = []
    if kind == "correction" and len(services.affected) + len(services.spared) > 1:
        doubts.append("a correction that names several services: which of them was wrong?")
    certainly = (
        set(_named_in(kind, told[0])) if kind == "maintenance" and told and states_of(told[0]) & _OF_WORK else set()
    )
    if any(_has_strange_negation(sentence.words, certainly) for sentence in told):
        doubts.append('a service stands beside a "not" that is not understood')
    if kind != "end" and (well := [word for one in told for word in _said_to_be_well(one.words)]):
        doubts.append(f'a service stands beside "{well[0]}", which is not understood')
    return doubts


def _states(kind: NoticeKind, sentence: Sentence) -> frozenset[Said]:
    """What a sentence tells; of an end, that something works tells one."""
    told = states_of(sentence)
    works = kind == "end" and any(says(said).search(sentence.words) for said in ("works", "spares_before"))
    return told | {"ended"} if works else told


def _named_in(kind: NoticeKind, sentence: Sentence) -> tuple[ServiceId, ...]:
    found = services_of_end([sentence]) if kind == "end" else services_in([sentence])
    return found.affected


def doubts_of_course(kind: KindRead, sentences: Sentences) -> list[str]:
    """Whether the text bears out what the title says of a fault, or itself where the title tells nothing."""
    body = [sentence for sentence in sentences.body if not sentence.advice]
    told = [states_of(sentence) for sentence in body]
    if kind.kind == "fault" and body:
        spares = any(says(said).search(one.words) for one in body for said in ("spares_after", "spares_before"))
        if not spares and not any(states & _OF_PRESENT for states in told):
            return ["the text tells nothing of a fault"]
    goes_on = [states for states in told if states & _GOING_ON and states & _AT_FAULT]
    if kind.kind == "change" and kind.by_text and not any("ongoing" in states for states in goes_on):
        return [f"it is not clear what goes on ({kind.because})"]
    return []


def _has_strange_negation(words: str, certainly: AbstractSet[ServiceId] = frozenset()) -> bool:
    """Whether a service stands in one clause with a "not" that belongs to no phrase that is known.

    ``certainly``: services of the title of planned work; what else is said of them does not matter, unless of the work.
    """
    for clause in says("new_clause").split(words):
        if says("spares_after").search(clause) or says("spares_before").search(clause):
            continue
        left = whole = " ".join(says("now").sub(" ", says("no_longer").sub(" ", clause)).split())
        for said in _UNDERSTOOD_NEGATIONS:
            left = says(said).sub(" ", left)
        if left != whole:
            left = _GOES_ON.sub(" ", left)
        named = set(services_in([Sentence(clause)]).affected)
        is_of_work = any(says(said).search(clause) for said in _OF_WORK)
        if says("negation").search(left) and (named if is_of_work else named - certainly):
            return True
    return False


def _is_of_what_is_well(words: str) -> bool:
    """Whether a heading may be that of services that are well, in words that are not understood."""
    return any(says(said).search(outside_work(words)) for said in ("negation", "fine", "spares_list"))


def _said_to_be_well(words: str) -> list[str]:
    """Words for what is well in a clause with a service that counts as affected, though nothing there says how."""
    found = []
    for clause in says("new_clause").split(words):
        well = says("fine").search(clause)
        if not well or not services_in([Sentence(clause)]).affected or says("again").search(clause):
            continue
        hurts = any(says(said).search(outside_work(clause)) for said in _HURTS)
        if not hurts or services_in([Sentence(clause)]).spared:
            found.append(well[0])
    return found


def doubts_of_times(kind: NoticeKind, times: WindowsRead, published_at: datetime, now: datetime) -> list[str]:
    """Whether the times are clear, and those of planned work complete and still to come."""
    doubts = [*times.doubts]
    if kind == "end" and times.times > 1 and not times.windows:
        doubts.append("it tells several times, but not from when until when")
    if kind != "maintenance":
        return doubts
    if not times.windows:
        return [*doubts, "it tells no time from when until when"]
    if all(window.ends_at <= now for window in times.windows):
        doubts.append("its time is already over")
    with_times = {local(bound).date() for window in times.windows for bound in (window.starts_at, window.ends_at)}
    with_times |= {local(w.starts_at).date() - _DAY for w in times.windows if local(w.starts_at).hour < _NIGHT_ENDS}
    if any(day >= local(published_at).date() and day not in with_times for day in times.days):
        doubts.append("it names a day without its times")
    return doubts


def doubts_of_whole(sentences: Sentences, language: NoticeLanguage, published_at: datetime, now: datetime) -> list[str]:
    """Whether the notice as a whole could be read."""
    doubts = []
    if language == "unknown":
        doubts.append("its language is not clear")
    if sentences.cut:
        doubts.append("it is too long and was read in part")
    if sentences.is_struck:
        doubts.append("a part of it is struck out")
    if published_at > now + CLOCKS_DIFFER:
        doubts.append("it is dated in the future")
    return doubts

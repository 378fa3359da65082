"""Which Kanta services a text names as affected: by current and older names in Finnish, Swedish and English.

A name counts in any Finnish case ("Reseptikeskuksessa", "Omakannasta") and in the Swedish and English genitive. What is
named as *not* affected does not count. In doubt nothing is found: a fault reported twice does less harm than one that
nobody reports.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from workflows.procedure.notices.names import names
from workflows.procedure.notices.text import Sentence, cut_into_sentences
from workflows.procedure.notices.vocabulary import Said, says
from workflows.procedure.services import SERVICE_IDS, ServiceId

_PAUSE = re.compile(r"[,:;] | - ")
_FOLLOWS = re.compile(r"lukuun ottamatta|undantag\w*|excepted|excluded")
"""Stands behind what it excepts in Finnish ("OmaKantaa lukuun ottamatta"), or before it."""
_SPOILS: tuple[Said, ...] = ("fault", "fails", "break", "planned", "partial", "ended", "awaited")
"""With one of these beside it, "works" does not say that all is well."""
_HURTS: tuple[Said, ...] = ("fault", "fails", "break")


class ServicesFound(NamedTuple):
    """The services that a notice names as affected and those that it says are spared, in the order of the contract."""

    affected: tuple[ServiceId, ...]
    spared: tuple[ServiceId, ...]
    both: tuple[ServiceId, ...] = ()
    """Told to be affected in one place and spared in another."""


def services_mentioned(text: str) -> tuple[ServiceId, ...]:
    """The services that a text names as affected, each once, in the order of the contract."""
    return services_in(cut_into_sentences("", text).told).affected


def services_in(sentences: Iterable[Sentence], *, spared_wins: bool = False) -> ServicesFound:
    """The services of some sentences. One that is affected in any respect is not spared, or the other way round."""
    affected: set[ServiceId] = set()
    spared: set[ServiceId] = set()
    for sentence in sentences:
        for clause in says("new_clause").split(sentence.words):
            named = _named(clause)
            not_affected = _spared(clause, named)
            spared |= {name.service for name in not_affected}
            affected |= {name.service for name in named - not_affected}
    both = affected & spared
    return ServicesFound(
        tuple(service for service in SERVICE_IDS if service in affected - (both if spared_wins else set())),
        tuple(service for service in SERVICE_IDS if service in spared - (set() if spared_wins else both)),
        tuple(service for service in SERVICE_IDS if service in both),
    )


def services_of_end(sentences: Sequence[Sentence]) -> ServicesFound:
    """The services of a notice that tells an end: what works now was affected where nothing else is named as that.

    Only what the fault did not concern is spared; that something else works says nothing of what happened.
    """
    found = services_in(sentences)
    spared = set(services_in([one for one in sentences if says("negation").search(one.words)]).spared)
    works = tuple(service for service in found.spared if service not in spared)
    return ServicesFound(found.affected or works, tuple(service for service in found.spared if service in spared))


class _Name(NamedTuple):
    """A service named at a place of a clause."""

    start: int
    service: ServiceId


def _named(clause: str) -> set[_Name]:
    return {_Name(match.start(), service) for service, name in names().items() for match in name.finditer(clause)}


def _spared(clause: str, named: set[_Name]) -> set[_Name]:
    """The names on the spared side of a negation; after "except" it is the other way round."""
    spared: set[_Name] = set()
    for negation in says("spares_after").finditer(clause):
        after = {name for name in named if name.start >= negation.end()}
        spared |= after or _not_told_affected(clause, named, negation)
    if not says("again").search(clause):
        for normal in says("spares_before").finditer(clause):
            spared |= _not_told_affected(clause, named, normal) or {n for n in named if n.start >= normal.end()}
        spared |= _works(clause, named)
    for exception in says("excepts").finditer("" if says("also").search(clause) else clause):
        after = {name for name in named if name.start >= exception.end()}
        before = {name for name in named if _stands_before(clause, name, exception)}
        spared ^= before if before and _FOLLOWS.fullmatch(exception[0]) else after
    return spared


def _stands_before(clause: str, name: _Name, exception: re.Match[str]) -> bool:
    """Whether a name stands right before "lukuun ottamatta"; that word of a list before a comma does not."""
    between = clause[name.start : exception.start()]
    return len(between) > 0 and not _PAUSE.search(between)


def _works(clause: str, named: set[_Name]) -> set[_Name]:
    """The names of which it is said between two commas or colons that they work, and nothing else."""
    works: set[_Name] = set()
    starts = [0, *(end.end() for end in _PAUSE.finditer(clause)), len(clause)]
    for start, end in itertools.pairwise(starts):
        phrase = says("works").search(clause, start, end)
        if phrase and not any(says(said).search(clause, start, end) for said in _SPOILS):
            works |= {name for name in named if start <= name.start < phrase.start()}
    return works


def _not_told_affected(clause: str, named: set[_Name], phrase: re.Match[str]) -> set[_Name]:
    """The names before a phrase, less those between commas that have a fault or a break of their own."""
    places = [0, *(comma.end() for comma in re.finditer(", ", clause[: phrase.start()])), phrase.start()]
    told = [
        (start, end)
        for start, end in itertools.pairwise(places)
        if end < phrase.start() and any(says(said).search(clause, start, end) for said in _HURTS)
    ]
    return {n for n in named if n.start < phrase.start() and not any(start <= n.start < end for start, end in told)}

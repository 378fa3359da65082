"""Which Kanta services a text names as affected: by current and older names in Finnish, Swedish and English.

A name counts in any Finnish case ("Reseptikeskuksessa", "Omakannasta") and in the Swedish and English genitive. What is
named as *not* affected does not count. In doubt nothing is found: a fault reported twice does less harm than one that
nobody reports.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from workflows.procedure import rule_data
from workflows.procedure.services import SERVICE_IDS, SERVICES, Service, ServiceId
from workflows.procedure.wording import phrases, plain

# How the last letters of a Finnish word change before a case ending: nominative -> the stems that take endings.
_STEMS: tuple[tuple[str, str], ...] = (
    ("kus", "ku(?:s|kse)"),  # Reseptikeskus: Reseptikeskukse-ssa, Reseptikeskus-ta
    ("nta", "n[tn]a"),  # OmaKanta: Omakanna-ssa, Omakanta-an
    ("nto", "n[tn]o"),  # tietovaranto: tietovaranno-n
    ("nti", "n[tn]i"),  # arkistointi: arkistoinni-ssa
    ("nen", "(?:nen|se|s)"),  # sähköinen: sähköise-n, sähköis-tä
    ("in", "i(?:n|me)"),  # Kelain: Kelaime-ssa, Kelain-ta
    ("net", "neti?"),  # Ekstranet: Ekstraneti-ssä
    ("ste", "stee?"),  # yhteyspiste: yhteyspistee-ssä
)
_CASES = (
    "n|a|ä|aa|ää|ta|tä|tta|ttä|ssa|ssä|sta|stä|an|än|en|in|on|un|yn|ön|seen|hin|lla|llä|lta|ltä|lle|ksi|na|nä|t|ja|jä"
    "|jen|iden|issa|issä|ista|istä|illa|illä|ille|ita|itä|ihin"
)
_FINNISH = rf"(?::?(?:{_CASES}))?(?:kin|kaan|kään)?"
_GENITIVE = "(?:'?s)?"  # Swedish and English
_DATA = rule_data.read("notices")["not_affected"]
_SPARES_WHAT_FOLLOWS = phrases(_DATA["then"])
_SPARES_WHAT_PRECEDES = phrases(_DATA["before"])
_SPARED_LIST = re.compile(rf"{_SPARES_WHAT_FOLLOWS.pattern}[^\n]*:\n(?:\s*[-•*] .*(?:\n|$))+")
_CLAUSE_END = re.compile(rf"[.!?;•]\s|\n|{phrases(_DATA['clauses']).pattern}")


def services_mentioned(text: str) -> tuple[ServiceId, ...]:
    """The services that a text names as affected, each once, in the order of the contract."""
    found = {service for clause in _clauses(plain(text)) for service in _affected(clause)}
    return tuple(service for service in SERVICE_IDS if service in found)


def _clauses(text: str) -> list[str]:
    """The text in pieces in which a negation holds; a list that a negation introduces stays with it."""
    return _CLAUSE_END.split(_SPARED_LIST.sub(lambda spared: spared[0].replace("\n", " ") + "\n", text))


def _affected(clause: str) -> Iterable[ServiceId]:
    """The services of one clause, less those on the spared side of a negation."""
    named = [(match.start(), service) for service, name in _NAMES.items() for match in name.finditer(clause)]
    spared: set[tuple[int, ServiceId]] = set()
    for pattern, follows in ((_SPARES_WHAT_FOLLOWS, True), (_SPARES_WHAT_PRECEDES, False)):
        for negation in pattern.finditer(clause):
            after = {name for name in named if name[0] >= negation.end()}
            before = set(named) - after
            spared |= (after or before) if follows else (before or after)
    return (service for place, service in named if (place, service) not in spared)


def _name_pattern(service: Service) -> re.Pattern[str]:
    """One pattern for all names of a service; names in parentheses are names too."""
    names = {part.strip() for name in service.names() for part in re.split(r"[()]", name) if part.strip()}
    return re.compile(rf"(?<!\w)(?:{'|'.join(_inflected(plain(name)) for name in sorted(names))})(?!\w)")


def _inflected(name: str) -> str:
    """A pattern for a name: every word of it in any Finnish case, or the whole of it in the genitive."""
    inflected = " ".join(_stem(word) + _FINNISH for word in name.split())
    return rf"(?:{inflected}|{re.escape(name)}{_GENITIVE})".replace(r"\-", "[- ]?")


def _stem(word: str) -> str:
    for ending, stems in _STEMS:
        if word.endswith(ending):
            return re.escape(word.removesuffix(ending)) + stems
    return re.escape(word)


_NAMES = {service.id: _name_pattern(service) for service in SERVICES.values() if service.id != "OTHER"}

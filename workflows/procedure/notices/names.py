"""The names of the Kanta services, current and older, in every case of three languages.

A name counts in any Finnish case ("Reseptikeskuksessa", "Omakannasta") and in the Swedish and English genitive.
"""

from __future__ import annotations

import re
from functools import cache

from workflows.procedure.services import SERVICES, Service, ServiceId
from workflows.procedure.wording import plain

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
    ("pti", "pt[ie]"),  # resepti: resepte-issä
    ("vä", "v[äi]"),  # ylittävä: ylittävi-en
)
_CASES = (
    "n|a|ä|aa|ää|ta|tä|tta|ttä|ssa|ssä|sta|stä|an|än|en|in|on|un|yn|ön|seen|hin|lla|llä|lta|ltä|lle|ksi|na|nä|t|ja|jä"
    "|jen|iden|issa|issä|ista|istä|illa|illä|ille|ita|itä|ihin"
)
_FINNISH = rf"(?::?(?:{_CASES}))?(?:kin|kaan|kään)?"
_GENITIVE = "(?:'?s)?"  # Swedish and English
_BETWEEN = re.compile(r"[\s,;:/()-]+|\b(?:ja|sekä|och|samt|and|the|-palvelu)\b")


@cache
def names() -> dict[ServiceId, re.Pattern[str]]:
    """A pattern for the names of each service, in a ``plain`` text."""
    return {service.id: _name_pattern(service) for service in SERVICES.values() if service.id != "OTHER"}


def names_a_service(words: str) -> bool:
    """Whether a ``plain`` text names a Kanta service."""
    return any(name.search(words) for name in names().values())


def is_names_only(words: str) -> bool:
    """Whether a ``plain`` line is nothing but names of services, as an entry of a list."""
    left = words
    for name in names().values():
        left = name.sub(" ", left)
    return left != words and not _BETWEEN.sub("", left)


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

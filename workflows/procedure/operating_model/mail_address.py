"""Which mail addresses can be used: one rule where one is accepted and where a message goes out to it.

Nothing invisible: pasted addresses bring zero-width characters along, and the mail server then refuses what looks
right. ASCII before the @: SendGrid takes nothing else, and whether a mail server does (SMTPUTF8, RFC 6531) is known
only once it is asked, on the night of the fault. A domain may have letters such as ä; it travels as IDNA (RFC 5891).
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 254
_LONGEST_LOCAL = 64
_SHAPE = "must be one e-mail address, like desk@example.org"
_TYPE_IT = "type the address by hand instead of pasting it"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_INVISIBLE_KINDS = {"Cc", "Cf", "Cs", "Co", "Zs", "Zl", "Zp"}
_BLANK = {
    "\N{COMBINING GRAPHEME JOINER}", "\N{HANGUL CHOSEONG FILLER}", "\N{HANGUL JUNGSEONG FILLER}", "\N{HANGUL FILLER}",
    "\N{HALFWIDTH HANGUL FILLER}", "\N{BRAILLE PATTERN BLANK}", "\N{KHMER VOWEL INHERENT AQ}",
    "\N{KHMER VOWEL INHERENT AA}", *map(chr, range(0xFE00, 0xFE10)), *map(chr, range(0x180B, 0x1810)),
    *map(chr, range(0xE0100, 0xE01F0)),
}  # fmt: skip
"""Letters and marks that show nothing (Unicode's Default_Ignorable_Code_Point beyond the kinds above, a blank sign)."""


class UnusableAddress(ValueError):
    """No mail can go to this address. The message is half a sentence without the address: what is wrong, what to do."""


def invisible_in(text: str) -> str | None:
    """The first character that shows nothing, by its number, name and place; a plain space is none."""
    for place, character in enumerate(text, 1):
        if character != " " and (character in _BLANK or unicodedata.category(character) in _INVISIBLE_KINDS):
            name = unicodedata.name(character, "a control character")
            return f"U+{ord(character):04X} {name} as character {place}"
    return None


def fault_in(address: str) -> str | None:
    """What is wrong with an address, without a look into the tables of IDNA; None where nothing is.

    A process judges messages by this: its answer never changes with the release of a library.
    """
    if hidden := invisible_in(address):
        return f"holds a character that shows nothing ({hidden}): {_TYPE_IT}"
    local, at, domain = address.rpartition("@")
    if not at or not domain or len(local) > _LONGEST_LOCAL or len(address) > LONGEST or " " in address:
        return _SHAPE
    if beyond := next((character for character in local if not character.isascii()), None):
        return f"has {beyond!r} before the @, which not every mail server takes: ask for the address without it"
    labels = domain.split(".")
    return None if _LOCAL.fullmatch(local) and all(map(_may_be_label, labels)) else _SHAPE


def as_sent(address: str) -> str:
    """The address as it travels: its domain in ASCII (IDNA). Raises ``UnusableAddress``."""
    if fault := fault_in(address):
        raise UnusableAddress(fault)
    local, _, domain = address.rpartition("@")
    sent = f"{local}@{_in_ascii(domain)}"
    if len(sent) > LONGEST:
        raise UnusableAddress(_SHAPE)
    return sent


def usable(address: str) -> str:
    """The address as it was written, if it can be used. Raises ``UnusableAddress``."""
    as_sent(address)
    return address


def _may_be_label(label: str) -> bool:
    return bool(_LABEL.fullmatch(label)) if label.isascii() else "@" not in label


def _in_ascii(domain: str) -> str:
    """Most domains are in ASCII already: only for the others is the library loaded (its tables take 40 ms)."""
    if domain.isascii() and "xn--" not in domain.lower():
        return domain
    if mixed := next((label for label in domain.split(".") if len(_alphabets(label)) > 1), None):
        names = " and ".join(sorted(_alphabets(mixed)))
        raise UnusableAddress(f"has a domain with letters of two alphabets ({names}) in one word: {_TYPE_IT}")
    import idna

    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as fault:
        raise UnusableAddress(f"has a domain that can't exist ({fault}): check it") from None


def _alphabets(label: str) -> set[str]:
    """The alphabets that look alike, of which a label has letters: nobody registers such a mixture in good faith."""
    first = {unicodedata.name(letter, "").split(" ")[0].capitalize() for letter in label if letter.isalpha()}
    return first & {"Latin", "Cyrillic", "Greek"}

"""How long a text message is for a telephone network: the alphabet decides (3GPP TS 23.038, TS 23.040).

GSM-7: 160 characters in one message, 153 in each part of a longer one; some signs count twice. One letter outside that
alphabet makes it UCS-2: 70, or 67 in each part. Finnish and Swedish letters are inside; dashes and curly quotes not.
"""

from __future__ import annotations

from typing import NamedTuple

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWICE = frozenset("^{}\\[~]|€\f")
_PLAIN = str.maketrans(
    {"–": "-", "—": "-", "‑": "-", "−": "-", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'",
     "…": "...", "\u00a0": " ", "\u202f": " ", "\t": " "}
)  # fmt: skip


class Length(NamedTuple):
    """``parts``: how many messages the network makes of it."""

    is_gsm: bool
    parts: int


def plain(text: str) -> str:
    """The text with signs of print in the form that telephones have."""
    return text.translate(_PLAIN)


def length_of(text: str) -> Length:
    """How a text travels."""
    is_gsm = all(sign in _GSM or sign in _TWICE for sign in text)
    if is_gsm:
        units, whole, part = sum(2 if sign in _TWICE else 1 for sign in text), 160, 153
    else:
        units, whole, part = len(text.encode("utf-16-be")) // 2, 70, 67
    return Length(is_gsm, 1 if units <= whole else -(-units // part))

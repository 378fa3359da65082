"""What is in a mail that can't be read here, in words: unreadable is not empty."""

from __future__ import annotations

import re
from email.message import Message

_TNEF_WORDS = "its text is packed as winmail.dat (TNEF), which Outlook sends; ask for it as plain text or HTML"
_OPEN = "open it in the mail program and enter its words"
_SMIME_WORDS = f"it is encrypted or signed as a whole (S/MIME); {_OPEN}"
_BY_TYPE = {
    "application/ms-tnef": _TNEF_WORDS,
    "application/vnd.ms-tnef": _TNEF_WORDS,
    "application/pkcs7-mime": _SMIME_WORDS,
    "application/x-pkcs7-mime": _SMIME_WORDS,
    "application/pgp-encrypted": f"it is encrypted (PGP); {_OPEN}",
    "application/x-microsoft-rpmsg-message": f"it is protected (rights management); {_OPEN}",
}
_BY_ENDING = {
    "winmail.dat": _BY_TYPE["application/ms-tnef"],
    ".p7m": _BY_TYPE["application/pkcs7-mime"],
    ".pgp": _BY_TYPE["application/pgp-encrypted"],
    ".asc": _BY_TYPE["application/pgp-encrypted"],
    ".gpg": _BY_TYPE["application/pgp-encrypted"],
    ".rpmsg": _BY_TYPE["application/x-microsoft-rpmsg-message"],
    ".msg": "its text is in an attached Outlook file (.msg); save that as .eml",
}
_TNEF, _ZIP, _ENCRYPTED_ZIP, _OLE = b"\x78\x9f\x3e\x22", b"PK\x03\x04", 1, b"\xd0\xcf\x11\xe0"
_NOT_TEXT = ("image/", "application/", "audio/", "video/", "model/", "font/")
_HARMLESS = (
    "application/pgp-signature",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/pgp-keys",
)
_ELSEWHERE = re.compile(
    r"\b(?:(?:secure|encrypted|protected) (?:e-?mail|message)|(?:suojattu|salattu) (?:viesti|sähköposti)|(?:suojatun|salatun) viestin"  # noqa: E501  # one pattern or sentence
    r"|(?:turva|suoja)(?:posti|viesti|sähköposti)\w*|(?:säkert|skyddat|krypterat) meddelande|(?:säker|skyddad|krypterad) e-post)",  # noqa: E501  # one pattern or sentence
    re.IGNORECASE,
)
_CUT = re.compile(
    r"(?:viesti on (?:katkaistu|lyhennetty)|näytä koko viesti|message (?:clipped|truncated|was cut)|view entire message"
    r"|meddelandet (?:har kortats|är avkortat)|visa hela meddelandet)",
    re.IGNORECASE,
)
_PGP = re.compile(r"-----BEGIN PGP MESSAGE-----.*?(?:-----END PGP MESSAGE-----|\Z)", re.DOTALL)
_PGP_SIGNED = re.compile(r"-----BEGIN PGP SIGNED MESSAGE-----\n(?:[A-Za-z-]+: .*\n)*\n?")
_PGP_SIGNATURE = re.compile(r"-----BEGIN PGP SIGNATURE-----.*?(?:-----END PGP SIGNATURE-----|\Z)", re.DOTALL)


def why_unread(part: Message) -> str:
    """Why the words of one part of a mail can't be read; empty where it is no such part."""
    kind, name = part.get_content_type(), (part.get_filename() or "").lower()
    if kind in _HARMLESS or name.endswith((".p7s", "signature.asc")):
        return ""
    if kind in _BY_TYPE:
        return _BY_TYPE[kind]
    if by_name := next((words for ending, words in _BY_ENDING.items() if name.endswith(ending)), ""):
        return by_name
    if not kind.startswith(_NOT_TEXT):
        return ""
    return _by_content(part, name[:80])


def why_not_here(text: str) -> str:
    """Why a text says that the words are elsewhere; empty where it says nothing of the kind."""
    if _ELSEWHERE.search(text):
        return f"its words may be in a protected message behind a link; {_OPEN}"
    return "it was cut off on the way" if _CUT.search(text) else ""


def is_whole(why: str) -> bool:
    """Whether a part that can't be read is the mail itself in another form, and not a file beside its words."""
    return why in {*_BY_TYPE.values(), *_BY_ENDING.values()}


def _by_content(part: Message, name: str) -> str:
    content = part.get_payload(decode=True)
    content = content[:4096] if isinstance(content, bytes) else b""
    if content.startswith(_TNEF):
        return _BY_TYPE["application/ms-tnef"]
    if b"/Encrypt" in content or (content.startswith(_ZIP) and len(content) > 6 and content[6] & _ENCRYPTED_ZIP):  # noqa: PLR2004
        return f"what it says is in a file with a password ({name or 'attached'})"
    if content.startswith(_OLE):
        return f"what it says is in an Office or Outlook file ({name or 'attached'}), which is not read here"
    if part.get_content_maintype() == "image":
        return f"what it says is a picture ({name or 'attached'})"
    return f"what it says is in an attached file ({name or part.get_content_type()})"


def without_armour(text: str) -> tuple[str, bool]:
    """The text without the frame of a PGP signature; and whether a part of it is encrypted, which is left out."""
    text = _PGP_SIGNATURE.sub("", _PGP_SIGNED.sub("", text))
    return _PGP.sub("", text), bool(_PGP.search(text))

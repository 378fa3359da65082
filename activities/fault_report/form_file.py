"""An organisation's form as it comes: made ready to be opened, or refused with what to save it as.

Templates (.dotx) become documents. A relation to a part that is not there (Word writes the target ``NULL`` for a lost
picture) would keep the file from being opened at all: it becomes a link to the outside, or goes where nothing uses it.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from urllib.parse import unquote

from docx.opc.oxml import serialize_part_xml
from docx.oxml import parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement

SAVE_AS = "open it in Word and save it as Word Document (*.docx)"
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TYPES = "[Content_Types].xml"
_ROOT = "_rels/.rels"
_PROPERTIES = b"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
_LIBREOFFICE_PROPERTIES = (
    b"http://schemas.openxmlformats.org/officedocument/2006/relationships/metadata/core-properties"
)
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_TEMPLATE = "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"
_STRICT = b"http://purl.oclc.org/ooxml/"
_OTHER_PACKAGES = {
    "content.xml": "an OpenDocument file (.odt)",
    "xl/workbook.xml": "an Excel workbook",
    "ppt/presentation.xml": "a PowerPoint file",
    "Index/Document.iwa": "a Pages document",
}


class UnusableForm(Exception):
    """The organisation's docx or mapping can't be used; the message says what to correct."""


def readable(content: bytes) -> bytes:
    """The same form, ready to be opened. Raises ``UnusableForm``, or ``zipfile.BadZipFile`` for what is no zip."""
    if other := _other_file(content):
        raise UnusableForm(other)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        if any(entry.flag_bits & 1 for entry in package.infolist()):
            raise UnusableForm(f"it is protected by a password: {SAVE_AS} without one")
        names = package.namelist()
        parts = {name: package.read(name) for name in names}
    if other := _other_package(parts):
        raise UnusableForm(other)
    ready = _linked(_with_known_properties(_as_document(parts)))
    return content if ready == parts and len(names) == len(parts) else _packed(ready)


def _other_file(content: bytes) -> str | None:
    """What a file that is no zip is, as far as its first bytes say, and what to do about it."""
    if content.startswith(_COMPOUND_FILE):
        return _compound_file(content)
    start = content[:200].lstrip(b"\xef\xbb\xbf \r\n\t")
    kinds = {b"{\\rtf": "an RTF file", b"%PDF": "a PDF", b"<": "a web page or an XML file"}
    kind = next((kind for mark, kind in kinds.items() if start.startswith(mark)), None)
    return f"it is {kind}: {SAVE_AS}" if kind else None


def _compound_file(content: bytes) -> str:
    """Word encrypts a docx into the container of its old format: the names of the streams tell which one it is."""
    unprotected = (
        "open it in Word, take the password or the label off (File, Info, Protect Document) and save it as Word "
        "Document (*.docx)"
    )
    if "EncryptedPackage".encode("utf-16-le") in content:
        return f"it is protected by a password or a label: {unprotected}"
    if "WordDocument".encode("utf-16-le") in content:
        return f"it is an old Word document (.doc): {SAVE_AS}"
    return f"it is protected by a password, or an old Word document (.doc): {unprotected}"


def _other_package(parts: dict[str, bytes]) -> str | None:
    """What a zip is if it isn't the document that python-docx reads, and what to do about it."""
    kind = next((kind for name, kind in _OTHER_PACKAGES.items() if name in parts), None)
    if kind:
        return f"it is {kind}: {SAVE_AS}"
    if _STRICT in parts.get(_ROOT, b"") or _STRICT in parts.get("word/document.xml", b"")[:4000]:
        return f'it is saved as "Strict Open XML Document": {SAVE_AS}, not as the strict one'
    if b"macroEnabled" in parts.get(_TYPES, b"") or "word/vbaProject.bin" in parts:
        return f"it holds macros (.docm, .dotm): {SAVE_AS}"
    return None


def _as_document(parts: dict[str, bytes]) -> dict[str, bytes]:
    """A template (.dotx) as a document; anything else as it is."""
    types = parts.get(_TYPES, b"")
    return parts | {_TYPES: types.replace(_TEMPLATE.encode(), _MAIN.encode())} if _TEMPLATE.encode() in types else parts


def _with_known_properties(parts: dict[str, bytes]) -> dict[str, bytes]:
    """The relation to the properties by its usual name: python-docx would write a second part beside LibreOffice's."""
    return parts | {_ROOT: parts[_ROOT].replace(_LIBREOFFICE_PROPERTIES, _PROPERTIES)} if _ROOT in parts else parts


def _linked(parts: dict[str, bytes]) -> dict[str, bytes]:
    """The parts, without relations to what is not there."""
    linked = dict(parts)
    for name, content in parts.items():
        if not name.endswith(".rels"):
            continue
        folder, file = posixpath.split(posixpath.dirname(name))[0], posixpath.basename(name).removesuffix(".rels")
        relations = parse_xml(content)
        lost = [each for each in relations if isinstance(each.tag, str) and _is_lost(each, folder, parts)]
        for relation in lost:
            _let_go(relation, parts.get(posixpath.join(folder, file), b""))
        if lost:
            linked[name] = serialize_part_xml(relations)
    return linked


def _is_lost(relation: BaseOxmlElement, folder: str, parts: dict[str, bytes]) -> bool:
    if relation.get("TargetMode") == "External":
        return False
    target = unquote(relation.get("Target") or "")
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/") not in parts


def _let_go(relation: BaseOxmlElement, source: bytes) -> None:
    """Make a lost relation a link to nowhere where its part uses it; else take it out."""
    kind, used = (relation.get("Type") or "").rpartition("/")[2], f'"{relation.get("Id")}"'.encode() in source
    if kind in {"header", "footer", "officeDocument"}:
        raise UnusableForm(f"it is damaged (its {kind} is not there): {SAVE_AS}")
    if used:
        relation.set("TargetMode", "External")
    elif (parent := relation.getparent()) is not None:
        parent.remove(relation)


def _packed(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return target.getvalue()

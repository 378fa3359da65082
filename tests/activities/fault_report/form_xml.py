"""Forms as other people make them: a docx around the XML of its body, and its parts changed by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

NAMESPACES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
        "w15": "http://schemas.microsoft.com/office/word/2012/wordml",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "v": "urn:schemas-microsoft-com:vml",
    }.items()
)


def run(text: str, look: str = "") -> str:
    return f'<w:r>{look and f"<w:rPr>{look}</w:rPr>"}<w:t xml:space="preserve">{text}</w:t></w:r>'


def cell(inside: str = "", properties: str = "") -> str:
    """A cell; a text without tags is one run."""
    inside = inside if inside.startswith("<") else run(inside)
    inside = (
        inside if inside.startswith(("<w:p>", "<w:p ", "<w:tbl", "<w:sdt><w:sdtPr><w:b")) else f"<w:p>{inside}</w:p>"
    )
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    written = (each if each.startswith(("<w:tc", "<w:sdt", "<w:customXml")) else cell(each) for each in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(written)}</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def control(text: str, properties: str = "", inside: str = "") -> str:
    """A content control."""
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{inside or run(text)}</w:sdtContent></w:sdt>"


def legacy(text: str, kind: str = "FORMTEXT", data: str = '<w:textInput><w:default w:val="x"/></w:textInput>') -> str:
    """A form field of old Word."""
    begin = f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:name w:val="T1"/>{data}</w:ffData></w:fldChar></w:r>'
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    return (
        f'{begin}<w:r><w:instrText xml:space="preserve"> {kind} </w:instrText></w:r>{mark.format("separate")}'
        f"{run(text)}{mark.format('end')}"
    )


TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
MAIN = (
    '<Relationship Id="rId1" Target="word/document.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/>'
)


def form(body: str) -> bytes:
    """The smallest docx with this body."""
    return packed(
        {
            "[Content_Types].xml": TYPES.encode(),
            "_rels/.rels": RELATIONS.format(MAIN).encode(),
            "word/_rels/document.xml.rels": RELATIONS.format("").encode(),
            "word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>".encode(),
        }
    )


def packed(parts: Mapping[str, bytes]) -> bytes:
    """A zip of these parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return target.getvalue()


def changed(content: bytes, change: Mapping[str, Callable[[bytes], bytes]]) -> bytes:
    """The docx with some of its parts changed; a part that is not there is made from nothing."""
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    return packed(parts | {name: made(parts.get(name, b"")) for name, made in change.items()})

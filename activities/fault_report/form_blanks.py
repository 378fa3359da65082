"""What is to be filled in somebody else's docx: empty cells, example texts, content controls, form fields of old Word.

A text that stands in a control or in a form field (FORMTEXT, MERGEFIELD) is a default: it is replaced. A text of its
own is replaced only where it says that something is to be written there ("esim. Kunta", "pp.kk.vvvv").
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.text.paragraph import CT_P
from docx.oxml.text.run import CT_R
from docx.oxml.xmlchemy import BaseOxmlElement

_NOTHING = re.compile(r"[\s_.…·:‐‑–—-]*")
_WANTED = (
    r"(esim\b|esimerk|kirjoita|täytä|syötä|klikkaa|napsauta|t\.? ?ex\b|exempel|skriv|fyll i|klicka|"
    r"e\.g\b|for example|example\b|click|tap (here|to)|type (here|your|in)|enter |fill in|write )"
)
_HINT = re.compile(
    rf"(?!(esimerkki|exempel|example)\W*$){_WANTED}.*|\(\s*{_WANTED}.*\)|.*\b(tähän|tästä|här|here)\b.*|[\[<«‹].*[\]>»›]"
    r"|(?=.*(?P<letter>[pdvyåh])(?P=letter))[pdkmvyåht.:/\s-]*(klo|kl\.?)?[pdkmvyåht.:/\s-]*|[x\s./-]*xx[x\s./-]*",
    re.IGNORECASE | re.DOTALL,
)
_NOT_OURS = re.compile(
    r"\b(älä|täyttää|vastaanottajan|inte|ej|fylls|mottagarens|do not|don.t|office use|filled in by)\b", re.IGNORECASE
)
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_W15 = "{http://schemas.microsoft.com/office/word/2012/wordml}"
_NO_TEXT = (
    *(qn("w:picture"), qn("w:group"), qn("w:docPartObj"), qn("w:docPartList"), qn("w:citation"), qn("w:bibliography")),
    *(qn("w:equation"), f"{_W14}checkbox", f"{_W15}repeatingSection", f"{_W15}repeatingSectionItem"),
)
_PICTURES = (qn("w:drawing"), qn("w:pict"), qn("w:object"))
_HINT_STYLES = {"PlaceholderText", "Paikkamerkkiteksti", "Platshllartext"}
"""As English, Finnish and Swedish Word name the style of a hint."""
_UNSEEN = (qn("w:vanish"), qn("w:webHidden"))
_OF_HINTS = (qn("w:color"), qn("w:i"), qn("w:iCs"), qn("w:highlight"))
_FIELDS = re.compile(r"\s*(FORMTEXT|MERGEFIELD)\b", re.IGNORECASE)
_TEXT_BOX = qn("w:txbxContent")


@dataclass(frozen=True)
class Blank:
    """A control or a form field, as the elements that are replaced."""

    elements: tuple[BaseOxmlElement, ...]


def text_of(unit: BaseOxmlElement) -> str:
    """The text that a reader sees in a cell or paragraph, without hints, nested tables and text boxes."""
    hints = {t for control in unit.iter(qn("w:sdt")) if shows_hint(control) for t in control.iter(qn("w:t"))}
    return _joined(unit, hints)


def label_of(unit: BaseOxmlElement) -> str:
    """What labels a cell or paragraph: its text beside the blanks in it; all of it where there is nothing beside."""
    text = _beside_blanks(unit)
    text = text if not _NOTHING.fullmatch(text) else text_of(unit)
    return "" if _NOTHING.fullmatch(text) else text


def shows_hint(control: BaseOxmlElement) -> bool:
    """Whether a content control shows a hint, which Word takes away when somebody types."""
    return control.find(f"{qn('w:sdtPr')}/{qn('w:showingPlcHdr')}") is not None


def asks_for_itself(unit: BaseOxmlElement) -> bool:
    """Whether a cell holds a label and, beside it, the blank that it labels."""
    return bool(blanks_in(unit)) and not _NOTHING.fullmatch(_beside_blanks(unit))


def blanks_in(unit: BaseOxmlElement) -> list[Blank]:
    """The controls and form fields for text in a cell or paragraph, outermost ones only."""
    found, taken = list[Blank](), set[BaseOxmlElement]()
    for control in _own(unit, qn("w:sdt")):
        if not taken & {*control.iterancestors()} and _is_for_text(control):
            taken.add(control)
            found.append(Blank((control,)))
    return [*found, *_form_fields(unit, taken)]


def is_free(cell: BaseOxmlElement) -> bool:
    """Whether something may be written into a cell: it holds nothing, a blank, or a text that asks for it."""
    if any(True for _ in cell.iter(qn("w:tbl"), *_PICTURES, f"{_W14}checkbox", qn("w:checkBox"))):
        return False
    if _NOT_OURS.search(_joined(cell, set())):
        return False
    return bool(_NOTHING.fullmatch(_beside_blanks(cell))) or is_hint(_beside_blanks(cell))


def is_hint(text: str) -> bool:
    """Whether a text says that something is to be written in its place."""
    return bool(_HINT.fullmatch(text.strip()))


def put(cell: BaseOxmlElement, text: str) -> None:
    """Write a text into a free cell, in the format of what stood there first (underscores, say)."""
    new = _paragraph(next(cell.iter(qn("w:p")), None), text)
    for element in [*cell]:
        if element.tag != qn("w:tcPr"):
            cell.remove(element)
    cell.append(new)


def fill(blank: Blank, text: str) -> None:
    """Write a text in the place of a control or field, which goes: what Word stores elsewhere can't come back."""
    first = blank.elements[0]
    paragraph = next(first.iter(qn("w:p")), None)
    first.addprevious(_run(first, text) if paragraph is None else _paragraph(paragraph, text))
    for element in blank.elements:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)


def unbind(root: BaseOxmlElement) -> None:
    """Take from controls that hold a placeholder what makes Word show something else: data binding, hint, date."""
    for control in root.iter(qn("w:sdt")):
        properties = control.find(qn("w:sdtPr"))
        if properties is None or "{{" not in "".join(t.text or "" for t in control.iter(qn("w:t"))):
            continue
        for name in (qn("w:dataBinding"), f"{_W15}dataBinding", qn("w:showingPlcHdr")):
            for element in properties.findall(name):
                properties.remove(element)
        for date in properties.findall(qn("w:date")):
            date.attrib.pop(qn("w:fullDate"), None)


def _joined(unit: BaseOxmlElement, without: set[BaseOxmlElement]) -> str:
    paragraphs = [unit] if unit.tag == qn("w:p") else [*_own(unit, qn("w:p"))]
    lines = ("".join(t.text or "" for t in _own(p, qn("w:t")) if t not in without) for p in paragraphs)
    return "\n".join(lines).strip()


def _beside_blanks(unit: BaseOxmlElement) -> str:
    inside = {t for blank in blanks_in(unit) for element in blank.elements for t in element.iter(qn("w:t"))}
    return _joined(unit, inside)


def _own(unit: BaseOxmlElement, tag: str) -> Iterator[BaseOxmlElement]:
    """The elements of a cell or paragraph that stand in no table or text box inside it."""
    for element in unit.iter(tag):
        inner = (above for above in element.iterancestors() if above.tag in {qn("w:tc"), _TEXT_BOX} or above is unit)
        if next(inner, None) is unit and element is not unit:
            yield element


def _is_for_text(control: BaseOxmlElement) -> bool:
    properties = control.find(qn("w:sdtPr"))
    if properties is None or control.find(qn("w:sdtContent")) is None:
        return False
    lock = properties.find(qn("w:lock"))
    is_locked = lock is not None and lock.get(qn("w:val")) in {"contentLocked", "sdtContentLocked"}
    return not is_locked and not any(properties.find(name) is not None for name in _NO_TEXT)


def _form_fields(unit: BaseOxmlElement, taken: set[BaseOxmlElement]) -> Iterator[Blank]:
    """The text fields of a cell or paragraph that stand in no control that was taken; each within one paragraph."""
    for paragraph in [unit] if unit.tag == qn("w:p") else [*_own(unit, qn("w:p"))]:
        if taken & {paragraph, *paragraph.iterancestors()}:
            continue
        yield from _complex_fields([*paragraph])
        for simple in paragraph.findall(qn("w:fldSimple")):
            if _FIELDS.match(simple.get(qn("w:instr")) or ""):
                yield Blank((simple,))


def _complex_fields(pieces: list[BaseOxmlElement]) -> Iterator[Blank]:
    """The fields among the pieces of a paragraph: each from its begin to its end."""
    depth, start = 0, 0
    for number, piece in enumerate(pieces):
        for mark in piece.iter(qn("w:fldChar")):
            kind = mark.get(qn("w:fldCharType"))
            if kind == "begin":
                start = number if depth == 0 else start
                depth += 1
            elif kind == "end" and depth:
                depth -= 1
                whole = tuple(pieces[start : number + 1])
                said = "".join(i.text or "" for each in whole for i in each.iter(qn("w:instrText")))
                if depth == 0 and _FIELDS.match(said):
                    yield Blank(whole)


def _paragraph(old: BaseOxmlElement | None, text: str) -> CT_P:
    new: CT_P = OxmlElement("w:p")
    if old is not None:
        new.extend(copy.deepcopy(part) for part in old.findall(qn("w:pPr")))
    new.append(_run(old, text))
    return new


def _run(old: BaseOxmlElement | None, text: str) -> CT_R:
    run: CT_R = OxmlElement("w:r")
    if old is not None:
        was_hint = is_hint("".join(t.text or "" for t in old.iter(qn("w:t"))))
        for look in _look(old):
            mine = copy.deepcopy(look)
            for unlike in [mine.find(tag) for tag in (*_UNSEEN, *(_OF_HINTS if was_hint else ()))]:
                if unlike is not None:
                    mine.remove(unlike)
            run.append(mine)
    run.text = text
    return run


def _look(old: BaseOxmlElement) -> list[BaseOxmlElement]:
    """The format of the first run, else of the paragraph's own mark; never the grey of a hint."""
    looks = [
        *(old.findall(qn("w:rPr")) if old.tag == qn("w:r") else []),
        *old.iterfind(f".//{qn('w:r')}/{qn('w:rPr')}"),
        *old.iterfind(f"{qn('w:pPr')}/{qn('w:rPr')}"),
    ]
    return [look for look in looks if not _is_grey_hint(look)][:1]


def _is_grey_hint(look: BaseOxmlElement) -> bool:
    style = look.find(qn("w:rStyle"))
    return style is not None and style.get(qn("w:val")) in _HINT_STYLES

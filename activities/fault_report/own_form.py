"""Fills the organisation's own docx (Kela's real form, say) by a mapping of our fields to places in it.

The mapping is a TOML file::

    leave_out = ["unit_oid"]                      # fields of ours that this form deliberately doesn't have

    [fields]
    organisation = "{{ organisaatio }}"           # a placeholder of the docx
    phone = "Puhelin"                             # the label of a table cell; the value goes beside it, else below
    email = ["Sähköposti", "E-post"]              # several wordings of one label
    contact_person = "Nimi [2]"                   # the second cell with this label
    other_information = "Lisätiedot"              # everything that has no place of its own

A ``labels`` beside ``leave_out`` names texts that are labels without a field of ours ("For the receiver"): only where
the cell beside a label is a label, too, the value goes below.

A wrong mapping never leads to a form that is silently incomplete: ``form_places`` lists what is wrong, ``own_form``
refuses.
"""

from __future__ import annotations

import io
import re
import tomllib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import docx
from docx.document import Document
from docx.opc.exceptions import OpcError
from docx.opc.part import XmlPart
from docx.oxml.xmlchemy import BaseOxmlElement
from jinja2 import TemplateError
from pydantic import ConfigDict, Field, ValidationError

from activities.documents.docx_file import filled, marked, placeholders, repeatable, saved
from activities.edited_file import read_edited
from activities.fault_report.form_blanks import unbind
from activities.fault_report.form_file import SAVE_AS, UnusableForm, readable
from activities.fault_report.label_cells import Labelled, Target, Where, find_label, labelled_places
from workflows.procedure.incident.report_form import ALL_FIELDS, FORM
from workflows.procedure.model import Model

REST = "other_information"
_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_BROKEN = (
    *(TemplateError, OpcError, SyntaxError, zipfile.BadZipFile, OSError),  # lxml's faults are SyntaxErrors
    *(ArithmeticError, AttributeError, LookupError, TypeError, ValueError),  # what expressions in a template may raise
)


class FormMapping(Model):
    """Which of our fields goes where."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fields: dict[str, str | tuple[str, ...]] = Field(min_length=1)
    leave_out: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    """Texts of the docx that are labels although no field of ours goes there."""

    def wordings(self, field: str) -> tuple[str, ...]:
        """The wordings of a field's place, in order of preference."""
        place = self.fields[field]
        return (place,) if isinstance(place, str) else place

    def known_labels(self) -> list[str]:
        """Every text that is a label for sure: those of the mapping, and what our own form calls its fields."""
        named = [wording for field in self.fields for wording in self.wordings(field) if "{{" not in wording]
        ours = [label for field in ALL_FIELDS.values() for label in (field.label.fi, field.label.sv, field.label.en)]
        return [*named, *self.labels, *ours]


class Spot(Where):
    """Where one field goes, and the placeholder or label by which it was found, as it stands in the docx."""

    label: str


class FormPlaces(Model):
    """Where the fields go in a docx, and what is wrong."""

    spots: dict[str, Spot] = Field(default_factory=dict)
    """Our field and where it goes."""
    not_found: dict[str, str] = Field(default_factory=dict)
    ambiguous: dict[str, str] = Field(default_factory=dict)
    """Fields whose label stands at several cells."""
    doubled: tuple[str, ...] = ()
    """Fields whose place another field has taken already."""
    unknown_fields: tuple[str, ...] = ()
    unknown_placeholders: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    """Required fields that are neither mapped nor left out on purpose."""
    unplaced: tuple[str, ...] = ()
    """Optional fields that are neither mapped nor left out: nothing is wrong, but what they hold will not be told."""

    @property
    def found(self) -> dict[str, str]:
        """Our field and the placeholder or the label, as it stands in the docx."""
        return {field: spot.label for field, spot in self.spots.items()}

    def problems(self) -> tuple[str, ...]:
        """What is wrong, one sentence each; empty where the form can be filled."""
        needed = ", ".join(f"{field} ({ALL_FIELDS[field].label.fi})" for field in self.needed)
        several = "several cells are labelled so; say which, as in"
        return (
            *(f"{field!r} is not a field of the report" for field in self.unknown_fields),
            *(f"{field!r} finds no place: the docx has no free {place}" for field, place in self.not_found.items()),
            *(f'{field!r}: {several} "{label} [2]"' for field, label in self.ambiguous.items()),
            *(f"{field!r} goes where another field goes already" for field in self.doubled),
            *(f"the docx asks for {{{{ {name} }}}}, which no field fills" for name in self.unknown_placeholders),
            *(
                [f"required, but without a place: {needed}; map them or {REST}, or list them in leave_out"]
                * bool(needed)
            ),
        )


@dataclass(frozen=True)
class _Place:
    """Where one field goes: under the name of a placeholder, or into a cell."""

    wording: str
    target: str | Target

    def spot(self) -> BaseOxmlElement | str:
        """What may be taken once only: the name of a placeholder, a cell, or a blank in one."""
        if isinstance(self.target, str):
            return self.target
        return self.target.blank.elements[0] if self.target.blank else self.target.spot

    def said(self) -> Spot:
        """The place in words."""
        where = Where(how="placeholder") if isinstance(self.target, str) else self.target.where
        return Spot(label=self.wording, **where.model_dump())


@dataclass(frozen=True)
class _Several:
    """A label that alone doesn't say which cell is meant."""

    wording: str


@dataclass(frozen=True)
class _Nowhere:
    """No place: the wordings that were looked for, and what stands in the way of the one that was found."""

    wordings: str


def form_places(template: Path, mapping: Path) -> FormPlaces:
    """Where each field would go, for ``kantadesk doctor``. Raises ``UnusableForm`` where a file can't be read."""
    return _prepared(template, read_mapping(mapping))[2]


def own_form(template: Path, mapping: Path, values: Mapping[str, str], mark: str = "") -> bytes:
    """The organisation's docx, filled. Raises ``UnusableForm`` rather than leave out what the report must say.

    ``mark``: a line that stands at the head of every page, such as that of a drill.
    """
    chosen = read_mapping(mapping)
    document, places, found = _prepared(template, chosen)
    if problems := found.problems():
        raise UnusableForm(f"{template.name} with {mapping.name}: {'; '.join(problems)}")
    told = {**values, REST: _rest(values, chosen)}
    context: dict[str, str] = {}
    for field, place in places.items():
        name = place.target if isinstance(place.target, str) else f"kantadesk_{field}"
        context[name] = told.get(field, "")
        if isinstance(place.target, Target):
            place.target.write(f"{{{{ {name} }}}}")
    for part in document.part.package.iter_parts():
        if isinstance(part, XmlPart):
            unbind(part.element)
    try:
        content = filled(saved(document), context)
        return repeatable(marked(content, mark) if mark else content)
    except _BROKEN as fault:
        raise UnusableForm(f"{template.name} can't be filled: {fault}") from fault


def read_mapping(path: Path) -> FormMapping:
    """The mapping in a TOML file. Raises ``UnusableForm`` with the place of the mistake."""
    try:
        return FormMapping.model_validate(tomllib.loads(read_edited(path)))
    except OSError as fault:
        raise UnusableForm(f"{path} can't be read: {fault.strerror}") from fault
    except ValidationError as fault:
        faults = "; ".join(f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in fault.errors())
        raise UnusableForm(f"{path.name}: {faults}") from fault
    except ValueError as fault:  # not TOML, not UTF-8
        raise UnusableForm(f"{path.name}: {fault}") from fault


def _prepared(template: Path, mapping: FormMapping) -> tuple[Document, dict[str, _Place], FormPlaces]:
    """The docx, opened, with the place of each field that has one."""
    try:
        content = readable(template.read_bytes())
        names = placeholders(content)
        document = docx.Document(io.BytesIO(content))
        cells = labelled_places(document, mapping.known_labels())
    except (UnusableForm, TemplateError) as fault:
        raise UnusableForm(f"{template} can't be read as a docx form: {fault}") from fault
    except _BROKEN as fault:
        to_do = "" if isinstance(fault, OSError) else f". If it can be opened in Word: {SAVE_AS}"
        raise UnusableForm(f"{template} can't be read as a docx form: {fault}{to_do}") from fault
    outcomes = {field: _place(mapping.wordings(field), names, cells) for field in mapping.fields if field in ALL_FIELDS}
    places = {field: outcome for field, outcome in outcomes.items() if isinstance(outcome, _Place)}
    targets = [place.spot() for place in places.values()]
    open_fields = [field for field in FORM.fields if field.id not in {*mapping.fields, *mapping.leave_out, REST}]
    return (
        document,
        places,
        FormPlaces(
            spots={field: place.said() for field, place in places.items()},
            not_found={field: o.wordings for field, o in outcomes.items() if isinstance(o, _Nowhere)},
            ambiguous={field: outcome.wording for field, outcome in outcomes.items() if isinstance(outcome, _Several)},
            doubled=tuple(f for number, (f, p) in enumerate(places.items()) if p.spot() in targets[:number]),
            unknown_fields=tuple(f for f in (*mapping.fields, *mapping.leave_out) if f not in ALL_FIELDS),
            unknown_placeholders=tuple(sorted(names - {target for target in targets if isinstance(target, str)})),
            needed=tuple(f.id for f in open_fields if f.must != "never" and REST not in mapping.fields),
            unplaced=tuple(f.id for f in open_fields if f.must == "never" and REST not in mapping.fields),
        ),
    )


def _place(wordings: tuple[str, ...], names: set[str], cells: list[Labelled]) -> _Place | _Several | _Nowhere:
    """The first wording that the docx has and whose place is free."""
    why = ""
    for wording in wordings:
        if placeholder := _PLACEHOLDER.fullmatch(wording.strip()):
            if placeholder[1] in names:
                return _Place(wording, placeholder[1])
        else:
            found = find_label(wording, cells)
            if len(found) > 1:
                return _Several(wording)
            if found and found[0].target is not None:
                return _Place(found[0].text, found[0].target)
            why = why or next((f" ({each.why_not})" for each in found), "")
    return _Nowhere(" or ".join(wordings) + why)


def _rest(values: Mapping[str, str], mapping: FormMapping) -> str:
    """What has no place of its own, as lines "label: value"; criteria one by one are told by ``criteria``."""
    return "\n".join(
        f"{field.label.fi}: {values[field.id]}"
        for field in FORM.fields
        if values.get(field.id) and field.id not in {*mapping.fields, *mapping.leave_out}
    )

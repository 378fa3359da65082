"""What a person typed, as the fields of a message: a JSON file, and the options beside it.

Lists and tables come piece by piece: ``--service PRESCRIPTION``, ``--criterion safety=yes``,
``--part safety.suspected=yes``, ``--controller "Ward Ltd <privacy@ward.example>"``. Every function raises ``Wrong``,
naming the option.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from difflib import get_close_matches
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from starter.language.fixed_lists import fixed
from starter.language.lists import FIXED, YES_NO_UNKNOWN
from starter.language.words import _, spoken
from starter.sending.options import MOMENTS, bare_type, option_name
from starter.terminal.asking import may_ask
from starter.terminal.day_words import plainly
from starter.terminal.errors import Wrong
from starter.terminal.output import clean
from starter.terminal.prompts import that_or_better
from starter.terminal.time_input import NotAMoment, NotYetToday, read_moment
from workflows.procedure.incident.criteria import VERSIONS
from workflows.procedure.services import SERVICES, ServiceId
from workflows.procedure.window import Window

LARGEST_FILE = 4_000_000
LONGEST_SHOWN = 40
"""Letters of what was typed that are said back where it is refused."""
AHEAD = ("starts_at", "ends_at")
"""Moments that lie ahead: a time without a day is the next such time, not the last."""
_NAME_AND_ADDRESS = re.compile(r"(?P<name>[^<>]*)<(?P<email>[^<>]*)>")
_EXAMPLES = {
    "--criterion": "--criterion safety=yes",
    "--reason": '--reason safety="dose can\'t be checked"',
    "--part": "--part safety.suspected=yes",
    "--plain-event": '--plain-event fi="Joku katsoi tietojasi ilman lupaa."',
}


def fields_typed(model: type[BaseModel], typed: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """The fields of a message, from the file and the options beside it; options win. ``at``: the present."""
    fields = from_json(typed["file"].read(LARGEST_FILE + 1)) if typed["file"] else {}
    return fields | _from_options(model, typed, at)


def from_json(content: bytes) -> dict[str, Any]:
    """The fields in a JSON file."""
    if len(content) > LARGEST_FILE:
        raise Wrong(_("--file: is longer than 4 million bytes; shorten the texts"))
    try:
        fields = json.loads(content)
    except (ValueError, RecursionError) as error:
        where = (
            _(" (line {lineno}, column {colno})", lineno=error.lineno, colno=error.colno)
            if isinstance(error, json.JSONDecodeError)
            else ""
        )
        raise Wrong(
            _("--file: is not JSON{where}; it must hold one object with the message's fields", where=where)
        ) from None
    if not isinstance(fields, dict):
        raise Wrong(_("--file: must hold one JSON object with the message's fields"))
    return fields


def _from_options(model: type[BaseModel], typed: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        if typed.get(name) not in (None, ()):
            after = fields.get("starts_at") if name == "ends_at" else None  # "--ends-at 08:00": after the start
            fields[name] = _value(name, bare_type(field.annotation), typed[name], at, after)
    return fields


def _value(name: str, kind: Any, typed: Any, at: datetime, after: datetime | None) -> Any:
    called = option_name(name)
    if get_origin(kind) is dict:
        pairs = _pairs(typed, called)
        if name in ("criteria", "parts"):
            pairs = {_criterion(each): _answer(value) for each, value in pairs.items()}
        return _nested(pairs, called) if get_origin(bare_type(get_args(kind)[1])) is dict else pairs
    if get_origin(kind) is tuple:
        return [_piece(bare_type(get_args(kind)[0]), text, called, at) for text in typed]
    if name == "joint_notifier" and len(whose := FIXED[name].named(typed)) == 1:  # another text is a name
        return whose[0]
    return moment(typed, at, called, ahead=name in AHEAD, after=after) if kind in MOMENTS else typed


def _pairs(typed: tuple[str, ...], called: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in typed:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            example = _EXAMPLES.get(called, "name=value")
            raise Wrong(_("{called}: is given as NAME=VALUE, for example {example}", called=called, example=example))
        if name.strip() in pairs:
            raise Wrong(_("{called}: {name} is given twice; give it once", called=called, name=name.strip()))
        pairs[name.strip()] = value.strip()
    return pairs


def _criterion(text: str) -> str:
    """The criterion, or a condition of it, by its id or how the id begins, where that is clear."""
    outer, dot, inner = text.partition(".")
    known = fixed({each.id: each.id for version in VERSIONS.values() for each in version.criteria})
    found = known.meant(outer)
    return f"{found[0] if len(found) == 1 else outer}{dot}{inner}"


def _answer(text: str) -> str:
    """Yes, no or unknown in any language; what is none of them stays."""
    found = YES_NO_UNKNOWN.meant(text)
    return found[0] if len(found) == 1 else text


def _nested(pairs: Mapping[str, str], called: str) -> dict[str, dict[str, str]]:
    nested: dict[str, dict[str, str]] = {}
    for name, value in pairs.items():
        outer, dot, inner = name.partition(".")
        if not dot:
            raise Wrong(
                _(
                    "{called}: is given as CRITERION.PART=ANSWER, for example {examples}",
                    called=called,
                    examples=_EXAMPLES[called],
                )
            )
        nested.setdefault(outer, {})[inner] = value
    return nested


def _piece(kind: Any, text: str, called: str, at: datetime) -> Any:
    if kind is ServiceId:
        return service_named(text, called)
    if kind is str or get_origin(kind) is Literal:
        return text
    return _window(text, called, at) if kind is Window else named_with_address(text)


def service_named(text: str, called: str = "--service") -> ServiceId:
    """The service with this id or name, current or old, in any language, or the one that has it in its name."""
    found = services_meant(text)
    if len(found) == 1:
        return found[0]
    if found:
        said = " / ".join(SERVICES[each].name.in_(spoken()) for each in found)
        raise Wrong(_("{called}: several services may be meant, {said}; give one", called=called, said=said))
    if close := service_close(text):
        service = SERVICES[close].name.in_(spoken())
        raise Wrong(_("{called}: this is not a Kanta service; did you mean {service}?", called=called, service=service))
    services = " / ".join(each.name.in_(spoken()) for each in SERVICES.values())
    raise Wrong(_("{called}: this is not a Kanta service; give one of {services}", called=called, services=services))


def service_close(text: str) -> ServiceId | None:
    """The service one of whose names is most like a text; None where none is."""
    close = get_close_matches(plainly(text), [*_NAMES], n=1, cutoff=AS_CLOSE_AS)
    return _NAMES[close[0]] if close else None


def services_meant(text: str) -> list[ServiceId]:
    """The services that a text may mean: by the whole of an id or name, else by a part of it."""
    wanted = plainly(text)
    if wanted in _NAMES:
        return [_NAMES[wanted]]
    if len(wanted) < SHORTEST_PART:
        return []
    begun = dict.fromkeys(each for name, each in _NAMES.items() if re.search(rf"(?:^|\W){re.escape(wanted)}", name))
    return [*(begun or dict.fromkeys(each for name, each in _NAMES.items() if wanted in name))]


AS_CLOSE_AS = 0.7
SHORTEST_PART = 3
"""Letters: less of a name is a slip of the hand."""
_NAMES: dict[str, ServiceId] = {plainly(name): each.id for each in SERVICES.values() for name in each.names()}
_NAMES |= {plainly(each): each for each in SERVICES}


def named_with_address(text: str) -> dict[str, str]:
    """A name, with an e-mail address in angle brackets where there is one: ``Ward Ltd <privacy@ward.example>``."""
    found = _NAME_AND_ADDRESS.fullmatch(text.strip())
    return {key: part.strip() for key, part in found.groupdict().items()} if found else {"name": text.strip()}


def _window(text: str, called: str, at: datetime) -> dict[str, datetime]:
    """A window of a break: "24.11.2026 06:00/07:30"."""
    start, slash, end = text.partition("/")
    if not slash:
        raise Wrong(_('{called}: is given as START/END, for example "24.11.2026 06:00/07:30"', called=called))
    starts_at = moment(start.strip(), at, called, ahead=True)
    return {"starts_at": starts_at, "ends_at": moment(end.strip(), at, called, ahead=True, after=starts_at)}


def moment(text: str, at: datetime, called: str, *, ahead: bool = False, after: datetime | None = None) -> datetime:
    """A typed moment (``read_moment``); one that has not come yet today is asked about where somebody can answer.

    ``called``: the option that gave it; empty where it was typed at a question.
    """
    try:
        return read_moment(text, at, ahead=ahead, after=after)
    except NotYetToday as fault:
        if may_ask() and (meant := that_or_better(fault, at)):
            return meant
        said, why = fault.clock, str(fault)
    except NotAMoment as fault:
        said, why = f'"{clean(text)[:LONGEST_SHOWN]}"' if text.strip() else "", str(fault)
    raise Wrong(" ".join(part for part in (f"{called}:" if called else "", said, why) if part))

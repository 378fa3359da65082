"""Options of a command, made from the fields of the message that it sends.

A field ``called_at`` is the option ``--called-at``. Lists and tables are given in pieces: ``--service PRESCRIPTION``,
``--criterion safety=yes``, ``--reason safety="..."``, ``--part safety.suspected=yes``,
``--controller "Ward Ltd <privacy@ward.example>"``.
"""

from __future__ import annotations

import re
import types
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import click
from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from starter.sending.field_help import FIELD_HELP
from starter.terminal.errors import Wrong
from starter.terminal.time_input import NotAMoment, read_moment
from workflows.procedure.services import SERVICES, ServiceId
from workflows.procedure.window import Window

PIECE = {
    "services": "service", "criteria": "criterion", "parts": "part", "kinds": "kind", "registers": "register",
    "controllers": "controller", "reasons": "reason", "windows": "window",
}  # fmt: skip
"""What one piece of a list or table is called."""
_MOMENTS = (datetime, AwareDatetime)
_QUIET = ("source",)  # for scripts: not shown in the help
_AHEAD = ("starts_at", "ends_at")
"""Moments that lie ahead: a time without a day is the next such time, not the last."""
_NAME_AND_ADDRESS = re.compile(r"(?P<name>[^<>]*)<(?P<email>[^<>]*)>")


def option_name(field: str) -> str:
    """The option by which a person gives a field: ``--called-at``."""
    return "--" + PIECE.get(field, field).replace("_", "-")


def options_for(model: type[BaseModel], leave_out: tuple[str, ...] = ()) -> list[click.Parameter]:
    """One option for each field of a message, in its order."""
    return [_option(model.__name__, name, field) for name, field in model.model_fields.items() if name not in leave_out]


def given(model: type[BaseModel], typed: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """What was typed, as the fields of a message. ``at``: the present. Raises ``Wrong`` naming the option."""
    fields: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        if typed.get(name) not in (None, ()):
            from_when = fields.get("starts_at", at) if name == "ends_at" else at  # "--ends-at 08:00": after the start
            fields[name] = _value(name, field, typed[name], from_when)
    return fields


def is_moment(field: FieldInfo) -> bool:
    """Whether a field is a point in time."""
    return _bare(field.annotation) in _MOMENTS


def _bare(annotation: Any) -> Any:
    """The type without ``None`` and without annotations."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return _bare(next(kind for kind in get_args(annotation) if kind is not types.NoneType))
    return annotation


def _option(model: str, name: str, field: FieldInfo) -> click.Option:
    called = option_name(name)
    shown: dict[str, Any] = {
        "help": FIELD_HELP.get(f"{model}.{name}") or FIELD_HELP[name],
        "hidden": name in _QUIET,
        "default": None,
    }
    spelt, kind = _spelt(_bare(field.annotation), called, name, field.default is False)
    return click.Option([*spelt, name], **shown, **kind)


def _spelt(bare: Any, called: str, name: str, is_switch: bool) -> tuple[list[str], dict[str, Any]]:
    """The spellings of an option, and what click must know of its kind."""
    if bare is bool:
        return ([called], {"is_flag": True}) if is_switch else ([f"{called}/--not-{called[2:]}"], {})
    if get_origin(bare) is Literal:
        return [called], {"type": click.Choice(get_args(bare), case_sensitive=False)}
    if get_origin(bare) is tuple:
        return list(dict.fromkeys([called, f"--{name}"])), {
            "multiple": True,
            **_kind_of_piece(_bare(get_args(bare)[0])),
        }
    if get_origin(bare) is dict:
        return [called], {"multiple": True, "metavar": "NAME=VALUE"}
    if bare is int:
        return [called], {"type": int, "metavar": "NUMBER"}
    spelt = [called, f"--{name}"] if name in PIECE else [called]
    return spelt, {"metavar": "WHEN" if bare in _MOMENTS else "TEXT"}


def _kind_of_piece(bare: Any) -> dict[str, Any]:
    if bare is ServiceId:
        return {"metavar": "SERVICE"}
    if bare is Window:
        return {"metavar": "START/END"}
    if bare is str:
        return {"metavar": "NAME"}
    if get_origin(bare) is Literal:
        return {"type": click.Choice(get_args(bare), case_sensitive=False)}
    return {"metavar": "NAME<EMAIL>"}


def _value(name: str, field: FieldInfo, typed: Any, at: datetime) -> Any:
    bare = _bare(field.annotation)
    if bare in _MOMENTS:
        return moment(typed, at, option_name(name), ahead=name in _AHEAD)
    if get_origin(bare) is tuple:
        return [_piece(_bare(get_args(bare)[0]), text, option_name(name), at) for text in typed]
    if get_origin(bare) is dict and get_origin(_bare(get_args(bare)[1])) is dict:
        return _nested(_pairs(typed, option_name(name)), option_name(name))
    if get_origin(bare) is dict:
        return _pairs(typed, option_name(name))
    return typed


def moment(text: str, at: datetime, called: str, *, ahead: bool = False) -> datetime:
    """A typed moment; raises ``Wrong`` naming the option."""
    try:
        return read_moment(text, at, ahead=ahead)
    except NotAMoment as fault:
        raise Wrong(f"{called}: {fault}") from None


def _piece(bare: Any, text: str, called: str, at: datetime) -> Any:
    if bare is ServiceId:
        return service_named(text, called)
    if bare is Window:
        return window(text, called, at)
    if bare is str or get_origin(bare) is Literal:
        return text
    return named_with_address(text)


def window(text: str, called: str, at: datetime) -> dict[str, datetime]:
    """A window of a break: "24.11.2026 06:00/07:30". Raises ``Wrong`` naming the option."""
    start, slash, end = text.partition("/")
    if not slash:
        raise Wrong(f'{called}: is given as START/END, for example "24.11.2026 06:00/07:30"')
    starts_at = moment(start.strip(), at, called, ahead=True)
    return {"starts_at": starts_at, "ends_at": moment(end.strip(), starts_at, called, ahead=True)}


def named_with_address(text: str) -> dict[str, str]:
    """A name, with an e-mail address in angle brackets where there is one: ``Ward Ltd <privacy@ward.example>``."""
    found = _NAME_AND_ADDRESS.fullmatch(text.strip())
    return {key: part.strip() for key, part in found.groupdict().items()} if found else {"name": text.strip()}


def service_named(text: str, called: str = "--service") -> ServiceId:
    """The service with this id or name, current or old, in any language; upper or lower case. Raises ``Wrong``."""
    wanted = text.strip().casefold()
    for service in SERVICES.values():
        if wanted == service.id.casefold() or wanted in (name.casefold() for name in service.names()):
            return service.id
    raise Wrong(f"{called}: this is not a Kanta service; give one of {', '.join(SERVICES)}")


def _pairs(typed: tuple[str, ...], called: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in typed:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise Wrong(f"{called}: is given as NAME=VALUE, for example {_EXAMPLES.get(called, 'name=value')}")
        if name.strip() in pairs:
            raise Wrong(f"{called}: {name.strip()} is given twice; give it once")
        pairs[name.strip()] = value.strip()
    return pairs


_EXAMPLES = {
    "--criterion": "--criterion safety=yes",
    "--reason": '--reason safety="dose can\'t be checked"',
    "--part": "--part safety.suspected=yes",
}


def _nested(pairs: Mapping[str, str], called: str) -> dict[str, dict[str, str]]:
    nested: dict[str, dict[str, str]] = {}
    for name, value in pairs.items():
        outer, dot, inner = name.partition(".")
        if not dot:
            raise Wrong(f"{called}: is given as CRITERION.PART=ANSWER, for example {_EXAMPLES[called]}")
        nested.setdefault(outer, {})[inner] = value
    return nested

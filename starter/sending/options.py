"""Options of a command, made from the fields of the message that it sends.

The field ``called_at`` is the option ``--called-at``. Lists and tables are given piece by piece:
``--service PRESCRIPTION``, ``--criterion safety=yes``. What was typed is read in ``starter.sending.values``.
"""

from __future__ import annotations

import types
from datetime import datetime
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import click
from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from starter.client.completions import completed
from starter.language.fixed_lists import FixedList, fixed
from starter.language.lists import list_of
from starter.language.words import N_
from starter.sending.field_help import FIELD_HELP
from starter.terminal.word_types import WordOf
from workflows.procedure.services import ServiceId
from workflows.procedure.window import Window

PIECE = {
    "services": "service", "criteria": "criterion", "parts": "part", "kinds": "kind", "registers": "register",
    "controllers": "controller", "reasons": "reason", "windows": "window",
    "systems": "system",
}  # fmt: skip
"""What one piece of a list or table is called."""
MOMENTS = (datetime, AwareDatetime)
NO_CODE = "kantadesk.no_code"
"""Where a command keeps that a person has said so."""
_QUIET = ("source",)  # for scripts: not shown in the help
_NOT_TYPED = ("through", "is_unverified")
"""What the command, or a process of ours, says itself."""


COMPLETED = {
    "services": "services", "not_affected": "services", "registers": "services", "criteria": "criteria",
    "contact": "contacts", "audience": "groups",
}  # fmt: skip
"""What a shell completes of the values."""


def option_name(field: str) -> str:
    """The option by which a person gives a field: ``--called-at``."""
    return "--" + PIECE.get(field, field).replace("_", "-")


def options_for(model: type[BaseModel], leave_out: tuple[str, ...] = ()) -> list[click.Parameter]:
    """One option for each field of a message, in its order."""
    left_out = (*leave_out, *_NOT_TYPED)
    named = [_option(model.__name__, name, field) for name, field in model.model_fields.items() if name not in left_out]
    return [*named, _no_code()]


def _no_code() -> click.Option:
    return click.Option(
        ["--no-code"],
        is_flag=True,
        expose_value=False,
        callback=lambda context, _, is_said: context.find_root().meta.update({NO_CODE: is_said}),
        help="What looks almost like an identity code is none.",
    )


def bare_type(annotation: Any) -> Any:
    """The type without ``None`` and without annotations."""
    if get_origin(annotation) is Annotated:
        return bare_type(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return bare_type(next(kind for kind in get_args(annotation) if kind is not types.NoneType))
    return annotation


def is_moment(field: FieldInfo) -> bool:
    """Whether a field is a point in time."""
    return bare_type(field.annotation) in MOMENTS


def _option(model: str, name: str, field: FieldInfo) -> click.Option:
    called = option_name(name)
    shown: dict[str, Any] = {
        "help": FIELD_HELP.get(f"{model}.{name}") or FIELD_HELP[name],
        "hidden": name in _QUIET,
        "default": None,
    }
    bare, is_switch = bare_type(field.annotation), field.default is False
    spelt, kind = _spelt(bare, called, name, list_of(model, name), is_switch=is_switch)
    if name in COMPLETED:
        kind |= {"shell_complete": completed(COMPLETED[name])}
    return click.Option([*spelt, name], **shown, **kind)


def _spelt(
    bare: Any, called: str, name: str, words: FixedList | None, *, is_switch: bool
) -> tuple[list[str], dict[str, Any]]:
    """The spellings of an option, and what click must know of its kind."""
    if bare is bool:
        return ([called], {"is_flag": True}) if is_switch else ([f"{called}/--not-{called[2:]}"], {})
    if get_origin(bare) is Literal:
        return [called], {"type": _word_of(words, get_args(bare))}
    if get_origin(bare) is tuple:
        return list(dict.fromkeys([called, f"--{name}"])), {
            "multiple": True,
            **_kind_of_piece(bare_type(get_args(bare)[0]), words),
        }
    if get_origin(bare) is dict:
        return [called], {"multiple": True, "metavar": N_("NAME=VALUE")}
    if bare is int:
        return [called], {"type": int, "metavar": N_("NUMBER")}
    spelt = [called, f"--{name}"] if name in PIECE else [called]
    return spelt, {"metavar": N_("WHEN") if bare in MOMENTS else N_("TEXT")}


def _kind_of_piece(bare: Any, words: FixedList | None) -> dict[str, Any]:
    if bare is ServiceId:
        return {"metavar": N_("SERVICE")}
    if bare is Window:
        return {"metavar": N_("START/END")}
    if bare is str:
        return {"metavar": N_("NAME")}
    if get_origin(bare) is Literal:
        return {"type": _word_of(words, get_args(bare))}
    return {"metavar": N_("NAME<EMAIL>")}


def _word_of(words: FixedList | None, ids: tuple[str, ...]) -> click.ParamType[Any]:
    return WordOf(words or fixed({each: each for each in ids}))

"""What is wrong with an input, in one line of plain words; what was typed is not repeated."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import click
from pydantic import BaseModel, ValidationError

from starter.language.fields import ids
from starter.language.heard import heard, heard_with_ids
from starter.language.words import Texts, _
from starter.sending.options import NO_CODE, option_name
from starter.terminal.errors import HoldsACode, Wrong
from starter.terminal.needed import with_example
from starter.terminal.output import clean
from workflows.procedure.model import HOLDS_A_CODE
from workflows.procedure.operating_model.mail_address import UnusableAddress, usable

_SAYINGS: Texts = {
    "missing": "is missing",
    "string_too_short": "must not be empty",
    "string_too_long": "is too long: at most {max_length} characters",
    "string_unicode": "is not valid text (UTF-8)",
    "string_type": "must be a text",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "literal_error": "must be one of {expected}",
    "timezone_aware": 'needs an offset, for example "2026-11-22T14:05+02:00"',
    "datetime_type": 'must be a time, for example "2026-11-22T14:05+02:00"',
    "datetime_parsing": 'is not a time; write for example "2026-11-22T14:05+02:00"',
    "datetime_from_date_parsing": 'is not a time; write for example "2026-11-22T14:05+02:00"',
    "dict_type": "must be an object {{name: value}}",
    "model_type": "must be an object {{name: value}}",
    "tuple_type": "must be a list",
    "too_short": "needs at least {min_length}",
    "too_long": "has too many: at most {max_length}",
    "string_pattern_mismatch": "may hold letters, digits, dot, dash and underscore only, 1 to 64 of them",
    "extra_forbidden": "is not a field of this message",
}


M = TypeVar("M", bound=BaseModel)


def checked(model: type[M], fields: Mapping[str, Any], called: Callable[[str], str] = option_name) -> M:
    """The message, if it is one; raises ``Wrong`` with every fault in one line."""
    try:
        message = model.model_validate(fields, extra="forbid")
    except ValidationError as error:
        said = in_plain_words(error, called, model.model_fields)
        lacking = [str(fault["loc"][0]) for fault in error.errors(include_url=False) if fault["type"] == "missing"]
        if lacking:
            said = with_example(said, click.get_current_context(silent=True), called(lacking[0]))
        for fault in error.errors(include_url=False, include_input=False):
            if HOLDS_A_CODE in fault["msg"]:
                raise HoldsACode(said, str(fault["loc"][0])) from None
        raise Wrong(said) from None
    _look_for_codes(message, called)
    if faults := [f"{called(field)}: {what}" for field, value in message for what in _unusable_addresses(value)]:
        raise Wrong("; ".join(faults[:5]))
    return message


def _look_for_codes(message: BaseModel, called: Callable[[str], str]) -> None:
    """Raises ``Wrong`` where a text holds an identity code, or may hold one and nobody says that it is none."""
    from workflows.procedure.identity_codes import doubts_in, identity_codes_in
    from workflows.process.reading import texts_of

    said = list(texts_of(message.model_dump(mode="json")))
    for name, text in said:
        if identity_codes_in(text):
            raise HoldsACode(f"{_called(name, called)}: {heard(HOLDS_A_CODE)}", _first(name))
    for name, text in said:
        if places := doubts_in(text):
            _ask_about(_called(name, called), text, places[0], _first(name))


def _first(name: str) -> str:
    return name.partition(".")[0]


def _called(name: str, called: Callable[[str], str]) -> str:
    first, *deeper = name.split(".")
    return " ".join([called(first), *deeper])


def _ask_about(field: str, text: str, place: tuple[int, int], name: str) -> None:
    """Ask in a terminal whether it is an identity code; elsewhere only the option says so."""
    context = click.get_current_context(silent=True)
    if context and context.find_root().meta.get(NO_CODE):
        return
    shown = clean(text[place[0] : place[1]])
    if sys.stdin.isatty():
        from starter.terminal.prompts import agree

        if agree(_("{field}: is {shown!r} a person's identity code?", field=field, shown=shown), default=True):
            raise HoldsACode(_("{field}: leave the identity code out; nothing was sent", field=field), name)
        return
    raise HoldsACode(
        _(
            "{field}: contains what may be a Finnish personal identity code, perhaps mistyped: leave it "
            "out; if it is none, say so with --no-code",
            field=field,
        ),
        name,
    )


def _unusable_addresses(value: Any) -> Iterator[str]:
    """What is wrong with the mail addresses of those in a list who will be written to (controllers).

    That of a reporter is only recorded: it never keeps an incident from being opened.
    """
    for number, each in enumerate(value if isinstance(value, tuple) else (), 1):
        try:
            if email := getattr(each, "email", None):
                usable(email)
        except UnusableAddress as fault:
            yield _("{number}: the e-mail address {fault}", number=number, fault=heard(str(fault)))


def in_plain_words(error: ValidationError, called: Callable[[str], str], known: Iterable[str] = ()) -> str:
    """Every fault of an input in one line. ``called``: what the person knows a field by (its option)."""
    faults = [_fault(fault, called) for fault in error.errors(include_url=False, include_input=False)[:5]]
    faults = [_by_option(fault, called, known) for fault in faults]
    if any(fault["type"] == "extra_forbidden" for fault in error.errors(include_url=False)):
        faults.append(_("known fields are {known}", known=", ".join(known)))
    return "; ".join(faults)


def _by_option(said: str, called: Callable[[str], str], known: Iterable[str]) -> str:
    """Fields that a rule names are called as a person knows them."""
    for field in known or ids():
        if "_" in field:
            said = re.sub(rf"(?<![\w-]){field}(?!\w)", called(field), said)
    return said


def _fault(fault: Mapping[str, Any], called: Callable[[str], str]) -> str:
    first, *deeper = (str(part) for part in fault["loc"]) if fault["loc"] else ("",)
    if first:
        return f"{' '.join([called(first), *deeper])}: {_saying(fault)}"
    raw = str(fault.get("ctx", {}).get("error", ""))
    field, colon, _rest = raw.partition(": ")  # a rule about the whole message names its field itself
    if colon and field.isidentifier():
        return f"{called(field)}: {_saying(fault).partition(': ')[2]}"
    return _saying(fault)


def _saying(fault: Mapping[str, Any]) -> str:
    context = fault.get("ctx", {})
    if pattern := _SAYINGS.get(fault["type"]):
        return _(pattern).format(**context)
    if "error" in context:
        return heard_with_ids(str(context["error"]))
    return heard_with_ids(str(fault["msg"]).removeprefix("Value error, "))

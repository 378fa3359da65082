"""In a terminal, every command asks for what it needs and was not given; each answer can be changed before it goes.

What is missing is what the message itself says is missing, in the order in which it says so: who was reached is asked
only of a call that reached somebody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError

from starter.language import names as names_of
from starter.language.fixed_lists import fixed
from starter.language.lists import list_of
from starter.language.moments import said_back
from starter.language.words import _, spoken
from starter.sending.field_help import FIELD_HELP
from starter.sending.field_questions import FIELD_QUESTIONS
from starter.sending.input_errors import in_plain_words
from starter.sending.options import MOMENTS, bare_type, option_name
from starter.sending.values import AHEAD, moment, service_close, services_meant
from starter.terminal import prompts
from starter.terminal.asking import may_ask
from starter.terminal.errors import Wrong
from starter.terminal.last_look import asked_of
from workflows.procedure.services import SERVICES, ServiceId


class _Need(Enum):
    NOTHING = "nothing"
    OTHER = "something that can't be asked for"


def with_what_is_missing(
    model: type[BaseModel],
    fields: Mapping[str, Any],
    at: datetime,
    keep: Callable[[Mapping[str, Any]], None] = lambda _answered: None,
    *,
    before: Iterable[str] = (),
) -> dict[str, Any]:
    """The fields, with what the message lacks asked for where somebody can answer. ``at``: the present.

    ``keep`` is given the fields after each answer. ``before``: fields that were answered in an earlier call, which are
    shown once more. What can't be asked for stays missing. Raises ``Wrong`` where the person does not want it to go.
    """
    given = dict(fields)
    if not may_ask():
        return given
    asked = [name for name in before if name in given and _can_be_asked(model, name)]
    while True:
        need = _needed(model, given)
        if isinstance(need, str):
            given[need] = _answer(model, need, at, given)
            asked.append(need)
            keep(given)
        elif not asked or (changed := _to_change(model, given, asked)) is None:
            return given
        else:
            del given[changed]
            given[changed] = _answer(model, changed, at, given)
            keep(given)


def asked_what_changes(
    model: type[BaseModel], names: Iterable[str], at: datetime, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Some of these fields, as a person chooses them by number, each with its answer; Enter ends it."""
    choices = {name: question_of(model, name) for name in names if _can_be_asked(model, name)}
    found: dict[str, Any] = {}
    while chosen := prompts.one_of(_("What changes? Its number (Enter: nothing more)"), choices):
        found[chosen] = _answer(model, chosen, at, {**given, **found})
    return found


def _needed(model: type[BaseModel], given: Mapping[str, Any]) -> str | _Need:
    """The first field that the message lacks and that can be asked for."""
    try:
        model.model_validate(given)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            named = fault["loc"][0] if fault["loc"] else _field_named(fault)
            if isinstance(named, str) and named not in given and _can_be_asked(model, named):
                return named
        return _Need.OTHER
    return _Need.NOTHING


def _field_named(fault: Any) -> str:
    """The field that a rule about the whole message names: "person: say who was reached"."""
    return str(fault.get("ctx", {}).get("error", "")).partition(": ")[0]


def _can_be_asked(model: type[BaseModel], name: str) -> bool:
    if name not in model.model_fields or _help(model, name) is None:
        return False
    bare = bare_type(model.model_fields[name].annotation)
    if get_origin(bare) is tuple:
        return bare_type(get_args(bare)[0]) is ServiceId
    return bare in (str, bool, int, *MOMENTS) or get_origin(bare) is Literal


def _answer(model: type[BaseModel], name: str, at: datetime, given: Mapping[str, Any]) -> Any:
    """One answer; asked again until the field takes it. ``given``: what was answered before."""
    field = model.model_fields[name]
    bare, question = bare_type(field.annotation), question_of(model, name)
    if bare is bool:
        return prompts.answer_yes_or_no(question)
    if get_origin(bare) is Literal:
        return prompts.choice(question, list_of(model.__name__, name) or fixed({each: each for each in get_args(bare)}))
    if get_origin(bare) is tuple:
        names = {str(entry.id): entry.name.in_(spoken()) for entry in SERVICES.values()}
        return prompts.picked(question, names, meant=services_meant, close=service_close)
    if bare in MOMENTS:
        start = given.get("starts_at") if name == "ends_at" else None
        return _moment(question, at, ahead=name in AHEAD, after=start if isinstance(start, datetime) else None)
    if bare is int:
        while (number := prompts.number(question)) is None:
            prompts.tell("  " + _("Something is needed here."))
        return number
    while not (typed := prompts.text(question, field.annotation)):
        prompts.tell("  " + _("Something is needed here."))
    return _contact_meant(typed, question) if name == "contact" else typed


def _contact_meant(typed: str, question: str) -> str:
    """The contact of this id, or of a name with this part; asked again until it is one."""
    known = names_of.contacts()
    while known and typed not in known:
        meant = prompts.parts_of(known)(typed)
        if len(meant) == 1:
            prompts.tell(f"    {known[meant[0]]}", faint=True)
            return meant[0]
        among = "; ".join(f"{known[each]} ({each})" for each in meant or known)
        prompts.tell("  " + _("Please give one of these: {among}", among=among))
        typed = prompts.line(question)
    return typed


def _moment(question: str, at: datetime, *, ahead: bool, after: datetime | None) -> datetime:
    while True:
        typed = prompts.text(question, str)
        try:
            given = moment(typed, at, "", ahead=ahead, after=after)
        except Wrong as fault:
            prompts.tell(f"  {fault.message}")
            continue
        prompts.tell(f"    {said_back(given)}", faint=True)
        return given


def _to_change(model: type[BaseModel], given: Mapping[str, Any], asked: list[str]) -> str | None:
    """Show the answers; which one is to be changed, None where it may go. Raises ``Wrong`` where it may not."""
    for number, name in enumerate(asked, 1):
        prompts.numbered(number, answered(model, name, in_words_of(model, name, given[name])))
    try:
        model.model_validate(given)
    except ValidationError as error:
        prompts.tell("  " + in_plain_words(error, option_name))
    changed = asked_of(len(asked))
    return None if changed is None else asked[changed]


def _help(model: type[BaseModel], name: str) -> str | None:
    return FIELD_HELP.get(f"{model.__name__}.{name}") or FIELD_HELP.get(name)


def question_of(model: type[BaseModel], name: str) -> str:
    """By what a field is asked for."""
    own = f"{model.__name__}.{name}"
    asked = FIELD_QUESTIONS.get(own) or (None if own in FIELD_HELP else FIELD_QUESTIONS.get(name))
    return _(asked) if asked else _(_help(model, name) or name).rstrip(".")


def answered(model: type[BaseModel], name: str, answer: str) -> str:
    """A field with what was answered, on one line."""
    asked, mark, _rest = question_of(model, name).partition("?")
    return f"{asked}? {answer}" if mark else f"{asked}: {answer}"


def in_words_of(model: type[BaseModel], name: str, value: Any) -> str:
    """The answer to a field, for people: the word of its list, the name of a contact, else as it is."""
    if name == "contact":
        return names_of.contact(value)
    known = list_of(model.__name__, name)
    if known and isinstance(value, str):
        return known.shown().get(value, value)
    return in_words(value)


def in_words(value: Any) -> str:
    """An answer, for people."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return said_back(value)
    if isinstance(value, list | tuple):
        known = names_of.BREACH_KINDS
        return ", ".join(_(known[each]) if each in known else names_of.services([each]) for each in map(str, value))
    return str(value)

"""Questions in a terminal. They go to stderr, so that stdout stays what a command answers."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Any

import click
from pydantic import TypeAdapter, ValidationError

from starter.language.fixed_lists import FixedList, fixed, plain
from starter.language.heard import heard
from starter.language.lists import NO, NOT_KNOWN, YES
from starter.language.moments import said_back
from starter.language.words import N_, Texts, _
from starter.terminal.day_words import plainly
from starter.terminal.output import clean
from starter.terminal.time_input import A_LITTLE_AHEAD, NotAMoment, NotYetToday, read_moment
from starter.terminal.wrapped import wrapped
from workflows.procedure.incident.criteria import Answer

ANSWERS: dict[str, Answer] = {
    **dict.fromkeys(YES, "yes"), **dict.fromkeys(NO, "no"), **{plain(each): "unknown" for each in NOT_KNOWN},
}  # fmt: skip
"""What is understood, whichever language the question is in; the words as ``plain`` writes them."""
NO_TEXTS: Texts = {}
GIVE_NUMBERS = N_("Please give one or more of the numbers above.")
AS_CLOSE_AS = 0.7
SHORTEST_PART = 3
"""Letters: less of a name is a slip of the hand."""
ROOM = 22
"""Columns that a question leaves to its answer, with the colon before it."""
WIDEST = 110
"""Columns; longer lines are hard to read."""
LONGEST_NUMBER = 8
"""Digits: more persons or records than that are a slip of the hand."""


def tell(text: str = "", *, strong: bool = False, faint: bool = False, hang: int = 0) -> None:
    """Write a line beside the questions; a long one is wrapped ``hang`` letters further in than it begins."""
    for line in clean(text, lines=True).split("\n"):
        click.echo(click.style(_wrapped(line, hang), bold=strong, dim=faint), err=True)


def numbered(number: int, text: str) -> None:
    """Write a line of a numbered list; what is wrapped stands below its text."""
    line = f"  {number:>2}  {text}"
    tell(line, hang=len(line) - len(text) - (len(line) - len(line.lstrip())))


def _wrapped(line: str, hang: int = 0) -> str:
    return wrapped(line, _width(), hang)


def _width() -> int:
    return min(shutil.get_terminal_size().columns, WIDEST)


def _with_options(question: str, options: str) -> str:
    """A question with what may be answered behind it; on a line of its own where that leaves room for the answer."""
    options, indent = options.strip(), " " * (len(question) - len(question.lstrip()))
    if len(question) + len(options) < _width() - ROOM:
        return f"{question} {options}"
    return f"{question}\n{indent}{options}"


def answer(question: str) -> Answer:
    """Yes, no or unknown; asked again until it is one of them."""
    while True:
        if given := understood(line(_with_options(question, _("{question} [y]es / [n]o / [u]nknown", question="")))):
            return given
        tell("  " + _("Please answer y, n or u."))


def answer_yes_or_no(question: str) -> bool:
    """Yes or no; asked again until it is one of them."""
    while True:
        given = understood(line(_with_options(question, _("{question} [y]es / [n]o", question=""))))
        if given in ("yes", "no"):
            return given == "yes"
        tell("  " + _("Please answer y or n."))


def agree(question: str, *, default: bool) -> bool:
    """Yes or no, with what Enter means."""
    while True:
        typed = line(yes_or_no(question, default=default))
        given = understood(typed)
        if not typed or given in ("yes", "no"):
            return given == "yes" if typed else default
        tell("  " + _("Please answer y or n."))


def understood(typed: str) -> Answer | None:
    """What a typed word answers, with or without its accents ("kylla"); None where it answers nothing."""
    return ANSWERS.get(plainly(typed).rstrip(".!"))


def yes_or_no(question: str, *, default: bool) -> str:
    """A question with what Enter means behind it."""
    return f"{question} [{_('Y/n') if default else _('y/N')}]"


def choice(question: str, choices: Texts | FixedList, default: str | None = None, means: Texts = NO_TEXTS) -> str:
    """One of a numbered list of words, by id: its number, or how its id or its word begins, where that is clear.

    ``means``: what stands behind a word, by id.
    """
    known = choices if isinstance(choices, FixedList) else fixed(choices)
    ids = known.ids()
    words = known.shown()
    for number, (each, word) in enumerate(words.items(), 1):
        numbered(number, f"{word}: {_(means[each])}" if each in means else word)
    asked = question + (" " + _("(Enter: {default})", default=words[default]) if default else "")
    while True:
        typed = line(asked)
        if not typed and default:
            return default
        if typed.isdecimal() and 0 < int(typed) <= len(ids):
            return ids[int(typed) - 1]
        if len(found := known.meant(typed)) == 1:
            return found[0]
        tell("  " + known.refusal(typed))


def text(question: str, kind: Any) -> str:
    """A line of free text that the message will accept (``kind``: the field's type); may be empty."""
    while True:
        typed = line(question)
        try:
            return str(TypeAdapter(kind).validate_python(typed))
        except ValidationError as error:
            if not typed:
                tell("  " + _("Something is needed here."))
                continue
            tell(f"  {heard(error.errors(include_input=False)[0]['msg'].removeprefix('Value error, '))}")


def moment(question: str, at: datetime, default: datetime | None = None) -> datetime | None:
    """A moment that is not in the future. ``at``: the present. Enter gives ``default``."""
    while True:
        typed = line(question)
        try:
            given = read_moment(typed, at) if typed else default
        except NotYetToday as fault:
            if (given := that_or_better(fault, at)) is None:
                continue
        except NotAMoment as fault:
            tell("  " + _("This {fault}.", fault=fault))
            continue
        if given is None:
            return None
        if given <= at + A_LITTLE_AHEAD:
            tell(f"    {said_back(given)}", faint=True)
            return given
        tell("  " + _("This lies in the future. Please give the time at which it happened."))


def that_or_better(fault: NotYetToday, at: datetime) -> datetime | None:
    """Yesterday's, where a time of the day that has not come yet meant that, or the better time that is typed.

    None where the answer is no. ``at``: the present.
    """
    while True:
        moment = said_back(fault.yesterday)
        question = _(
            "{said} has not come yet today. Did you mean yesterday, {moment}?", said=fault.clock, moment=moment
        )
        typed = line(yes_or_no(question, default=True))
        given = understood(typed)
        if not typed or given in ("yes", "no"):
            return fault.yesterday if not typed or given == "yes" else None
        try:
            return read_moment(typed, at)
        except NotYetToday as other:
            fault = other
        except NotAMoment:
            tell("  " + _("Please answer y or n, or give the time with its day."))


def number(question: str) -> int | None:
    """A whole number from 0; None where it is left out."""
    while True:
        typed = line(question).replace(" ", "")
        if not typed:
            return None
        if typed.isdecimal() and len(typed) <= LONGEST_NUMBER:
            return int(typed)
        tell("  " + _("Please give a whole number, for example 40; an estimate is enough."))


def picked(
    question: str,
    names: Mapping[str, str],
    default: Sequence[str] = (),
    meant: Callable[[str], Sequence[str]] = lambda _text: (),
    close: Callable[[str], str | None] | None = None,
) -> list[str]:
    """One or more of a numbered list, given by numbers, names or ids; Enter gives ``default``, where there is one.

    ``meant``: what a name, or a part of one, may mean. ``close``: what one that is none may have been meant to be.
    """
    ids, by_id = list(names), {entry.casefold(): entry for entry in names}
    for number, name in enumerate(names.values(), 1):
        numbered(number, name)
    while True:
        typed = line(question)
        if not typed and default:
            return list(default)
        chosen = [] if not typed else _chosen(typed, ids, by_id, meant)
        if chosen and all(word in names for word in chosen):
            return list(dict.fromkeys(chosen))
        typed = next((word for word in chosen if word not in names), "")
        tell("  " + (_which(typed, names, meant, close or close_in(names)) if typed else _(GIVE_NUMBERS)))


def _which(
    typed: str,
    names: Mapping[str, str],
    meant: Callable[[str], Sequence[str]],
    close: Callable[[str], str | None],
) -> str:
    """What to answer where a word of an answer is none of the list, or may be several of it."""
    numbers = {each: f"{number} {names[each]}" for number, each in enumerate(names, 1)}
    if several := [numbers[each] for each in meant(typed) if each in numbers]:
        return _("{typed!r} may be one of several: {among}. Which number?", typed=typed, among="; ".join(several))
    if (near := close(typed)) in numbers:
        return _("{typed!r} is not in the list. Did you mean {number}?", typed=typed, number=numbers[near or ""])
    return _(GIVE_NUMBERS)


def close_in(names: Mapping[str, str]) -> Callable[[str], str | None]:
    """Which name of a list, or word of a name, a text is most like."""
    words = {word: each for each, name in names.items() for word in (*plainly(name).split(), plainly(name))}

    def close(text: str) -> str | None:
        near = get_close_matches(plainly(text), words, n=1, cutoff=AS_CLOSE_AS)
        return words[near[0]] if near and len(text) >= SHORTEST_PART else None

    return close


def parts_of(names: Mapping[str, str]) -> Callable[[str], Sequence[str]]:
    """What a part of a name may mean, of three letters at least; accents may be left out."""
    plain = {each: plainly(name) for each, name in names.items()}

    def meant(text: str) -> Sequence[str]:
        wanted = plainly(text)
        return [each for each, name in plain.items() if wanted in name] if len(wanted) >= SHORTEST_PART else []

    return meant


def _chosen(
    line: str, ids: Sequence[str], by_id: Mapping[str, str], meant: Callable[[str], Sequence[str]]
) -> list[str]:
    """What a line names: as a whole, between its commas, or word by word."""

    def one(text: str) -> str:
        if text.isdecimal() and 0 < int(text) <= len(ids):
            return ids[int(text) - 1]
        found = meant(text)
        return by_id.get(text.casefold()) or (found[0] if len(found) == 1 else text)

    readings = ([line], [part.strip() for part in line.split(",")], line.replace(",", " ").split())
    for parts in readings:
        chosen = [one(part) for part in parts]
        if all(word in ids for word in chosen):
            break
    return chosen


def one_of(question: str, names: Mapping[str, str]) -> str:
    """One of a numbered list, by its number or id; Enter gives none of them (empty)."""
    ids = list(names)
    for number, name in enumerate(names.values(), 1):
        numbered(number, name)
    while True:
        typed = line(question)
        if not typed or typed in names:
            return typed
        if typed.isdecimal() and 0 < int(typed) <= len(ids):
            return ids[int(typed) - 1]
        tell("  " + _("Please give one of the numbers above, or Enter for none of them."))


def line(question: str) -> str:
    """What is typed on one line; may be empty."""
    width = _width()
    *above, last = "\n".join(wrapped(each, width) for each in clean(question, lines=True).split("\n")).split("\n")
    if len(last) > width - ROOM:
        *more, last = wrapped(last, max(width - ROOM, width // 2)).split("\n")
        above += more
    for each in above:
        click.echo(each, err=True)
    try:
        suffix = " " if last.endswith("?") else ": "
        return str(click.prompt(last, default="", show_default=False, err=True, prompt_suffix=suffix)).strip()
    except click.Abort:  # what is said of it begins on a line of its own
        click.echo(err=True)
        raise

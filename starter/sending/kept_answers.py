"""Answers given in a terminal are never lost: after Ctrl-C, a lost connection or "n" the next call offers them.

They are kept as they are given, encrypted with the desk's key, for a day; what is sent is forgotten.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

import click
from pydantic import BaseModel

from starter.client.configuration import settings_in_force
from starter.language import names
from starter.language.lists import YES_NO_UNKNOWN
from starter.language.moments import said_back
from starter.language.words import _
from starter.sending.options import is_moment
from starter.terminal import prompts
from starter.terminal.asking import may_ask
from starter.terminal.errors import HoldsACode
from starter.terminal.time_input import now
from workers.kept_texts import KeptTexts
from workers.keys.live import live_keys
from workers.keys.ring import KeyFileError

KEPT = "kantadesk.kept"
"""Where a command keeps its answers that are not sent yet."""
_OURS = ("by", "event_id", "source", "through", "reference", "number")
"""What is filled in by itself is no answer."""


class Answers:
    """The answers to one message of one process. ``name``: which ones; ``texts``: None where nothing can be kept."""

    def __init__(self, model: type[BaseModel], name: str, texts: KeptTexts | None) -> None:
        self._model = model
        self._name = name
        self._texts = texts
        self._typed: Mapping[str, Any] = {}
        self._last: Mapping[str, Any] = {}
        self.is_kept = False
        self.taken: tuple[str, ...] = ()
        """The fields whose kept answers are used."""

    def offered(self, typed: Mapping[str, Any]) -> dict[str, Any]:
        """What was typed now, with what was kept where the person wants it; what was typed now wins."""
        self._typed = dict(typed)
        if self._texts is None or not (found := self._read()):
            return dict(typed)
        since, answers = found
        for line in _in_lines(self._model, answers):
            prompts.tell(f"  {line}")
        question = _("Answers of {since} were not sent. Use them?", since=said_back(since))
        if not prompts.agree(question, default=True):
            self.forget()
            return dict(typed)
        self.is_kept, self._last, self.taken = True, answers, tuple(answers)
        return answers | self._typed

    def keep(self, fields: Mapping[str, Any]) -> None:
        """Keep what was answered so far. Where that can't be, the command goes on all the same."""
        answered = {name: value for name, value in fields.items() if name not in self._typed and name not in _OURS}
        if self._texts is None or not answered:
            return
        with suppress(OSError, TypeError):  # TypeError: not a kind of answer that can be kept
            self._texts.keep(self._name, json.dumps(answered, default=_as_text), now())
            self.is_kept, self._last = True, answered

    def may_be_asked_anew(self, field: str) -> bool:
        """Whether somebody is there to give another answer to what the message needs and no option gave."""
        known = self._model.model_fields.get(field)
        return may_ask() and field not in self._typed and known is not None and known.is_required()

    def drop(self, field: str) -> None:
        """One answer was refused for what it says of a person: it is not kept, the others are."""
        others = {name: value for name, value in self._last.items() if name != field}
        if len(others) != len(self._last):
            self.forget()
            self._last = {}
            self.keep(others)

    def forget(self) -> None:
        """They are sent."""
        self.is_kept = False
        if self._texts:
            with suppress(OSError):
                self._texts.forget(self._name)

    def _read(self) -> tuple[datetime, dict[str, Any]] | None:
        with suppress(OSError, ValueError):
            if self._texts and (found := self._texts.read(self._name, now())):
                return found[0], {name: self._value(name, value) for name, value in json.loads(found[1]).items()}
        return None

    def _value(self, name: str, value: Any) -> Any:
        field = self._model.model_fields.get(name)
        return datetime.fromisoformat(value) if field and is_moment(field) and isinstance(value, str) else value


def answers_to(model: type[BaseModel], *name: str) -> Answers:
    """The answers to a message, by what names it; the command that runs knows them from now on."""
    answers = Answers(model, "/".join(name), _texts() if may_ask() else None)
    if ctx := click.get_current_context(silent=True):
        ctx.meta[KEPT] = answers
    return answers


def forget_what_was_sent() -> None:
    """The message of the command that runs has been taken."""
    ctx = click.get_current_context(silent=True)
    if ctx and (answers := ctx.meta.get(KEPT)):
        answers.forget()


def kept_are_used() -> bool:
    """Whether the command that runs goes on with answers that were kept: they are shown before they go."""
    ctx = click.get_current_context(silent=True)
    answers = ctx.meta.get(KEPT) if ctx else None
    return isinstance(answers, Answers) and answers.is_kept


@contextmanager
def saying_what_is_kept() -> Iterator[None]:
    """However the command inside ends without having sent: that its answers are kept is said."""
    try:
        yield
    except (Exception, KeyboardInterrupt) as ended:
        ctx = click.get_current_context(silent=True)
        answers = ctx.meta.get(KEPT) if ctx else None
        if answers and isinstance(ended, HoldsACode):
            answers.drop(ended.field)
        if answers and answers.is_kept:
            prompts.tell(_("Your answers are kept for a day: the same command offers them."))
        raise


def _in_lines(model: type[BaseModel], answers: Mapping[str, Any]) -> Iterator[str]:
    """Each answer, so that nobody agrees to what they do not see."""
    from starter.sending.ask_missing import answered, in_words_of

    for name, value in answers.items():
        if isinstance(value, Mapping):
            whole = {key: each for key, each in value.items() if isinstance(each, str)}  # not the parts of a criterion
            answers = YES_NO_UNKNOWN.shown()
            yield from (f"{names.criteria([key])}: {answers.get(each, each)}" for key, each in whole.items())
        elif name != "criteria_version" and value not in ("", None, []):
            yield answered(model, name, in_words_of(model, name, value))


def _texts() -> KeptTexts | None:
    settings = settings_in_force()
    try:
        return KeptTexts(settings.data_dir / "answers", live_keys(settings).ring())
    except KeyFileError:
        return None


def _as_text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError

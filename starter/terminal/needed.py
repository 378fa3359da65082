"""Arguments and options that a command can't do without: asked for in a terminal, else one line with an example."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from starter.language.words import _
from starter.terminal.errors import Wrong

Choices = Callable[[click.Context], Mapping[str, str]]
"""What can be answered, each with what is said of it; empty: anything."""


class _Needed(click.Parameter):
    """What is asked for where it is missing. ``question``: in English, marked."""

    question = ""
    choices: Choices | None = None

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        """The value that was typed, or the answer. Raises ``Wrong`` where nobody can be asked."""
        try:
            return super().process_value(ctx, value)
        except click.MissingParameter:
            if ctx.resilient_parsing:  # a shell completes the line: nobody waits for a question
                raise
            return self._asked(ctx)

    def _asked(self, ctx: click.Context) -> Any:
        from starter.terminal.asking import may_ask

        if not may_ask():
            raise Wrong(missing(self, ctx)) from None
        from starter.terminal import prompts

        question = _(self.question) or str(getattr(self, "help", "")).rstrip(".")
        offered = self.choices(ctx) if self.choices else {}
        while True:
            typed = prompts.one_of(question, offered) if offered else prompts.line(question)
            if not typed:
                raise Wrong(missing(self, ctx))
            try:
                return super().process_value(ctx, typed)
            except click.BadParameter as fault:
                prompts.tell("  " + fault.message)


class NeededArgument(_Needed, click.Argument):
    """An argument. ``asks``: the question."""

    def __init__(self, names: Sequence[str], *, asks: str, choices: Choices | None = None, **settings: Any) -> None:
        super().__init__(names, **settings)
        self.question, self.choices = asks, choices


class NeededOption(_Needed, click.Option):
    """An option; its help is the question."""

    def __init__(self, names: Sequence[str], **settings: Any) -> None:
        super().__init__(names, required=True, **settings)


def missing(parameter: click.Parameter, ctx: click.Context) -> str:
    """What is missing, with an example of the command's help that has it."""
    named = parameter.opts[0] if isinstance(parameter, click.Option) else parameter.make_metavar(ctx)
    said = _("{parameter}: is missing", parameter=named)
    return with_example(said, ctx, named if isinstance(parameter, click.Option) else "")


def with_example(said: str, ctx: click.Context | None, option: str = "") -> str:
    """What is wrong, with an example of the command's help: the first with the option, else the first."""
    if ctx is None:
        return said
    typed, whole = f"{ctx.command_path} ", re.sub(r" *\\\n *", " ", ctx.command.help or "")
    examples = [typed + line.partition(typed)[2].strip() for line in whole.splitlines() if typed in line]
    if not examples:
        return said
    fitting = next((each for each in examples if option and f"{option} " in each), examples[0])
    return _("{said}; for example: {example}", said=said, example=fitting)

"""Every line that a process writes into its timeline or its problems has words in Finnish and Swedish.

The texts are read out of the code: what varies in one stands as a word of no language.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from starter.language.heard import heard
from starter.language.words import Spoken, speak
from workflows.process.ports import Letter

WORKFLOWS = Path(__file__).parents[2] / "workflows"
WRITING = ("note", "problem", "say_problem")
SOME = "xyz-1"
CALLED = {"_matter": "start to xyz-1", "_named": "e-mail"}
"""What a function of that name answers."""
OTHERWISE = {"kantadesk", "duty {}", "writing {}"}
"""A name, and what holds nothing but a duty or a paper: ``test_heard`` has those."""


def texts(node: ast.AST, names: dict[str, ast.expr]) -> list[str]:  # noqa: PLR0911  # one for each kind of expression
    """Every text that an expression may be. ``names``: what its names stand for, in the same function."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.FormattedValue(value=value):
            return texts(value, names) or [SOME]
        case ast.JoinedStr(values=values):
            return joined([texts(each, names) for each in values])
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return joined([texts(left, names), texts(right, names)])
        case ast.IfExp(body=body, orelse=otherwise):
            return texts(body, names) + texts(otherwise, names)
        case ast.Subscript(value=ast.Dict(values=values)):
            return [text for each in values for text in texts(each, names)]
        case ast.Name(id=name) if name in names:
            return texts(names[name], {other: value for other, value in names.items() if other != name})
        case ast.Call(func=ast.Name(id=name)) if name in CALLED:
            return [CALLED[name]]
    return [SOME]


def joined(parts: list[list[str]]) -> list[str]:
    """Each way to put one text of each part behind the other."""
    whole = [""]
    for part in parts:
        whole = [before + text for before in whole for text in part]
    return whole


def written() -> Iterator[tuple[str, str]]:
    """Each text that a process writes, with where."""
    for path in sorted(WORKFLOWS.rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            inside = list(ast.walk(function))
            names = {node.targets[0].id: node.value for node in inside
                     if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)}  # fmt: skip
            for call in inside:
                if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) in WRITING:
                    for argument in [*call.args, *(each.value for each in call.keywords)]:
                        yield from ((path.stem, text) for text in texts(argument, names))


WRITTEN = sorted({(text, where) for where, text in written() if re.search("[a-z]{3}", text.replace(SOME, ""))})


@pytest.fixture(params=["fi", "sv"])
def language(request: pytest.FixtureRequest) -> Iterator[Spoken]:
    speak(request.param)
    yield request.param
    speak("en")


def test_there_are_such_texts() -> None:
    assert len(WRITTEN) > 60


@pytest.mark.usefixtures("language")
@pytest.mark.parametrize(("text", "where"), WRITTEN)
def test_a_line_of_a_process_is_known(text: str, where: str) -> None:
    if text.replace(SOME, "{}") not in OTHERWISE:
        assert heard(text) != text, where


@pytest.mark.usefixtures("language")
@pytest.mark.parametrize("kind", get_args(Letter.model_fields["kind"].annotation))
def test_a_kind_of_letter_has_a_name(kind: str) -> None:
    told = f"Told ({kind.replace('_', ' ')}): 1 of 1 messages accepted"
    assert kind.replace("_", " ") not in heard(told)

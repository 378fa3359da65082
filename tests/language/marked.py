"""Which texts of ``starter/`` are marked for people (``starter/language/words.py`` says how), and their catalogues.

``make texts`` runs this: new keys are written into ``fi.po`` and ``sv.po``, and old ones are taken out.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po

from starter.language.click_words import BY_NUMBER, WORDS
from starter.language.heard import texts
from starter.language.help import paragraphs

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "starter"
CATALOGUES = {language: STARTER / "language" / f"{language}.po" for language in ("fi", "sv")}
HELP = ("help", "intro", "examples", "epilog")
"""Arguments whose text is the help of a command or an option; ``examples`` are lines that are kept."""
IN_A_PAGE = re.compile(r"""_\(\s*(["'])(.+?)\1""", re.DOTALL)
Key = str | tuple[str, str]


def keys() -> set[Key]:
    """Every marked text; of one that goes by number, both forms."""
    found: set[Key] = {*WORDS, *BY_NUMBER, *texts()}
    for path in sorted(STARTER.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            found |= set(_in(node))
    for page in sorted((STARTER / "templates").glob("*.html")):
        found |= {text for _, text in IN_A_PAGE.findall(page.read_text(encoding="utf-8"))}
    return found - {""}


def _in(node: ast.AST) -> Iterator[Key]:
    match node:
        case ast.Call(
            func=ast.Name(id="_" | "N_") | ast.Attribute(attr="_" | "N_"), args=[ast.Constant(value=str(text)), *_]
        ):
            yield text
        case ast.Call(func=ast.Name(id="n_"), args=[ast.Constant(value=str(one)), ast.Constant(value=str(many)), *_]):
            yield one, many
        case ast.Call(func=ast.Name(id="Entry"), args=[_, ast.Constant(value=str(text))]):
            yield text
        case ast.AnnAssign(annotation=ast.Name(id="Help"), value=ast.Constant(value=str(text))):
            yield from _paragraphs(text)
        case ast.AnnAssign(annotation=ast.Name(id="Texts"), value=ast.Dict(values=values)):
            yield from (
                value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)
            )
        case ast.FunctionDef(decorator_list=decorators) if any(_is_command(each) for each in decorators):
            yield from _paragraphs(ast.get_docstring(node) or "")
    if isinstance(node, ast.Call):
        for argument in node.keywords:
            if isinstance(argument.value, ast.Constant) and isinstance(argument.value.value, str):
                yield from _of_argument(argument.arg, argument.value.value)


def _of_argument(name: str | None, text: str) -> Iterator[Key]:
    if name == "examples":
        yield from (part.key for part in paragraphs(f"x\n\n\b\n{text}") if part.keeps_lines)
    elif name in HELP:
        yield from _paragraphs(text)
    elif name == "metavar":
        yield text


def _paragraphs(text: str) -> Iterator[str]:
    return (part.key for part in paragraphs(text))


def _is_command(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(called, ast.Attribute) and called.attr == "command"


def catalogue(language: str) -> Catalog:
    """The catalogue as it is kept."""
    with CATALOGUES[language].open("rb") as file:
        return read_po(file, locale=language)


def written(language: str) -> str:
    """The catalogue with every key that is marked and no other; what is translated stays."""
    known = {message.id: message.string for message in catalogue(language) if message.id}
    fresh = Catalog(locale=language, fuzzy=False, header_comment="# See starter/language/words.py; make texts.")
    for key in keys():
        fresh.add(key, known.get(key) or (("", "") if isinstance(key, tuple) else ""))
    made = BytesIO()
    write_po(made, fresh, width=110, no_location=True, sort_output=True)
    lines = made.getvalue().decode().splitlines(keepends=True)
    kept = ("Language", "Plural", "MIME", "Content")
    head = lines.index("\n")  # after the header comes an empty line
    header = [line for line in lines[:head] if not re.match(r'"[A-Z][A-Za-z-]+: ', line) or line[1:].startswith(kept)]
    return "".join(header + lines[head:])


def forms(text: object) -> tuple[str, ...]:
    """The one form of a text, or those by number."""
    return (text,) if isinstance(text, str) else tuple(text) if isinstance(text, tuple | list) else ()


def not_translated(language: str) -> list[object]:
    """The keys without a text of their own."""
    return [each.id for each in catalogue(language) if each.id and "" in (forms(each.string) or ("",))]


if __name__ == "__main__":
    for name, path in CATALOGUES.items():
        path.write_text(written(name), encoding="utf-8")
        sys.stdout.write(f"{path.relative_to(ROOT)}: {len(not_translated(name))} not translated\n")

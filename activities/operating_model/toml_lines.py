"""Which line of a TOML text a key stands on.

``tomllib`` judges the text and gives the values, but keeps no positions, and neither does tomlkit. The lines come from
tree-sitter's TOML grammar, a full parse: a scan of our own would have to know multi-line strings, dotted and quoted
keys, inline tables and arrays of tables over again.
"""

from __future__ import annotations

import tomllib

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from workflows.procedure.operating_model.references import Place


def line_of(place: Place, lines: dict[Place, int]) -> int:
    """The line (from 1) of a place, or of the nearest table around it that is written; 1 where there is none."""
    for end in range(len(place), 0, -1):
        if place[:end] in lines:
            return lines[place[:end]]
    return 1


def key_lines(text: str) -> dict[Place, int]:
    """The line (from 1) of every key and list entry of a text that ``tomllib`` accepts."""
    root = Parser(Language(tree_sitter_toml.language())).parse(text.encode()).root_node
    return _Reading().of(root)


class _Reading:
    """One pass over a syntax tree."""

    def __init__(self) -> None:
        self.lines: dict[Place, int] = {}
        self.lengths: dict[Place, int] = {}
        """Arrays of tables met so far, with how many tables each has."""

    def of(self, root: Node) -> dict[Place, int]:
        for node in root.named_children:
            if node.type == "pair":
                self.pair(node, ())
            elif node.type in ("table", "table_array_element"):
                self.table(node)
        return self.lines

    def table(self, node: Node) -> None:
        header, *pairs = [child for child in node.named_children if child.type != "comment"]
        place = self.noted((), _path(header), node)
        if node.type == "table_array_element":
            self.lengths[place] = self.lengths.get(place, 0) + 1
            place = self.last_entry(place)
            self.lines[place] = _line(node)
        for pair in pairs:
            self.pair(pair, place)

    def pair(self, node: Node, around: Place) -> None:
        key, value = [child for child in node.named_children if child.type != "comment"]
        self.value(value, self.noted(around, _path(key), key))

    def value(self, node: Node, place: Place) -> None:
        parts = [child for child in node.named_children if child.type != "comment"]
        if node.type == "inline_table":
            for part in parts:
                self.pair(part, place)
        elif node.type == "array":
            for number, part in enumerate(parts):
                self.lines[(*place, number)] = _line(part)
                self.value(part, (*place, number))

    def noted(self, around: Place, path: list[str], node: Node) -> Place:
        """The place of a dotted key, every part of it noted where it is written first."""
        place = around
        for key in path:
            place = (*self.last_entry(place), key)
            self.lines.setdefault(place, _line(node))
        return place

    def last_entry(self, place: Place) -> Place:
        return (*place, self.lengths[place] - 1) if place in self.lengths else place


def _line(node: Node) -> int:
    return node.start_point.row + 1


def _path(key: Node) -> list[str]:
    """The parts of a bare, quoted or dotted key; ``tomllib`` undoes the quoting."""
    path: list[str] = []
    inside = tomllib.loads(f"{(key.text or b'').decode()} = 0")
    while isinstance(inside, dict):
        part, inside = next(iter(inside.items()))
        path.append(part)
    return path

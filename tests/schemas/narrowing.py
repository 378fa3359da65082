"""Is everything that one JSON Schema takes still taken by another? Written for what pydantic makes, nothing more.

Which direction breaks somebody depends on who writes:

- *Messages and start inputs* are written by others. It breaks them when something is no longer taken: a type gone from
  a union, an enum value gone, a field newly required, a bound tightened, a pattern or format added, further fields
  closed. A field that is gone breaks them too: what they say in it would be ignored. So what the released schema takes,
  the new one must take (``broken_for_senders``).
- *A status* is read by others. It breaks them when something comes that they need not know: a new type or null, a new
  enum value, a bound loosened; and when a field goes, or is no longer always there. A field that is *added* is fine:
  readers ignore what they don't know. So it is the mirror: what the new schema may produce, the released one must take,
  but for fields that are new (``broken_for_readers``).

No Python library was found that fits: jsonsubschema wants draft 4 and Python 3.8, jsoncompat calls itself alpha and
answers yes or no without a place. A keyword that isn't known here counts as a fault where it differs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

UPPER = ("maxLength", "maxItems", "maxProperties", "maximum", "exclusiveMaximum")
LOWER = ("minLength", "minItems", "minProperties", "minimum", "exclusiveMinimum")
EXACT = ("pattern", "format", "uniqueItems", "multipleOf")
HERE = (*UPPER, *LOWER, *EXACT)
STRUCTURE = {"type", "enum", "const", "anyOf", "oneOf", "$ref", "properties", "required", "items", "prefixItems",
             "additionalProperties", "propertyNames"}  # fmt: skip
SAYS_NOTHING = {"title", "description", "default", "examples", "$schema", "$id", "$defs", "discriminator", "deprecated"}

Schema = dict[str, Any]


class Node(NamedTuple):
    """A schema with the whole that its references point into."""

    schema: Schema
    root: Schema

    def __call__(self, schema: Any) -> Node:
        return Node(schema if isinstance(schema, dict) else {}, self.root)


def broken_for_senders(released: Schema, new: Schema) -> list[str]:
    """What a sender may say by the released schema and may not by the new one, each with its place."""
    return list(_less(Node(released, released), Node(new, new), "", is_read=False))


def broken_for_readers(released: Schema, new: Schema) -> list[str]:
    """What a reader of the released schema may meet or miss by the new one, each with its place."""
    return list(_less(Node(new, new), Node(released, released), "", is_read=True))


def _less(wide: Node, narrow: Node, path: str, *, is_read: bool, seen: frozenset[Any] = frozenset()) -> Iterator[str]:
    """Why ``narrow`` does not take everything that ``wide`` takes."""
    pair = (id(wide.schema), id(narrow.schema))
    if pair in seen:
        return
    for one in _alternatives(wide):
        others = _alternatives(narrow)
        tried = [list(_one(one, other, path, is_read=is_read, seen=seen | {pair})) for other in others]
        if all(tried):
            of_its_type = [faults for other, faults in zip(others, tried, strict=True) if _type(other) == _type(one)]
            yield from min(of_its_type or tried, key=len)


def _type(node: Node) -> Any:
    return node.schema.get("type")


def _alternatives(node: Node) -> list[Node]:
    """The schemas of which one must take a value, references followed."""
    schema = node.schema
    if "$ref" in schema:
        return _alternatives(node(node.root["$defs"][schema["$ref"].removeprefix("#/$defs/")]))
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return [found for each in schema[union] for found in _alternatives(node(each))]
    if isinstance(schema.get("type"), list):
        return [node(schema | {"type": each}) for each in schema["type"]]
    return [node]


def _one(wide: Node, narrow: Node, path: str, *, is_read: bool, seen: frozenset[Any]) -> Iterator[str]:
    where = path or "the whole"
    before, after = wide.schema, narrow.schema
    types = before.get("type"), after.get("type")
    if types[1] and types[0] != types[1] and types != ("integer", "number"):
        yield f"{where}: {types[0] or 'any type'}, not {types[1]}"
        return
    if (only := _values(after)) is not None:
        had = _values(before)
        gone = ["any value"] if had is None else [repr(value) for value in had if value not in only]
        yield from (f"{where}: {value}" for value in gone)
    yield from (f"{where}: {keyword} {after[keyword]}" for keyword in HERE if _is_tighter(keyword, before, after))
    for keyword in sorted((before.keys() | after.keys()) - STRUCTURE - SAYS_NOTHING - {*HERE}):
        if before.get(keyword) != after.get(keyword):
            yield f"{where}: {keyword} differs, which is not understood"
    yield from _fields(wide, narrow, path, is_read=is_read, seen=seen)
    yield from _parts(wide, narrow, path, is_read=is_read, seen=seen)


def _values(schema: Schema) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _is_tighter(keyword: str, before: Schema, after: Schema) -> bool:
    if keyword not in after:
        return False
    if keyword in EXACT:
        return bool(before.get(keyword) != after[keyword])
    if keyword in UPPER:
        return bool(keyword not in before or after[keyword] < before[keyword])
    least = before.get(keyword, 0 if keyword.startswith("min") and keyword != "minimum" else None)
    return least is None or bool(after[keyword] > least)


def _fields(wide: Node, narrow: Node, path: str, *, is_read: bool, seen: frozenset[Any]) -> Iterator[str]:
    before, after = wide.schema.get("properties", {}), narrow.schema.get("properties", {})
    needed = set(narrow.schema.get("required", ())) - set(wide.schema.get("required", ()))
    yield from (f"{path}.{name}: {'not always there' if is_read else 'required'}" for name in sorted(needed))
    gone = after.keys() - before.keys() if is_read else before.keys() - after.keys()
    yield from (f"{path}.{name}: gone" for name in sorted(gone))
    for name in before.keys() & after.keys():
        yield from _less(wide(before[name]), narrow(after[name]), f"{path}.{name}", is_read=is_read, seen=seen)


def _parts(wide: Node, narrow: Node, path: str, *, is_read: bool, seen: frozenset[Any]) -> Iterator[str]:
    """What stands in lists, and under names that are not fields."""
    before, after = wide.schema.get("additionalProperties", True), narrow.schema.get("additionalProperties", True)
    if after is False and before is not False:
        yield f"{path or 'the whole'}: further fields are closed"
    elif isinstance(after, dict) and before is not False:
        yield from _less(wide(before), narrow(after), f"{path}{{}}", is_read=is_read, seen=seen)
    for keyword, mark in (("items", "[]"), ("propertyNames", "{name}")):
        if keyword in narrow.schema:
            inside = wide(wide.schema.get(keyword)), narrow(narrow.schema[keyword])
            yield from _less(*inside, f"{path}{mark}", is_read=is_read, seen=seen)
    if wide.schema.get("prefixItems") != narrow.schema.get("prefixItems"):
        yield f"{path or 'the whole'}: prefixItems differs, which is not understood"

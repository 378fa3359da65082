"""The published schemas: they are those of the models, nothing in them breaks whoever relies on a release."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from starter.schema import files, places
from tests.builders import NOON, breach_opening, call, opening, resolution, risk, suspicion, triage
from tests.fuzz.plans import BREACH, INCIDENT, Ago, Garbage, Long, Nth, spoiled
from tests.schemas.narrowing import broken_for_readers, broken_for_senders
from workflows.contract import CONTRACTS

FILES = files()
SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
RELEASES = sorted(path for path in (SCHEMAS / "released").iterdir() if path.is_dir())
NEW_DUTIES = (
    "cer_final_report", "cer_first_notice", "confirm_decision", "confirm_joint_notification", "end_to_kela",
    "report_to_supplier", "supplement_to_kela", "withdrawal_to_kela",
)  # fmt: skip
ACCEPTED: dict[str, str] = {
    f"{release}/{process}/status.json .duties[].kind: '{kind}'": "the public contract names further kinds of duty"
    for release in ("0.1.0", "0.2.0")
    for process in ("DataBreach", "Incident")
    for kind in NEW_DUTIES
}
"""Breaks that were made knowingly: release, file and fault, with the reason why nobody is hurt."""


def test_what_is_committed_is_what_the_models_are() -> None:
    committed = {
        path.relative_to(SCHEMAS).as_posix(): path.read_text(encoding="utf-8")
        for path in SCHEMAS.rglob("*.json")
        if "released" not in path.parts
    }
    assert committed == FILES, "run `make schemas` and commit what it writes"


def breaks(release: Path) -> Iterator[str]:
    """Whatever in the schemas of today breaks somebody who relies on a release."""
    today = {path: json.loads(text) for path, text in FILES.items()}
    for file in sorted(release.rglob("*.json")):
        name = file.relative_to(release).as_posix()
        released = json.loads(file.read_text(encoding="utf-8"))
        broken = broken_for_readers if name.endswith("/status.json") else broken_for_senders
        faults = broken(released, today[name]) if name in today else ["it is gone"]
        yield from (f"{release.name}/{name} {fault}" for fault in faults)


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.name)
def test_nobody_who_relies_on_a_release_is_broken(release: Path) -> None:
    assert sorted(breaks(release)) == sorted(name for name in ACCEPTED if name.startswith(release.name))


def test_there_is_a_release_to_compare_with() -> None:
    assert RELEASES


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_each_is_a_schema_of_2020_12_and_names_no_host_of_others(text: str) -> None:
    schema = json.loads(text)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"].startswith("urn:kantadesk:")


# --- that narrowing is seen ---------------------------------------------------------------------------------

DIGIT: dict[str, Any] = {"type": "integer", "minimum": 0, "maximum": 9}
NULL = {"type": "null"}
COUNT = ("properties", "count", "anyOf")
BASE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "text": {"type": "string", "minLength": 1, "maxLength": 300},
        "kind": {"$ref": "#/$defs/Kind"},
        "count": {"anyOf": [DIGIT, NULL]},
        "more": {"type": "array", "items": {"$ref": "#/$defs/More"}, "maxItems": 5},
        "named": {"type": "object", "additionalProperties": {"type": "string"}, "maxProperties": 3},
    },
    "required": ["text"],
    "$defs": {
        "Kind": {"enum": ["a", "b"], "type": "string"},
        "More": {"type": "object", "properties": {"at": {"type": "string"}}, "required": ["at"]},
    },
}
NARROWER: dict[str, tuple[tuple[str, ...], Any]] = {
    "a type is gone from a union": (COUNT, [DIGIT]),
    "a value is gone": (("$defs", "Kind", "enum"), ["a"]),
    "a field is newly required": (("required",), ["text", "kind"]),
    "a field inside is newly required": (("$defs", "More", "required"), ["at", "by"]),
    "a text must be shorter": (("properties", "text", "maxLength"), 299),
    "a text must be longer": (("properties", "text", "minLength"), 2),
    "a list must be shorter": (("properties", "more", "maxItems"), 4),
    "a number must be smaller": (COUNT, [DIGIT | {"maximum": 8}, NULL]),
    "a number must be larger": (COUNT, [DIGIT | {"minimum": 1}, NULL]),
    "a pattern is added": (("properties", "text", "pattern"), "^x"),
    "a format is added": (("$defs", "More", "properties", "at", "format"), "date-time"),
    "further fields are closed": (("additionalProperties",), False),
    "what stands under names is another type": (("properties", "named", "additionalProperties"), {"type": "integer"}),
    "names are bounded": (("properties", "named", "propertyNames"), {"maxLength": 3}),
    "a type is another one": (("properties", "text"), {"type": "integer"}),
    "a rule is added that is not understood": (("not",), {"required": ["kind"]}),
}  # fmt: skip


def changed(place: tuple[str, ...], value: Any) -> dict[str, Any]:
    """The schema with one place changed."""
    schema = copy.deepcopy(BASE)
    inner = schema
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    return schema


@pytest.mark.parametrize("how", NARROWER)
def test_each_way_to_narrow_breaks_senders_and_to_widen_breaks_readers(how: str) -> None:
    narrower = changed(*NARROWER[how])
    assert len(broken_for_senders(BASE, narrower)) == 1
    assert broken_for_readers(narrower, BASE)
    if how != "a type is another one" and "not understood" not in how and "under names" not in how:
        assert not broken_for_senders(narrower, BASE)
        assert not broken_for_readers(BASE, narrower)


def test_a_field_that_goes_breaks_both_and_one_that_comes_breaks_nobody() -> None:
    fewer = copy.deepcopy(BASE)
    del fewer["properties"]["kind"]
    assert broken_for_senders(BASE, fewer) == [".kind: gone"]
    assert broken_for_readers(BASE, fewer) == [".kind: gone"]
    assert not broken_for_senders(fewer, BASE)
    assert not broken_for_readers(fewer, BASE)


@settings(deadline=None)
@given(st.sampled_from(sorted(FILES)), st.data())
def test_a_narrowing_anywhere_in_the_published_schemas_is_seen(name: str, data: st.DataObject) -> None:
    released = json.loads(FILES[name])
    spots = [spot for spot in _spots(released) if spot[-1] in ("maxLength", "enum", "maxItems", "maximum")]
    if not spots:
        return
    spot = data.draw(st.sampled_from(spots))
    new = copy.deepcopy(released)
    inner = new
    for step in spot[:-1]:
        inner = inner[step]
    inner[spot[-1]] = inner[spot[-1]][1:] if spot[-1] == "enum" else inner[spot[-1]] - 1
    assert broken_for_senders(released, new)
    assert broken_for_readers(new, released)
    assert not broken_for_senders(released, released)


def _spots(schema: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for step, inner in schema.items() if isinstance(schema, dict) else enumerate(schema):
        yield (*path, step)
        if isinstance(inner, dict | list):
            yield from _spots(inner, (*path, step))


# --- that schemas and models agree --------------------------------------------------------------------------

EXAMPLES = [
    ("Incident", "start", opening("INC-1")),
    ("Incident", "triage", triage()),
    ("Incident", "phone_escalation", call()),
    ("Incident", "resolution", resolution()),
    ("Incident", "breach_assessment", suspicion()),
    ("DataBreach", "start", breach_opening("B-1")),
    ("DataBreach", "risk_assessment", {"by": "dpo", **risk()}),
]


@pytest.mark.parametrize(
    ("process", "part", "payload"), EXAMPLES, ids=lambda each: each if isinstance(each, str) else ""
)
def test_the_examples_of_the_tests_are_good_by_their_schemas(process: str, part: str, payload: dict[str, Any]) -> None:
    Draft202012Validator(json.loads(FILES[f"{process}/{part}.json"])).validate(payload)
    places()[process, part].model_validate(payload)


def real(value: Any) -> Any:
    """A plan's payload as JSON."""
    match value:
        case Ago(minutes):
            return (NOON - timedelta(minutes=minutes)).isoformat()
        case Nth(kind, number):
            return f"{kind}-{number}"
        case Long(char, times):
            return char * times
        case Garbage(data):
            return data.hex()
        case dict():
            return {name: real(each) for name, each in value.items()}
    return value


VALIDATORS = {name: Draft202012Validator(json.loads(text)) for name, text in FILES.items()}
STRATEGIES = {"Incident": INCIDENT, "DataBreach": BREACH}


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_what_a_model_takes_its_schema_takes(data: st.DataObject) -> None:
    process = data.draw(st.sampled_from(sorted(STRATEGIES)))
    name = data.draw(st.sampled_from(sorted(STRATEGIES[process])))
    good = STRATEGIES[process][name]
    payload = real(data.draw(st.one_of(good, spoiled(good))))
    try:
        CONTRACTS[process].messages[name].model_validate_json(json.dumps(payload), strict=True)
    except ValidationError:
        return
    VALIDATORS[f"{process}/{name}.json"].validate(payload)


def test_every_message_of_incident_and_breach_is_in_the_search() -> None:
    for process, strategies in STRATEGIES.items():
        assert strategies.keys() == CONTRACTS[process].messages.keys()

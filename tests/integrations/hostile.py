"""What is sent to an incident that it should survive: one table, each line with the words that answer it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from temporalio.api.common.v1 import Payload

from tests.builders import NOON, call, opening, triage
from workflows.incident.messages import IncidentOpening
from workflows.incident.record import IncidentRecord

ALL = ("command", "gRPC", "HTTP")
NOT_BY_COMMAND = ("gRPC", "HTTP")
OURS = b"(our key)"
"""Stands for the id of the house's own key."""
IN_A_STORE = "__temporal_external_storage_reference"
"""By this metadata the SDKs of Temporal know a payload that was encrypted and stored outside."""


class Case(NamedTuple):
    """One thing that is sent, as a signal and as an update, by each of the ways.

    ``words``: a part of what ``rejected`` says; None where the message never reaches the incident, since the server or
    the client refuses it.
    """

    name: str
    message: str
    payloads: Sequence[Payload]
    words: str | None
    ways: Sequence[str] = ALL


def raw(data: bytes, encoding: bytes | None = b"json/plain", **more: bytes) -> Payload:
    """A payload of these bytes."""
    named = {} if encoding is None else {"encoding": encoding}
    return Payload(metadata={**named, **{key.replace("_", "-"): value for key, value in more.items()}}, data=data)


def plain(value: Any) -> Payload:
    """A value as any client without the key sends it."""
    return raw(json.dumps(value).encode())


TIME = '{"by": "x", "called_at": %s, "number": "1", "reached": false}'

HOSTILE = [
    Case("not JSON", "triage", [raw(b"not json")], "Invalid JSON"),
    Case("JSON cut off in the middle", "triage", [raw(b'{"by": "desk", "criteria": {')], "Invalid JSON"),
    Case("`null`", "triage", [raw(b"null")], "Input should be an object"),
    Case("a text instead of an object", "triage", [plain("critical!")], "Input should be an object"),
    Case("a list instead of an object", "triage", [plain([triage()])], "Input should be an object"),
    Case("wrong type (`extensive` is a text)", "triage", [plain(triage(extensive="perhaps"))], "valid boolean"),
    Case("missing field", "resolution", [plain({"by": "x"})], "resolved_at: Field required"),
    Case("unknown value (`severity` is `terrible`)", "triage", [plain(triage(severity="terrible"))], "severity: Input"),
    Case(
        "an empty text where one is needed (`by`)", "triage", [plain(triage(by=" "))], "by: String should have at least"
    ),
    Case("no argument", "triage", [], "nothing was sent with it"),
    Case("an argument too many", "triage", [plain(triage()), plain("x")], "2 payloads were sent"),
    Case("a list as the second argument", "triage", [plain(triage()), plain([])], "2 payloads were sent"),
    Case("a thousand arguments", "triage", [plain(triage())] * 1000, "1000 payloads were sent", NOT_BY_COMMAND),
    Case("unknown name (`tirage`)", "tirage", [plain(triage())], "there is no message of this name"),
    Case(
        "a name that Temporal keeps (`__stack_trace`)", "__stack_trace", [plain({})], "there is no message of this name"
    ),
    Case("a name of 2,000 characters", "x" * 2000, [plain(triage())], None),
    Case("text of 10,000 characters", "triage", [plain(triage(note="x" * 10_000))], "at most 8000 characters"),
    Case("300 kB", "triage", [plain(triage(note="x" * 300_000))], "at most 262144 are read"),
    Case("2 MB", "triage", [plain(triage(note="x" * 2_200_000))], None),
    Case("5 MB", "triage", [plain(triage(note="x" * 5_200_000))], None),
    Case("deep nesting (9,000 objects)", "triage", [raw(b'{"a":' * 9000 + b"1" + b"}" * 9000)], "recursion limit"),
    Case("20,000 opening brackets", "triage", [raw(b"[" * 20_000)], "Invalid JSON"),
    Case("binary", "triage", [raw(b"\x00\x01\xfe", b"binary/plain")], "its encoding is binary/plain"),
    Case("`binary/null`", "triage", [raw(b"", b"binary/null")], "its encoding is binary/null"),
    Case("a protobuf", "triage", [raw(b"\x0a\x01x", b"binary/protobuf", messageType=b"x.Y")], "binary/protobuf"),
    Case("no encoding named", "triage", [raw(b"{}", None)], "its encoding is missing", NOT_BY_COMMAND),
    Case("an encoding that is no text", "triage", [raw(b"{}", b"\xff\xfe")], "send json/plain", NOT_BY_COMMAND),
    Case("Latin-1 instead of UTF-8", "triage", [raw('{"by": "häiriö"}'.encode("latin-1"))], "invalid unicode"),
    Case("UTF-16", "triage", [raw('{"by": "x"}'.encode("utf-16"))], "Invalid JSON"),
    Case("UTF-8 with a byte order mark", "triage", [raw('{"by": "x"}'.encode("utf-8-sig"))], "Invalid JSON"),
    Case("a lone surrogate", "triage", [raw(b'{"by": "\\ud800"}')], "Invalid JSON"),
    Case(
        "garbage under the encryption header",
        "triage",
        [raw(b"garbage" * 9, b"binary/encrypted", encryption_key_id=OURS)],
        "it is damaged, or not encrypted with the key",
    ),
    Case("encrypted, no key named", "triage", [raw(b"garbage" * 9, b"binary/encrypted")], "a key that is not named"),
    Case(
        "encrypted with an unknown key",
        "triage",
        [raw(b"garbage" * 9, b"binary/encrypted", encryption_key_id=b"key-of-others")],
        "the key key-of-others, which is not known here",
    ),
    Case(
        "marked as undecodable by its sender",
        "triage",
        [raw(b"x", b"binary/undecodable", kantadesk_reason=b"<b>")],
        "it was sent marked as undecodable",
        NOT_BY_COMMAND,
    ),
    Case(
        "our own mark for several arguments, forged",
        "triage",
        [raw(b"x", b"json/plain", kantadesk_several=b"\xff\xff")],
        "several payloads were sent: send one JSON object",
        NOT_BY_COMMAND,
    ),
    Case(
        "a reference into an external store",
        "triage",
        [raw(b"{}", b"json/external-storage-reference")],
        "its encoding is external storage",
    ),
    Case(
        "a protobuf that refers to an external store",
        "triage",
        [raw(b"{}", b"json/protobuf", messageType=b"temporal.api.sdk.v1.ExternalStorageReference")],
        "its encoding is external storage",
    ),
    Case(
        "marked as lying in an external store",
        "triage",
        [Payload(metadata={"encoding": b"json/plain", IN_A_STORE: b"true"}, data=b"{}")],
        "its encoding is external storage",
    ),
    Case("a number of 5,000 digits", "triage", [raw(b'{"by": ' + b"9" * 5000 + b"}")], "number out of range"),
    Case("`NaN`", "triage", [raw(b'{"by": "x", "extensive": NaN}')], "valid boolean"),
    Case("`Infinity` as a time", "phone_escalation", [raw((TIME % "Infinity").encode())], "called_at: "),
    Case("1e400 as a time", "phone_escalation", [raw((TIME % "1e400").encode())], "called_at: "),
    Case("a time without offset", "phone_escalation", [plain(call(called_at="2026-11-22T12:00:00"))], "timezone"),
    Case("the year 9999", "phone_escalation", [plain(call(called_at="9999-12-31T23:59:59-23:59"))], "2000 and 2099"),
    Case("the year 1", "phone_escalation", [plain(call(called_at="0001-01-01T00:00:00+23:59"))], "2000 and 2099"),
    Case(
        "a time in the future",
        "phone_escalation",
        [plain(call(reached=False, person="", called_at="2098-01-01T00:00:00Z"))],
        "in the future",
    ),
    Case("a personal identity code", "triage", [plain(triage(note="131052-308T"))], "personal identity code"),
    Case("a criterion left out", "triage", [plain(triage(criteria={"safety": "yes"}))], "no answer for"),
    Case("a call that reached nobody by name", "phone_escalation", [plain(call(person=""))], "say who was reached"),
    Case("what needs the key, sent in clear", "triage", [plain(triage())], "without the desk's key", NOT_BY_COMMAND),
    Case(
        "a message that is not allowed now",
        "situation_update",
        [plain({"by": "x", "text": "It goes on."})],
        "send a triage first",
    ),
    Case(
        "what does not exist is acknowledged",
        "acknowledgement",
        [plain({"by": "x", "contact": "ward", "what": "<script>"})],
        "<script>",
    ),
]

FORGED = IncidentRecord.opened(IncidentOpening.model_validate(opening("x")), NOON).model_dump(mode="json")


class Start(NamedTuple):
    """A start input that no incident can be made of; ``words`` as in ``Case``, of the workflow's failure."""

    name: str
    payloads: Sequence[Payload]
    words: str | None
    ways: Sequence[str] = ALL


STARTS = [
    Start("nothing", [], "send one JSON object as the start input"),
    Start("not JSON", [raw(b"not json")], "send one JSON object as the start input", NOT_BY_COMMAND),
    Start("a text instead of an object", [plain("Help!")], "send one JSON object as the start input"),
    Start("missing fields", [plain({"title": "x"})], "reference: Field required"),
    Start("wrong type", [plain(opening("x", services="PRESCRIPTION"))], "services: Input should be a valid"),
    Start("unknown service", [plain(opening("x", services=["FAX"]))], "services.0: Input should be"),
    Start("two arguments", [plain(opening("x")), plain(1)], "send one JSON object as the start input"),
    Start("the reference of another workflow id", [plain(opening("x"))], "the workflow id must be incident-x"),
    Start("a time without offset", [plain(opening("x", noticed_at="2026-11-22T12:00:00"))], "timezone info"),
    Start("another time zone than any", [plain(opening("x", noticed_at="2026-11-22T12:00:00+99:00"))], "noticed_at"),
    Start("a lone surrogate", [raw(b'{"title": "\\ud800"}')], "send one JSON object as the start input"),
    Start("deep nesting", [raw(b'{"a":' * 9000 + b"1" + b"}" * 9000)], "send one JSON object as the start input"),
    Start("binary", [raw(b"\x00\xfe", b"binary/plain")], "send one JSON object as the start input"),
    Start(
        "garbage under the encryption header",
        [raw(b"garbage" * 9, b"binary/encrypted", encryption_key_id=OURS)],
        "send one JSON object as the start input",
    ),
    Start(
        "a forged record of an earlier run", [plain({"carried": FORGED})], "'carried' is taken only from an earlier run"
    ),
    Start(
        "a reference into an external store",
        [raw(b"{}", b"json/external-storage-reference")],
        "send one JSON object as the start input",
    ),
    Start("2 MB", [plain(opening("x", description="x" * 2_200_000))], None),
]


class Question(NamedTuple):
    """A query that is not as it should be; ``words`` as in ``Case``, None where it is answered all the same."""

    name: str
    query: str
    payloads: Sequence[Payload]
    words: str | None = None
    ways: Sequence[str] = ALL


QUESTIONS = [
    Question(
        "an unknown query", "statsu", [], "there is no query of this name; known are duties, record, rejected, st"
    ),
    Question("arguments too many", "status", [plain(1), plain({"x": "y"})]),
    Question("an argument that is not JSON", "status", [raw(b"not json")], ways=NOT_BY_COMMAND),
    Question("a binary argument", "status", [raw(b"\x00\xfe", b"binary/plain")]),
    Question(
        "an argument of garbage under the encryption header",
        "status",
        [raw(b"garbage" * 9, b"binary/encrypted", encryption_key_id=OURS)],
        ways=NOT_BY_COMMAND,
    ),
    Question(
        "an argument that lies in an external store",
        "status",
        [raw(b"{}", b"json/external-storage-reference")],
        ways=NOT_BY_COMMAND,
    ),
]


def with_key(payloads: Sequence[Payload], key_id: str) -> list[Payload]:
    """The payloads, with the house's own key where one of them claims to be encrypted with it."""
    return [
        Payload(metadata={k: key_id.encode() if v == OURS else v for k, v in each.metadata.items()}, data=each.data)
        for each in payloads
    ]

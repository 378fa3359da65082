"""Payloads: encrypted and back, and never an exception for what can't be read."""

from __future__ import annotations

import re
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.common import RawValue
from temporalio.converter import DataConverter
from temporalio.exceptions import ApplicationError

from workers.codec.codec import ENCRYPTED, IN_A_STORE, INSIDE, NONCE_BYTES, EncryptionCodec, data_converter
from workers.keys import ring as key_ring
from workers.keys.ring import KEY_ID, KeyFileError, KeyId, KeyRing
from workflows.process.payloads import UNDECODABLE, DeskPayloadConverter, Undecodable, as_sent, why_undecodable
from workflows.process.sealed.seals import Arrival, arrival_of

OURS = key_ring.generate()
THEIRS = key_ring.generate()
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
payloads = st.builds(
    Payload, metadata=st.dictionaries(st.text(max_size=20), st.binary(max_size=20), max_size=4), data=st.binary()
)


class Finding(BaseModel):
    text: str
    at: datetime


FINDING = Finding(text="Reseptikeskus ei vastaa – häiriö 😀\u202e\x00", at=datetime(2026, 11, 22, 8, 0, tzinfo=UTC))


def plain(data: bytes) -> Payload:
    return Payload(metadata={"encoding": b"json/plain"}, data=data)


async def test_a_value_comes_back_and_nothing_of_it_shows() -> None:
    converter = data_converter(OURS)

    [sent] = await converter.encode([FINDING])

    assert sent.metadata["encoding"] == ENCRYPTED
    assert sent.metadata[KEY_ID].decode() == OURS.current
    assert b"Reseptikeskus" not in sent.SerializeToString()
    assert await converter.decode([sent], [Finding]) == [FINDING]


async def test_the_same_value_is_never_encrypted_twice_alike() -> None:
    first, second = await EncryptionCodec(OURS).encode([plain(b"1"), plain(b"1")])

    assert first.data[:NONCE_BYTES] != second.data[:NONCE_BYTES]
    assert first.data != second.data


@given(payload=payloads)
async def test_whatever_is_encrypted_comes_back_as_it_was(payload: Payload) -> None:
    codec = EncryptionCodec(OURS)

    assert await codec.decode(await codec.encode([payload])) == [payload]


@given(payload=payloads)
async def test_decoding_never_raises_and_keeps_what_was_sent(payload: Payload) -> None:
    payload.metadata["encoding"] = ENCRYPTED
    payload.metadata[KEY_ID] = OURS.current.encode()

    [decoded] = await EncryptionCodec(OURS).decode([payload])

    assert decoded.metadata["encoding"] == UNDECODABLE
    assert decoded.data == payload.data
    assert as_sent(decoded) == payload


async def test_a_key_that_is_not_known_is_named() -> None:
    sent = await EncryptionCodec(THEIRS).encode([plain(b'"secret"')])

    [decoded] = await EncryptionCodec(OURS).decode(sent)

    assert why_undecodable(decoded) == f"it is encrypted with the key {THEIRS.current}, which is not known here"


@pytest.mark.parametrize("key_id", [b"", b"\xff\xfe", b"x" * 65, "näppäin".encode(), b"a\nforged log line"])
async def test_a_key_id_that_is_no_id_is_not_repeated(key_id: bytes) -> None:
    sent = Payload(metadata={"encoding": ENCRYPTED, KEY_ID: key_id}, data=b"x" * 40)

    [decoded] = await EncryptionCodec(OURS).decode([sent])

    assert why_undecodable(decoded) == "it is encrypted with a key that is not named"


@pytest.mark.parametrize("field", [KEY_ID, INSIDE])
async def test_key_id_and_encoding_are_bound_to_the_ciphertext(field: str) -> None:
    """Two names of one key: without binding, the other name would decrypt too."""
    key = OURS.keys[OURS.current]
    ring = KeyRing(KeyId("a"), {KeyId("a"): key, KeyId("b"): key})
    [sent] = await EncryptionCodec(ring).encode([plain(b"1")])
    sent.metadata[field] = b"b"

    [decoded] = await EncryptionCodec(ring).decode([sent])

    assert "damaged" in (why_undecodable(decoded) or "")


@given(position=st.integers(min_value=0, max_value=10_000), bit=st.integers(min_value=0, max_value=7))
async def test_one_changed_bit_is_found(position: int, bit: int) -> None:
    [sent] = await EncryptionCodec(OURS).encode([plain(b'{"text": "unchanged"}')])
    data = bytearray(sent.data)
    data[position % len(data)] ^= 1 << bit
    sent.data = bytes(data)

    [decoded] = await EncryptionCodec(OURS).decode([sent])

    assert "damaged" in (why_undecodable(decoded) or "")


async def test_what_is_not_encrypted_passes_with_the_mark_of_it() -> None:
    sent = plain(b'{"by": "integration"}')

    [passed] = await EncryptionCodec(OURS).decode([sent])

    assert arrival_of(passed) == Arrival("clear")
    assert (passed.data, passed.metadata["encoding"]) == (sent.data, sent.metadata["encoding"])


async def test_a_sender_can_not_word_the_mark() -> None:
    forged = Payload(metadata={"encoding": UNDECODABLE, "kantadesk-reason": b"<script>"}, data=b"x")

    [decoded] = await EncryptionCodec(OURS).decode([forged])

    assert why_undecodable(decoded) == "it was sent marked as undecodable"


STORED = "temporal.api.sdk.v1.ExternalStorageReference"
MARK_OF_A_STORE = "__temporal_external_storage_reference"


@pytest.mark.parametrize("keys", [OURS, None], ids=["encrypted", "in clear"])
@pytest.mark.parametrize(
    "metadata",
    [
        {"encoding": b"json/external-storage-reference"},
        {"encoding": b"json/protobuf", "messageType": STORED.encode()},
        {"encoding": b"json/plain", MARK_OF_A_STORE: b"true"},
        {"encoding": ENCRYPTED, KEY_ID: OURS.current.encode(), MARK_OF_A_STORE: b"true"},
    ],
)
async def test_what_claims_to_lie_in_a_store_is_read_by_nobody_and_raises_nowhere(
    metadata: dict[str, bytes], keys: KeyRing | None
) -> None:
    sent = Payload(metadata=metadata, data=b"{}")
    with pytest.raises(RuntimeError, match="TMPRL1105"):
        await DataConverter().decode([sent], [RawValue])

    [as_argument] = await data_converter(keys).decode([sent], [RawValue])
    failure = Failure(encoded_attributes=sent)
    await data_converter(keys).decode_failure(failure)

    assert (as_argument.payload.metadata["encoding"], as_argument.payload.data) == (IN_A_STORE, sent.data)
    assert failure.encoded_attributes.metadata["encoding"] == IN_A_STORE


async def test_what_claims_to_lie_in_a_store_is_seen_through_the_encryption_too() -> None:
    inside = Payload(metadata={"encoding": b"json/external-storage-reference"}, data=b"{}")

    [read] = await data_converter(OURS).decode(await EncryptionCodec(OURS).encode([inside]), [RawValue])

    assert read.payload.metadata["encoding"] == IN_A_STORE


async def test_after_a_rotation_the_new_key_writes_and_the_old_one_reads() -> None:
    before = await EncryptionCodec(OURS).encode([plain(b'"before"')])
    rotated = OURS.with_next(NOW).promoted(NOW)

    after = await EncryptionCodec(rotated).encode([plain(b'"after"')])

    assert after[0].metadata[KEY_ID].decode() == rotated.current != OURS.current
    assert await EncryptionCodec(rotated).decode([*before, *after]) == [plain(b'"before"'), plain(b'"after"')]


@pytest.mark.parametrize("hint", [None, Any])
@pytest.mark.parametrize(
    "sent",
    [
        plain(b"{broken"),
        plain(b"[" * 20_000),
        plain(b"\xff"),
        Payload(data=b"no encoding"),
        Payload(metadata={"encoding": b"\xff\xfe"}),
        Payload(metadata={"encoding": UNDECODABLE}, data=b"x"),
        Payload(metadata={"encoding": ENCRYPTED}, data=b"x"),
        Payload(metadata={"encoding": b"json/protobuf", "messageType": b"no.such.Type"}, data=b"{}"),
    ],
)
def test_without_a_type_nothing_raises(sent: Payload, hint: Any) -> None:
    [value] = DeskPayloadConverter().from_payloads([sent], [hint] if hint else None)

    assert isinstance(value, Undecodable)
    assert value.reason


def test_a_raw_value_is_handed_over_as_it_is() -> None:
    sent = Payload(metadata={"encoding": UNDECODABLE}, data=b"x")

    [value] = DeskPayloadConverter().from_payloads([sent], [RawValue])

    assert value.payload == sent


def test_with_a_type_what_can_not_be_read_raises() -> None:
    with pytest.raises(KeyError, match="binary/undecodable"):
        DeskPayloadConverter().from_payloads([Payload(metadata={"encoding": UNDECODABLE})], [Finding])


async def test_the_text_of_a_failure_is_encrypted() -> None:
    converter, failure = data_converter(OURS), Failure()
    await converter.encode_failure(ApplicationError("potilas 1 ei saanut lääkettä", "detail"), failure)

    assert b"potilas" not in failure.SerializeToString()
    assert "potilas 1" in str(await converter.decode_failure(failure))


def test_a_key_file_is_private_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "keys.toml"
    ring = OURS.with_next(NOW).promoted(NOW)

    key_ring.save(path, ring)

    assert key_ring.load(path) == ring
    assert list(key_ring.load(path).keys) == [OURS.current, ring.current]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_first_start_makes_keys_and_the_next_one_leaves_them(tmp_path: Path) -> None:
    path, database = tmp_path / "keys.toml", tmp_path / "temporal.db"

    assert key_ring.make_where_missing(path, database)
    made = key_ring.load(path)
    database.touch()
    assert not key_ring.make_where_missing(path, database)
    assert key_ring.load(path) == made


def test_lost_keys_are_not_replaced_while_there_is_a_database(tmp_path: Path) -> None:
    (tmp_path / "temporal.db").touch()

    with pytest.raises(KeyFileError, match=r"is missing, and nothing in .* can be read without: restore it"):
        key_ring.make_where_missing(tmp_path / "keys.toml", tmp_path / "temporal.db")
    assert not (tmp_path / "keys.toml").exists()


def test_a_key_file_that_can_not_be_made_is_said(tmp_path: Path) -> None:
    """As where the folder of a secret is mounted and empty."""
    (tmp_path / "file").touch()

    with pytest.raises(KeyFileError, match=r"is missing and can't be made \(.+\): put it there"):
        key_ring.make_where_missing(tmp_path / "file" / "keys.toml", tmp_path / "temporal.db")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("current = [", "is not TOML"),
        ('current = "a"', "needs current"),
        ('current = "a"\n[keys]\nb = "AAAA"', "key 'b' is 3 bytes long: it must be 32"),
        ('current = "a"\n[keys]\na = "not base64!"', "key 'a' is not base64"),
        (f'current = "a"\n[keys]\nb = "{"A" * 43}="', "the current key 'a' is not among the keys"),
        (f'current = "a b"\n[keys]\n"a b" = "{"A" * 43}="', "use 1 to 64 of the characters"),
    ],
)
def test_a_bad_key_file_says_what_is_wrong_in_one_line(tmp_path: Path, written: str, said: str) -> None:
    (tmp_path / "keys.toml").write_text(written, encoding="utf-8")

    with pytest.raises(KeyFileError, match=re.escape(said)) as refused:
        key_ring.load(tmp_path / "keys.toml")
    assert "\n" not in str(refused.value)


def test_keys_never_show() -> None:
    assert OURS.keys[OURS.current].hex() not in repr(OURS)
    assert repr(OURS.keys[OURS.current]) not in repr(OURS)

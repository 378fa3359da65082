"""Time stamps by a real authority (``openssl ts``): asked for, verified, forged, and left out cleanly without one."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from activities.evidence.check import examine
from activities.evidence.manifest import MANIFEST, STAMP, read_manifest
from activities.evidence.time_stamp import NotStamped, stamper
from tests.attack.authority import certificates, serving
from tests.attack.cases import Case, bundled, members, resealed, zipped


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the authority."""
    return certificates(tmp_path_factory.mktemp("time") / "authority").parent


@pytest.fixture(scope="module")
def trusted(authority: Path) -> bytes:
    """The certificate that one must trust."""
    return (authority / "ca.pem").read_bytes()


@pytest.fixture(scope="module")
async def stamped(authority: Path, tmp_path_factory: pytest.TempPathFactory) -> Case:
    with serving(authority) as address:
        return await bundled(tmp_path_factory.mktemp("stamped") / "evidence", stamper=stamper(address))


async def test_the_head_is_stamped_and_names_time_and_authority(stamped: Case, trusted: bytes) -> None:
    found = examine(stamped.zip, trusted)
    assert found.faults == []
    assert found.stamp is not None
    assert found.stamp.is_trusted is True
    assert "Test Time" in found.stamp.authority
    assert found.chain.entries[-1].at.replace(microsecond=0) <= found.stamp.at
    unsure = examine(stamped.zip)
    assert unsure.stamp is not None
    assert (unsure.faults, unsure.stamp.is_trusted) == ([], None)


async def test_bundled_once_more_it_keeps_its_stamp_and_needs_no_authority(stamped: Case) -> None:
    before = stamped.zip.read_bytes()
    await bundled(stamped.root, stamper=stamper("http://127.0.0.1:1/none"))
    assert stamped.zip.read_bytes() == before


async def test_the_stamp_of_other_evidence_or_of_another_authority_is_found(
    stamped: Case, authority: Path, tmp_path: Path
) -> None:
    with serving(authority) as address:
        other = await bundled(tmp_path / "evidence", "INC-2", stamper(address))
    moved = members(stamped.zip) | {STAMP: members(other.zip)[STAMP]}
    faults = examine(zipped(tmp_path / "moved.zip", resealed(moved))).faults
    assert any("it is about something else than this evidence" in fault for fault in faults)
    strangers = certificates(tmp_path / "stranger")
    faults = examine(stamped.zip, strangers.read_bytes()).faults
    assert any("it is not by the authority that you trust" in fault for fault in faults)


async def test_without_an_authority_that_answers_the_bundle_is_made_and_says_so(tmp_path: Path) -> None:
    case = await bundled(tmp_path / "evidence", stamper=stamper("http://127.0.0.1:1/none"))
    found = examine(case.zip)
    assert (found.faults, found.stamp) == ([], None)
    told = read_manifest(members(case.zip)[MANIFEST]).not_stamped
    assert told == "the authority could not be asked (ConnectError)"
    assert stamper("") is None


@pytest.mark.parametrize("answer", [b"", b"<html>no</html>", b"0" * 200_000, b"\x30\x03\x02\x01\x02"])
def test_what_is_no_stamp_is_not_taken_for_one(answer: bytes) -> None:
    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        ask = stamper(f"http://127.0.0.1:{server.server_address[1]}")
        assert ask is not None
        with pytest.raises(NotStamped):
            ask("0" * 64)
        thread.join()

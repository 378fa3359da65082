"""The examples of ``docs/integrations.md`` run as they stand there, in one go, against a real house."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.integrations.conftest import ENDED, QUERIES
from tests.integrations.examples import Example, boxes, examples, places
from tests.integrations.hostile import HOSTILE, STARTS
from tests.integrations.house import House, Incident
from tests.integrations.table import RETELL, Table
from workers.keys import ring
from workflows.process.payloads import ENCODING

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / "docs/examples/typescript"
REFERENCE = "INC-4711"
NEEDED = ("bash", "curl", "jq")


def needs(example: Example) -> None:
    """Skip where a programme that the example uses is not there."""
    for programme in NEEDED:
        if programme in example.commands and not shutil.which(programme):
            pytest.skip(f"{programme} is not installed")
    if "npm" in example.commands and not (shutil.which("npm") and (CLIENT / "node_modules").is_dir()):
        pytest.skip(f"node is not installed, or `npm ci` was not run in {CLIENT.relative_to(ROOT)}")


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
async def test_an_example_does_what_the_document_says(house: House, example: Example, tmp_path: Path) -> None:
    """They build on each other: alone, an example opens its incident by the document's own first ones."""
    needs(example)
    for earlier in examples()[:2]:
        if example.name not in (earlier.name, "start") and not await exists(house):
            await run(house, earlier, tmp_path)
    answer = await run(house, example, tmp_path)
    assert not example.missing_in(answer), answer


async def run(house: House, example: Example, folder: Path) -> str:
    """Run the commands of an example; what it prints."""
    values = {
        "TEMPORAL_ADDRESS": house.addresses.address,
        "HTTP": house.addresses.http,
        "CODEC": house.codec,
        "KEYS": str(house.key_file),
        "TOKEN": house.token,
        "REF": REFERENCE,
    }
    assert set(values) == places()
    if not (folder / "docs").exists():
        (folder / "docs").symlink_to(ROOT / "docs")
    script = f"set -euo pipefail\n{example.commands}"
    done = await house.run("bash", "-c", script, cwd=folder, more=values)
    assert done.code == 0, done.err + done.out
    return done.out


async def exists(house: House) -> bool:
    """Whether the document's incident was opened before."""
    return any([True async for _ in house.client.list_workflows(f"WorkflowId = 'incident-{REFERENCE}'")])


def test_the_code_in_the_document_is_the_code_in_the_repository() -> None:
    shown = boxes("file")
    assert shown
    for path, code in shown.items():
        assert code == (ROOT / path).read_text(encoding="utf-8")


async def test_a_foreign_client_has_encrypted_what_it_sent(house: House) -> None:
    """In the history of the document's incident, the TypeScript client's messages stand encrypted with our key."""
    incident = Incident(house, REFERENCE)
    if not (CLIENT / "node_modules").is_dir():
        pytest.skip(f"`npm ci` was not run in {CLIENT.relative_to(ROOT)}")
    key_id = ring.load(house.key_file).current.encode()
    sent = [
        event.workflow_execution_signaled_event_attributes.input.payloads[0]
        async for event in incident.handle.fetch_history_events()
        if event.workflow_execution_signaled_event_attributes.signal_name == "triage"
    ]
    assert [each.metadata[ENCODING] for each in sent] == [b"binary/encrypted"]
    assert sent[0].metadata["encryption-key-id"] == key_id


@pytest.mark.skipif(RETELL, reason="the tables are being written anew")
def test_the_tables_hold_what_was_measured_and_nothing_else() -> None:
    assert list(Table("messages").committed()) == [*(case.name for case in HOSTILE), *ENDED]
    assert list(Table("starts").committed()) == [*(start.name for start in STARTS), "an unknown workflow type"]
    assert list(Table("queries").committed()) == QUERIES

"""``kantadesk up`` and ``demo``: start, stop, start again."""

from __future__ import annotations

import html
import json
import os
import re
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.starter.conftest import FREE_PORTS, TRIAGE, kantadesk, started, stopped


@pytest.mark.slow
def test_started_again_on_the_same_folder_it_goes_on_where_it_was(tmp_path: Path) -> None:
    first = started(tmp_path / "desk")
    reference = first.incident()
    assert stopped(first) == 0
    assert kantadesk(first.data_dir, "incident", "list").code == 5
    again = started(first.data_dir)
    try:
        assert again("incident", "triage", reference, *TRIAGE, "--json").json["phase"] == "handling"
    finally:
        assert stopped(again) == 0


def test_one_desk_a_folder(tmp_path: Path) -> None:
    running = started(tmp_path / "desk")
    try:
        second = kantadesk(running.data_dir, "up", *FREE_PORTS)
        assert second.code == 2
        assert "type your commands in another terminal" in second.err
    finally:
        assert stopped(running) == 0


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    running = started(tmp_path / "desk")
    try:
        port = running.places["temporal"].rpartition(":")[2]
        other = kantadesk(tmp_path, "up", "--data-dir", str(tmp_path / "other"), *FREE_PORTS[2:], "--port", port)
        assert (other.code, other.err.count("\n")) == (2, 1)
        assert f"export KANTADESK_DATA_DIR={running.data_dir}" in other.err, "no invitation to a second desk"
    finally:
        assert stopped(running) == 0


@pytest.mark.slow
def test_the_demo_leaves_everything_in_its_folder_and_can_be_seen_again(tmp_path: Path) -> None:
    shown = kantadesk(tmp_path, "demo", "--to", "out", "--json")
    assert shown.code == 0, shown.err
    made = shown.json
    assert made["documents"]
    assert len(made["messages"]) > 10
    index = Path(made["index"]).read_text(encoding="utf-8")
    links = [unquote(link) for link in re.findall(r'href="([^"]+)"', index)]
    assert [link for link in links if not (tmp_path / "out" / link).is_file()] == []
    assert {Path(path).name for path in (*made["documents"], made["evidence"])} <= {Path(link).name for link in links}
    assert "Reseptejä ei voi avata" in index
    texts = [Path(path) for path in made["messages"] if path.endswith(".txt")]
    assert len(texts) == 3, "the ward sisters of the example, one each"
    assert {path.name for path in texts} <= {Path(link).name for link in links}
    assert all(path.read_text(encoding="utf-8").strip() in html.unescape(index) for path in texts)
    assert {path.name for path in texts} <= {path.name for path in (tmp_path / "out" / "outbox").iterdir()}
    told = index[index.index("What happened") : index.index("What was made")]
    assert "get a text message as well" in told
    moments = [datetime.strptime(when, "%d.%m.%Y %H:%M") for when in re.findall(r'<td class="when">([^<]+)</td>', told)]  # noqa: DTZ007
    assert all(after >= before - timedelta(minutes=1) for before, after in pairwise(moments)), "one clock, to a minute"
    assert all(Path(path).is_relative_to(tmp_path / "out") for path in (*made["documents"], made["evidence"]))
    assert kantadesk(tmp_path, "evidence", "verify", made["evidence"]).code == 0
    again = kantadesk(tmp_path, "demo", "--to", "out", "--json")
    assert again.code == 0, again.err
    assert again.json["evidence"] != made["evidence"]
    assert kantadesk(tmp_path, "evidence", "verify", made["evidence"]).code == 0


@pytest.mark.slow
def test_200_short_commands_in_a_row_end_with_0(tmp_path: Path) -> None:
    running = started(tmp_path / "desk")
    try:
        running.incident()  # each is started as a person does, not forked: whether it ends well is what is asked
        codes = [running("incident", "list", "--json", PYTHONUNBUFFERED="1").code for _ in range(200)]
    finally:
        assert stopped(running) == 0
    assert codes == [0] * 200


def test_without_anything_set_the_home_folder_is_used(tmp_path: Path) -> None:
    shown = kantadesk(tmp_path, "doctor", "--json", KANTADESK_DATA_DIR="", HOME=str(tmp_path))
    settings = {setting["name"]: setting["value"] for setting in json.loads(shown.out)["settings"]}
    assert settings["data_dir"] == os.fspath(tmp_path / ".local/share/kantadesk")

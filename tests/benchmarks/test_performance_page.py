"""The page of the benchmarks: a part that is measured renews its section and no other; every part ends in a page."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from benchmarks import report, results
from benchmarks.plot import growth
from benchmarks.report import BURST, DOCS, PAGE, page
from benchmarks.results import kept, now, save
from benchmarks.sections import GOALS, PICTURE, SECTIONS
from tests.benchmarks.some_results import FOUND, POINT

WITH_BURST = (*SECTIONS, BURST)
A_PART = re.compile(r"^(?=## |### .* legal clocks due)", re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the results of this repository, to measure into; answers where the page may be written."""
    shutil.copytree(results.FOLDER, tmp_path / "results")
    monkeypatch.setattr(results, "FOLDER", tmp_path / "results")
    return tmp_path


def written(folder: Path) -> dict[str, str]:
    """The page in pieces, by their headings."""
    report.write(folder)
    pieces = A_PART.split((folder / PAGE).read_text(encoding="utf-8"))
    return {re.sub(r"[\d,]+ ", "", piece.partition("\n")[0]): piece for piece in pieces}


def rows(piece: str) -> set[str]:
    return {line for line in piece.splitlines() if line.startswith("|")}


def test_the_page_is_what_is_kept() -> None:
    assert page({name: kept(name) for name in WITH_BURST}) == (DOCS / PAGE).read_text(encoding="utf-8")


def test_there_is_a_result_of_every_part() -> None:
    assert set(FOUND) == set(WITH_BURST)
    assert {path.stem for path in results.FOLDER.glob("*.json")} == set(WITH_BURST)


@pytest.mark.parametrize("part", WITH_BURST)
def test_a_part_that_is_measured_leaves_every_other_to_the_byte(folder: Path, part: str) -> None:
    before = written(folder)
    others = {path.name: path.read_bytes() for path in results.FOLDER.glob("*.json") if path.stem != part}
    save(part, FOUND[part], now())
    after = written(folder)

    assert {path.name: path.read_bytes() for path in results.FOLDER.glob("*.json") if path.stem != part} == others
    heading = next(h for h in before if (SECTIONS[part][0] if part in SECTIONS else "legal clocks") in h)
    changed = {name for name in before if before[name] != after[name]}
    assert heading in changed
    assert changed <= {heading, "## The machine", "## The goals"}
    assert len(rows(before["## The machine"]) - rows(after["## The machine"])) == (part in SECTIONS)
    assert len(rows(before["## The goals"]) - rows(after["## The goals"])) <= (2 if part in GOALS else 0)


@pytest.mark.parametrize("part", WITH_BURST)
def test_a_part_measured_alone_ends_in_a_page(folder: Path, part: str) -> None:
    for path in results.FOLDER.glob("*.json"):
        path.unlink()
    save(part, FOUND[part], now())
    pieces = written(folder)
    measured = [piece for piece in pieces.values() if piece.startswith("## ") and "Not measured yet" not in piece]
    assert len(measured) == 2 + (part in SECTIONS), "the goals, the machine, and this part"


NOTHING: dict[str, Any] = {name: 0 for name in POINT if name != "size"}


@pytest.mark.parametrize(
    "points",
    [
        pytest.param([POINT], id="one size"),
        pytest.param([POINT | NOTHING], id="one size, and nothing to be seen of a server elsewhere"),
        pytest.param([POINT | NOTHING, POINT | {"size": 200}], id="nothing to grow from"),
        pytest.param([{"size": 100, "opened_per_second": 20.0}], id="stopped before the first look"),
    ],
)
def test_an_open_load_of_any_size_ends_in_a_page(folder: Path, points: list[dict[str, Any]]) -> None:
    save("open_load", {"points": points}, now())
    nothing_late = FOUND["burst"] | {"bare": dict.fromkeys(FOUND["burst"]["bare"], 0.0)}
    save("burst", nothing_late, now())
    pieces = written(folder)
    assert "| ratio | – | – |" in next(piece for name, piece in pieces.items() if "legal clocks" in name)
    assert ("Memory from" in pieces["## The goals"]) == (len(points) > 1)
    assert (folder / PICTURE).read_text(encoding="utf-8") == growth(points)

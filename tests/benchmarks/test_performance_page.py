"""The page of the benchmarks: a part that is measured renews its section and no other; every part ends in a page."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from benchmarks import before_after, report, results
from benchmarks.__main__ import ALONE, CAPACITY, PARTS, REPORT, run
from benchmarks.plot import growth
from benchmarks.report import BURST, DOCS, PAGE, page
from benchmarks.results import kept, now, save
from benchmarks.sections import GOALS, PICTURE, SECTIONS
from tests.benchmarks.some_results import FOUND, POINT

WITH_BURST = (*SECTIONS, BURST)
ON_ANOTHER_PAGE = ("costs", "capacity")
"""`docs/capacity.md`: tests/benchmarks/capacity."""
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
    assert {path.stem for path in results.FOLDER.glob("*.json")} == {*WITH_BURST, *ON_ANOTHER_PAGE}


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
    drawn = {"## Before and after"} if part in ("open_load", BURST) else set()
    assert changed <= {heading, "## The machine", "## The goals"} | drawn
    assert len(rows(before["## The machine"]) - rows(after["## The machine"])) == (part in SECTIONS)
    assert len(rows(before["## The goals"]) - rows(after["## The goals"])) <= (2 if part in GOALS else 0)


@pytest.mark.parametrize("part", WITH_BURST)
def test_a_part_measured_alone_ends_in_a_page(folder: Path, part: str) -> None:
    for path in results.FOLDER.glob("*.json"):
        path.unlink()
    save(part, FOUND[part], now())
    pieces = written(folder)
    measured = [piece for piece in pieces.values() if piece.startswith("## ") and "Not measured yet" not in piece]
    fixed = ("The goals", "The machine", "Before and after")
    assert len(measured) == len(fixed) + (part in SECTIONS), "and this part"


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


def test_the_pictures_are_those_of_what_is_kept() -> None:
    assert (DOCS / before_after.GROWTH).read_text(encoding="utf-8") == before_after.growth_picture()
    assert (DOCS / before_after.BURST).read_text(encoding="utf-8") == before_after.burst_picture()


def test_before_and_after_are_drawn_each_with_its_load_and_machine() -> None:
    said = "\n".join(before_after.section())
    for of in ("open_load", "burst"):
        for state in ("before", "after"):
            assert before_after.files(state, of), f"nothing is kept of {of}, {state}"
            for path in before_after.files(state, of):
                row = next(line for line in said.splitlines() if line.startswith(f"| `{path}.json`"))
                assert re.search(r"\| \d+\.\d \| 2 cores, Linux", row)
    for picture in (before_after.growth_picture(), before_after.burst_picture()):
        assert "before" in picture
        assert "after" in picture


def test_what_was_measured_last_counts_as_after(folder: Path) -> None:
    save("open_load", FOUND["open_load"], now())
    save("burst", FOUND["burst"], now())
    pieces = written(folder)
    said = pieces["## Before and after"]
    assert "| `open_load.json` | after | 100, 200 open |" in said
    assert "| `burst.json` | after | 20 clocks, 100 open |" in said
    assert "| 20 clocks, 100 open | after | 2.0 | 2.0 | 1.00 | 1.00 |" in said


@pytest.mark.parametrize("sizes", [[100], [1], [1, 100], [100, 100], [1, 2, 3]])
@pytest.mark.parametrize("count", [0, 1, 2000])
def test_a_house_of_any_size_ends_in_a_page_and_in_pictures(folder: Path, sizes: list[int], count: int) -> None:
    """With or without a burst; a size that is not reached is seen as the one before."""
    for path in results.FOLDER.rglob("*.json"):
        path.unlink()
    save("open_load", {"points": [POINT | {"size": size} for size in sizes]}, now())
    if count:
        save("burst", FOUND["burst"] | {"count": count, "open": sizes[-1]}, now())
    pieces = written(folder)
    assert f"{sizes[-1]} open" in pieces["## Open load"]
    for name in (PICTURE, before_after.GROWTH):
        assert "<circle" in (folder / name).read_text(encoding="utf-8")
    assert ("<circle" in (folder / before_after.BURST).read_text(encoding="utf-8")) == bool(count)


def test_without_any_result_there_is_a_page() -> None:
    said = page(dict.fromkeys(WITH_BURST))
    assert all(f"Not measured yet: `make bench ARGS={name}`." in said for name in SECTIONS)


@pytest.mark.parametrize("part", [*PARTS, ALONE, CAPACITY, REPORT])
def test_each_part_can_be_named_alone_and_has_its_help(part: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(part, ["--help"])
    assert ended.value.code == 0
    assert f"benchmarks {part}" in capsys.readouterr().out


@pytest.mark.parametrize(("part", "option"), [("open_load", "--open"), ("costs", "--count")])
@pytest.mark.parametrize("size", ["0", "-1", "many", ""])
def test_a_house_of_no_size_is_one_clear_line(
    part: str, option: str, size: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run(part, [option, size])
    assert (
        capsys.readouterr().err.splitlines()[-1].endswith((f"{size!r} is no number from 1 on", "expected one argument"))
    )

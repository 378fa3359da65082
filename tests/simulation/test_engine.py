"""The engine by itself: it knows nothing of the product, and the same seed gives the same events."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.engine.chance import Chance, Rates
from tests.simulation.engine.virtual_time import NothingLeft, beginning, run_virtually, running

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PRODUCT = {"workflows", "activities", "workers", "starter"}
LOG = "import sys; from tests.simulation.desk.running import log_of; sys.stdout.write(log_of({seed!r}, lives={lives}))"


def imported_by(file: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("file", sorted((HERE / "engine").glob("*.py")), ids=lambda file: file.name)
def test_the_engine_imports_nothing_of_the_product(file: Path) -> None:
    for name in imported_by(file):
        assert name.split(".")[0] not in PRODUCT
        assert not name.startswith("tests.") or name.startswith("tests.simulation.engine")


def test_only_one_file_names_modules_of_the_product() -> None:
    naming = {
        file.relative_to(HERE).as_posix()
        for file in HERE.rglob("*.py")
        if any(name.split(".")[0] in PRODUCT for name in imported_by(file))
    }
    assert naming == {"desk/product.py"}


def log_in_a_process_of_its_own(seed: str, lives: int, hash_seed: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": hash_seed}
    code = LOG.format(seed=seed, lives=lives)
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.simulation
def test_one_seed_gives_the_same_events_to_the_byte() -> None:
    one, again = (log_in_a_process_of_its_own("same", 2, hash_seed) for hash_seed in ("1", "2"))
    assert one == again
    assert len(one.splitlines()) > 200
    assert log_in_a_process_of_its_own("another", 2, "1") != one


def test_time_jumps() -> None:
    async def a_year() -> float:
        import asyncio

        await asyncio.sleep(365 * 86400)
        return (running().now() - beginning()).total_seconds()

    assert run_virtually(a_year, beginning()) == 365 * 86400


def test_who_waits_for_nothing_is_told() -> None:
    async def for_ever() -> None:
        import asyncio

        await asyncio.get_running_loop().create_future()

    with pytest.raises(NothingLeft):
        run_virtually(for_ever, beginning())


def test_a_fault_that_is_left_out_changes_no_other_draw() -> None:
    rates = Rates(delayed=0.5)
    one = Chance("x", rates)
    all_of_them = [one.latency("x", number % 7) for number in range(50)]
    assert 10 < len(one.happened) == len(set(one.happened)) < 40
    left = one.happened[::3]
    fewer = Chance("x", rates, allowed=frozenset(left))
    some = [fewer.latency("x", number % 7) for number in range(50)]
    assert fewer.happened == left
    assert sum(a != b for a, b in zip(all_of_them, some, strict=True)) == len(one.happened) - len(left)


def test_a_draw_depends_on_its_step_and_on_no_other_draw() -> None:
    one, other = Chance("x"), Chance("x")
    other.whole(0, 9, "elsewhere")
    assert one.between(0, 1, "here") == other.between(0, 1, "here")
    assert one.between(0, 1, "here") != Chance("x").between(0, 1, "here"), "the second time is another step"
    assert one.identifier("a") != one.identifier("b")
    assert {Chance("x").whole(3, 5, number) for number in range(50)} == {3, 4, 5}
    assert {one.one_of("abc", number) for number in range(50)} == set("abc")

"""The judge decides by itself: what it may import, by name. Nothing of the product's procedure is among it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.simulation.hook import ROOT

DESK, STORM = "tests/simulation/desk", "tests/chaos"
JUDGE = (
    *(f"{DESK}/{name}.py" for name in ("judge", "ladders", "heard", "told_of_breaks", "twins", "beside", "linked")),
    *(f"{DESK}/{name}.py" for name in ("onlooker", "clocks", "wall_clock", "board")),
    *(
        f"{STORM}/{name}.py"
        for name in ("model", "checker", "clocks_check", "letters_check", "records", "short_clocks")
    ),
)
OWN = {each.removesuffix(".py").replace("/", ".") for each in JUDGE}
LIBRARIES = {"temporalio.api", "temporalio.service", "temporalio.client"}
PLANS = {
    "tests.chaos.crowd", "tests.chaos.histories", "tests.chaos.letter_box", "tests.chaos.patience",
    "tests.chaos.script", "tests.simulation.desk.links", "tests.simulation.desk.standing",
}  # fmt: skip
"""What people do, and what is left of it."""
PLACES = {"tests.simulation.desk.house", "tests.simulation.desk.mail", "tests.simulation.engine"}
"""Where it looks on."""
OF_THE_PRODUCT = {
    f"{STORM}/records.py": {
        "activities.evidence.check"
    },  # what a stranger verifies a bundle with; hashes are compared besides
}
PRODUCT = {"workflows", "activities", "workers", "starter"}


def imported_by(file: Path) -> set[str]:
    """The modules of ours, of the product and of libraries that a file names."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            is_package = (ROOT / node.module.replace(".", "/")).is_dir()
            names |= {f"{node.module}.{each.name}" for each in node.names} if is_package else {node.module}
    return {name for name in names if name.partition(".")[0] in {*PRODUCT, "tests", "temporalio"}}


@pytest.mark.parametrize("file", JUDGE)
def test_the_judge_takes_nothing_from_the_product(file: str) -> None:
    allowed = OWN | LIBRARIES | PLANS | PLACES | OF_THE_PRODUCT.get(file, set())
    foreign = {
        name
        for name in imported_by(ROOT / file)
        if not any(name == each or name.startswith(f"{each}.") for each in allowed)
    }
    assert not foreign


def test_an_import_of_the_product_would_be_seen(tmp_path: Path) -> None:
    file = tmp_path / "judge.py"
    file.write_text("from workflows.procedure.local_time import local\nfrom tests.chaos import model\nimport json\n")
    assert imported_by(file) == {"workflows.procedure.local_time", "tests.chaos.model"}

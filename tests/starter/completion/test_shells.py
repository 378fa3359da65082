"""Tab completes commands, references, services, duties, criteria and contacts in a real bash, zsh and fish."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.starter.completion.shell import START, Shell, in_fish, programme
from tests.starter.conftest import Desk, environment

HERE = "T-COMPLETED-7F3K"


class Tabbed(NamedTuple):
    """What is typed, and what its last word becomes."""

    line: str
    becomes: str


ONE_WAY = (
    Tabbed("kantadesk incident tria", "triage"),
    Tabbed("kantadesk maint", "maintenance"),
    Tabbed("kantadesk incident show T-COMPL", HERE),
    Tabbed("kantadesk incident show 7f3", HERE),
    Tabbed("kantadesk incident open --service Reseptik", "PRESCRIPTION"),
    Tabbed("kantadesk incident list --service presc", "PRESCRIPTION"),
    Tabbed(f"kantadesk duty met {HERE} tri", "triage"),
    Tabbed(f"kantadesk incident triage {HERE} --criterion saf", "safety="),
    Tabbed(f"kantadesk incident triage {HERE} --criterion safety=y", "safety=yes"),
    Tabbed("kantadesk contacts show pharmacy-ce", "pharmacy-centre"),
    Tabbed("kantadesk incident list --sev", "--severity"),
)
SEVERAL_WAYS = (
    ("kantadesk incident t", ("triage", "timeline")),
    ("kantadesk contacts show pharmacy-c", ("pharmacy-centre", "pharmacy-coast")),
    (f"kantadesk incident triage {HERE} --criterion safety=", ("yes", "no", "unknown")),
)


def needs(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed: its completion can't be tried")


@pytest.fixture(scope="module")
def around(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], Path]:
    """The environment in which ``kantadesk`` is the product, and an empty folder."""
    opened = desk("incident", "open", "--title", "x", "--service", "PDR", "--reference", HERE, "--drill")
    assert opened.code == 0, opened.err
    desk.until(lambda rows: HERE in {row["reference"] for row in rows}, "incident", "list")
    bin_folder = programme(tmp_path_factory.mktemp("bin"))
    settings = environment(desk.data_dir, KANTADESK_LANGUAGE="fi", PYTHONWARNINGS="ignore")
    return settings | {"PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}"}, tmp_path_factory.mktemp("empty")


@pytest.fixture(scope="module", params=[*START])
def shell(request: pytest.FixtureRequest, around: tuple[dict[str, str], Path]) -> Iterator[Shell]:
    needs(request.param)
    started = Shell(request.param, *around)
    yield started
    started.close()


@pytest.mark.parametrize("tabbed", ONE_WAY, ids=lambda each: each.line)
def test_a_word_that_goes_on_in_one_way_is_completed(shell: Shell, tabbed: Tabbed) -> None:
    before = tabbed.line.split()[1:-1]
    assert shell.completed(tabbed.line) == [*before, tabbed.becomes]


@pytest.mark.parametrize(("line", "ways"), SEVERAL_WAYS)
@pytest.mark.parametrize("name", START)
def test_several_ways_are_offered(
    name: str, around: tuple[dict[str, str], Path], line: str, ways: tuple[str, ...]
) -> None:
    needs(name)
    fresh = Shell(name, *around)  # what is offered stays on the screen
    try:
        assert fresh.offered(line, *ways)
    finally:
        fresh.close()


@pytest.fixture
def fish(around: tuple[dict[str, str], Path]) -> Callable[[str], list[str]]:
    needs("fish")
    return lambda line: in_fish(*around, line)


@pytest.mark.parametrize("tabbed", ONE_WAY, ids=lambda each: each.line)
def test_fish_completes_it(fish: Callable[[str], list[str]], tabbed: Tabbed) -> None:
    assert fish(tabbed.line) == [tabbed.becomes]


@pytest.mark.parametrize(("line", "ways"), SEVERAL_WAYS)
def test_fish_offers_several_ways(fish: Callable[[str], list[str]], line: str, ways: tuple[str, ...]) -> None:
    assert {*ways} <= {each.removeprefix("safety=") for each in fish(line)}

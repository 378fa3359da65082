"""``kantadesk --version`` says which commit this is, from a checkout and from a wheel."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path
from shutil import which

import pytest
from click.testing import CliRunner

from starter import release
from starter.cli import cli

ROOT = Path(__file__).parents[2]


def test_the_version_names_the_commit_of_the_checkout() -> None:
    git = which("git") or "git"
    asked = subprocess.run([git, "-C", str(ROOT), "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    said = CliRunner().invoke(cli, ["--version"]).output
    assert said.startswith("kantadesk 0.")
    assert f"(commit {asked.stdout.strip()[: release.SHOWN]})" in said


def test_a_wheel_carries_the_commit_that_it_was_built_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANTADESK_COMMIT", "0123456789abcdef" * 2 + "01234567")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir"]
    subprocess.run([*build, str(tmp_path), str(ROOT)], check=True, capture_output=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        assert wheel.read("starter/commit.txt").decode().strip() == "0123456789abcdef" * 2 + "01234567"


def test_nobody_knows_the_commit_of_a_folder_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "__file__", str(tmp_path / "starter" / "release.py"))
    assert release.commit() == ""

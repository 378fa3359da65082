"""Which kantadesk this is: the version, and the commit that it was built from or runs from."""

from __future__ import annotations

import subprocess
from importlib import metadata, resources
from pathlib import Path
from shutil import which

SHOWN = 12
"""Digits of a commit that are shown."""


def version_and_commit() -> str:
    """``0.2.0 (commit 0123456789ab)``, as far as it is known."""
    try:
        version = metadata.version("kantadesk")
    except metadata.PackageNotFoundError:
        version = "not installed"
    return f"{version} (commit {found[:SHOWN]})" if (found := commit()) else f"{version} (commit unknown)"


def commit() -> str:
    """The commit as 40 digits: written into the wheel, or asked of git in a checkout; empty where nobody knows."""
    written = resources.files("starter").joinpath("commit.txt")
    if written.is_file():
        return written.read_text(encoding="utf-8").strip()
    source, git = Path(__file__).parents[1], which("git")
    if git is None or not (source / ".git").exists():  # a file in a work tree, a folder in a clone
        return ""
    asked = subprocess.run([git, "-C", str(source), "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return asked.stdout.strip() if asked.returncode == 0 else ""

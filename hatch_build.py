"""Writes into a wheel which commit it was built from, so that ``kantadesk --version`` can say it."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CommitHook(BuildHookInterface):  # type: ignore[type-arg]  # hatchling calls it with its own configuration
    """The commit is that of the source folder, or ``KANTADESK_COMMIT`` where that folder is no checkout (an image)."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add ``starter/commit.txt``; an editable installation asks git itself."""
        if version == "editable":
            return
        asked = ["git", "-C", self.root, "rev-parse", "HEAD"]
        try:
            found = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
        except (OSError, subprocess.CalledProcessError):
            found = ""
        if commit := os.environ.get("KANTADESK_COMMIT", "").strip() or found:
            written = Path(tempfile.mkdtemp()) / "commit.txt"
            written.write_text(commit + "\n", encoding="utf-8")
            build_data["force_include"][str(written)] = "starter/commit.txt"

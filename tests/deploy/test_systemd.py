"""The systemd units: they parse, start what there is, and keep the service to its own folder."""

from __future__ import annotations

import configparser
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from starter.cli import cli

FOLDER = Path(__file__).parents[2] / "docs" / "deploy" / "systemd"
UNITS = sorted(FOLDER.glob("*.service"))
SYSTEMD = shutil.which("systemd-analyze")
HARDENED = {
    "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes",
    "PrivateDevices": "yes", "CapabilityBoundingSet": "", "RestrictSUIDSGID": "yes", "UMask": "0077",
}  # fmt: skip


def service(unit: Path) -> configparser.SectionProxy:
    """The section of the service."""
    read = configparser.ConfigParser(interpolation=None, strict=False)
    read.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their capitals
    read.read_string(unit.read_text(encoding="utf-8"))
    return read["Service"]


def test_there_is_one_for_everything_and_one_for_a_worker() -> None:
    assert [unit.name for unit in UNITS] == ["kantadesk-worker.service", "kantadesk.service"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_it_starts_a_command_that_there_is_as_nobody_else_and_writes_only_its_folder(unit: Path) -> None:
    written = service(unit)
    programme, *arguments = written["ExecStart"].split()
    assert Path(programme).is_absolute()
    assert cli.get_command(click.Context(cli), arguments[0]) is not None
    assert written["User"] == "kantadesk"
    assert written["Environment"] == f"KANTADESK_DATA_DIR=/var/lib/{written['StateDirectory']}"
    assert "KillSignal" not in written, "both stop on SIGTERM"
    for name, value in HARDENED.items():
        assert written[name] == value, name


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_itself_takes_it(unit: Path, tmp_path: Path) -> None:
    if SYSTEMD is None:
        pytest.skip("no systemd-analyze on this machine")
    here = tmp_path / unit.name  # the programme is not installed here: any other that is stands for it
    here.write_text(unit.read_text(encoding="utf-8").replace("/usr/local/bin/kantadesk", "/bin/true"), encoding="utf-8")
    checked = subprocess.run(
        [SYSTEMD, "verify", "--man=no", str(here)], capture_output=True, text=True, check=False, timeout=60
    )
    assert (checked.returncode, checked.stderr) == (0, "")

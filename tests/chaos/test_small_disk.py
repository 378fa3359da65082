"""The disk of the chaos suite can be full, with and without the right to mount one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.chaos.small_disk import SmallDisk

WRITER = """
import sys
from pathlib import Path
for line in sys.stdin:
    try:
        Path(line.strip()).write_bytes(bytes(50_000))
        print("written", flush=True)
    except OSError as fault:
        print(fault.strerror, flush=True)
"""


@pytest.mark.parametrize("mounted", [True, False], ids=["the best way there is", "without any privilege"])
def test_a_full_disk_takes_nothing_until_it_has_room_again(tmp_path: Path, mounted: bool) -> None:
    command = [sys.executable, "-c", WRITER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdin
        assert writer.stdout

        def writes(name: str) -> str:
            assert writer.stdin
            assert writer.stdout
            writer.stdin.write(f"{disk.place / name}\n")
            writer.stdin.flush()
            return writer.stdout.readline().strip()

        disk = SmallDisk(tmp_path / "disk", lambda: [writer.pid], mounted=mounted)
        try:
            assert writes("before") == "written"
            disk.fill()
            assert writes("meanwhile") == ("No space left on device" if disk.is_mounted else "File too large")
            disk.free()
            assert writes("after") == "written"
        finally:
            disk.close()
            writer.stdin.close()

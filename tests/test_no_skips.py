"""Where nothing may be skipped, a skip of any kind fails; elsewhere it is a skip."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

SKIPS = {
    "mark": "import pytest\n@pytest.mark.skipif(True, reason='no browser')\ndef test_it(): pass",
    "call": "import pytest\ndef test_it(): pytest.skip('no browser')",
    "fixture": "import pytest\n@pytest.fixture\ndef f(): pytest.skip('no browser')\ndef test_it(f): pass",
    "module": "import pytest\npytest.skip('no browser', allow_module_level=True)",
    "import": "import pytest\npytest.importorskip('no_browser_module', reason='no browser')",
}


XFAIL = "import pytest\n@pytest.mark.xfail(reason='known')\ndef test_it(): assert False"


def run(folder: Path, tests: dict[str, str], *, no_skips: str) -> str:
    """Pytest's last words on some tests."""
    shutil.copy(Path(__file__).with_name("conftest.py"), folder)
    for name, test in tests.items():
        (folder / f"test_{name}.py").write_text(test, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir", str(folder)]
    options = ["--continue-on-collection-errors", "-p", "no:cacheprovider"]
    environ = {**os.environ, "KANTADESK_NO_SKIPS": no_skips}
    done = subprocess.run([*command, *options, folder], env=environ, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}
    return done.stdout


def test_where_nothing_may_be_skipped_each_skip_fails_with_its_reason(tmp_path: Path) -> None:
    printed = run(tmp_path, {**SKIPS, "xfail": XFAIL}, no_skips="1")

    assert "1 failed, 1 xfailed, 4 errors" in printed
    assert "may not be skipped here (KANTADESK_NO_SKIPS)" in printed
    assert printed.count("no browser") >= len(SKIPS)


def test_elsewhere_a_skip_is_a_skip(tmp_path: Path) -> None:
    assert "5 skipped, 1 xfailed" in run(tmp_path, {**SKIPS, "xfail": XFAIL}, no_skips="")

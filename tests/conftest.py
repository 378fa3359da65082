"""With KANTADESK_NO_SKIPS set (``.ci/run``) a test that would be skipped fails with its reason: a tool is missing."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import TypeVar

import pytest
from hypothesis import settings
from pytest import CollectReport, TestReport  # noqa: PT013  # names for annotations

settings.register_profile("kantadesk", deadline=None, print_blob=True)  # a slow machine is no fault of the rules
settings.register_profile(
    "mutants", settings.get_profile("kantadesk"), max_examples=25, derandomize=True, database=None
)
settings.load_profile("kantadesk")

R = TypeVar("R", TestReport, CollectReport)


def _not_skipped(report: R) -> R:
    """The report, with a skip made a failure; an expected failure stays one."""
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("KANTADESK_NO_SKIPS"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} may not be skipped here (KANTADESK_NO_SKIPS): {reason}"
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, TestReport, TestReport]:
    """Each test's report."""
    return _not_skipped((yield))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, CollectReport, CollectReport]:
    """Each module's report: a whole module can be skipped too."""
    return _not_skipped((yield))

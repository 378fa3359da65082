"""The dashed line of the charts in ``docs/performance.md`` is growth in step, also where it leaves the chart."""

from __future__ import annotations

import pytest

from benchmarks.plot import _in_step


def test_a_line_in_step_ends_at_the_last_size() -> None:
    assert _in_step((1000, 45), 20_000, 935) == (20_000, 900)


def test_a_line_that_leaves_the_chart_keeps_its_slope() -> None:
    size, value = _in_step((1000, 400), 20_000, 600)
    assert (size, value) == pytest.approx((1500, 600))

"""The simulated queues: nothing is lost, nothing is early, and more of what does the work makes nobody later."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simpy import Environment

from benchmarks.capacity.queues import Alarm, Costs, Plant, _Worker, burst

COSTS = st.builds(
    Costs,
    workflow_task=st.floats(0.001, 0.1),
    activity=st.floats(0.001, 0.1),
    server_task=st.floats(0.001, 0.05),
    read_event=st.floats(0, 0.01),
    paper=st.floats(0, 0.2),
)
ALARMS = st.builds(
    Alarm,
    letters=st.integers(1, 6),
    events=st.integers(0, 60),
    noted_by_the_process=st.booleans(),
    papers=st.integers(0, 2),
)
PLANTS = st.builds(
    Plant,
    workers=st.integers(1, 4),
    cache=st.integers(1, 40),
    workflow_tasks_at_once=st.integers(1, 20),
    activities_at_once=st.integers(1, 100),
    server_lanes=st.integers(1, 4),
    mail_per_second=st.none() | st.floats(1, 200),
)
DUES = st.lists(st.floats(0, 5), min_size=1, max_size=30).map(sorted)
ONE_AT_A_TIME = Costs(workflow_task=0.01, activity=0.02, server_task=0.004, read_event=0.001)
FEW = settings(max_examples=40, deadline=None, derandomize=True)


@FEW
@given(DUES, ALARMS, COSTS, PLANTS)
def test_every_letter_goes_once_and_nothing_is_early(
    dues: list[float], alarm: Alarm, costs: Costs, plant: Plant
) -> None:
    late = burst(dues, alarm, costs, plant)
    assert late.letters == len(dues) * alarm.letters
    assert late.papers == len(dues) * alarm.papers
    assert len(late.noticed) == len(late.told) == len(dues)
    assert min(late.noticed) > 0
    assert min(late.told) > min(late.noticed)


@FEW
@given(DUES, ALARMS, COSTS, PLANTS)
def test_nothing_is_done_faster_than_its_work_takes(
    dues: list[float], alarm: Alarm, costs: Costs, plant: Plant
) -> None:
    """The work of the letters and look-ups alone, on all workers and in all lanes together."""
    late = burst(dues, alarm, costs, plant)
    activities = len(dues) * (alarm.letters + 1)
    took = max(dues) - min(dues) + max(late.told)
    assert took >= activities * costs.activity / plant.workers * 0.999
    assert took >= activities * costs.server_task / plant.server_lanes * 0.999
    if plant.mail_per_second:
        assert took >= late.letters / plant.mail_per_second * 0.999


@FEW
@given(st.integers(1, 40), st.integers(1, 5), COSTS)
def test_twice_the_workers_tell_nobody_later(count: int, workers: int, costs: Costs) -> None:
    """For a server that is no bottleneck: then each worker has half of the clocks that one had before.

    One letter each: ends of several letters share a workflow task less often where nobody waits.
    """
    free, alarm = replace(costs, server_task=1e-9), Alarm(1, 30)
    one, two = (
        burst([0.0] * count, alarm, free, Plant(workers=n, cache=100, server_lanes=100)) for n in (workers, 2 * workers)
    )
    assert max(two.told) <= max(one.told) * 1.000001
    assert max(two.noticed) <= max(one.noticed) * 1.000001


@FEW
@given(st.lists(st.integers(0, 30), max_size=200), st.integers(1, 30), st.integers(0, 30))
def test_a_larger_memory_forgets_no_process_that_a_smaller_one_remembers(
    asked: list[int], cache: int, more: int
) -> None:
    small, large = (_Worker(Environment(), Plant(cache=size)) for size in (cache, cache + more))
    for number in asked:
        in_the_small = small.remembers(number)
        assert large.remembers(number) >= in_the_small


@FEW
@given(st.integers(2, 40))
def test_with_room_for_all_no_process_is_read_again(count: int) -> None:
    dues = [n / count for n in range(count)]
    assert burst(dues, Alarm(4, 30), ONE_AT_A_TIME, Plant(cache=count)).read_again == 0
    assert burst(dues, Alarm(4, 30), ONE_AT_A_TIME, Plant(cache=count - 1)).read_again > 0


def test_one_clock_takes_exactly_its_tasks() -> None:
    """Noticed: a workflow task. Then a look-up, a workflow task and a letter, one after the other."""
    late = burst([0.0], Alarm(1, 30), ONE_AT_A_TIME, Plant())
    assert late.noticed == [pytest.approx(0.014)]
    assert late.told == [pytest.approx(0.014 + 0.024 + 0.014 + 0.024)]


def test_no_letter_waits_for_a_paper_but_for_the_worker() -> None:
    """On one worker the paper takes its time from the letters; they do not wait until it is there."""
    costs = replace(ONE_AT_A_TIME, paper=5.0)
    without, beside = (burst([0.0], Alarm(1, 30, papers=n), costs, Plant()) for n in (0, 1))
    assert beside.papers == 1
    assert without.told[0] < beside.told[0] < without.told[0] + 5.1


def test_a_process_that_left_the_memory_is_read_before_each_workflow_task() -> None:
    """Two processes, room for one. The history of 30 events grows by a task each time."""
    late = burst([0.0, 10.0], Alarm(1, 30), ONE_AT_A_TIME, Plant(cache=1))
    assert late.read_again == 2, "the first was pushed out by the second at the start, the second by the first"
    assert late.noticed == [pytest.approx(0.044), pytest.approx(0.044)]


def test_what_the_provider_takes_bounds_the_letters() -> None:
    late = burst([0.0] * 10, Alarm(4, 30), ONE_AT_A_TIME, Plant(mail_per_second=2))
    assert 20 <= max(late.told) < 21
    assert max(late.noticed) < 1, "nobody waits for the provider but the letters"

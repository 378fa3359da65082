"""Small processes with Temporal's mechanisms, and scripts that play them: on the engine and on a real server.

A script gets a client and a queue, whose name begins each id; it gives back what a caller has seen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from temporalio import activity, workflow
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import RetryPolicy, SearchAttributeKey, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ActivityError, ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError
from temporalio.workflow import ActivityCancellationType

Script = Callable[[Client, str], Awaitable[Any]]
SHORT, LONG = timedelta(seconds=1), timedelta(seconds=60)
SHOWN = SearchAttributeKey.for_keyword("KantaPhase")
"""A search attribute that the tests' real server knows."""
QUICKLY = {"initial_interval": timedelta(seconds=0.1), "backoff_coefficient": 1.5}


@activity.defn
async def weather(fails: int, kind: str, is_final: bool, delay: float) -> int:
    """Fails so many times, as a failure of this kind; which try it was."""
    tried = activity.info().attempt
    if tried <= fails:
        pause = timedelta(seconds=delay) if delay else None
        raise ApplicationError(f"try {tried}", type=kind, non_retryable=is_final, next_retry_delay=pause)
    return tried


@activity.defn
async def slow(beats: bool) -> str:
    """Takes half a minute, unless it is cancelled; it may beat meanwhile."""
    for _ in range(300):
        if beats:
            activity.heartbeat()
        await asyncio.sleep(0.1)
    return "done"


@workflow.defn(name="Tried")
class Tried:
    """An activity that fails."""

    @workflow.run
    async def run(self, asked: list[Any], at_most: int, whole: float) -> str:
        """Say what came of it."""
        policy = RetryPolicy(**QUICKLY, maximum_attempts=at_most, non_retryable_error_types=["Fatal"])  # type: ignore[arg-type]
        try:
            tried = await workflow.execute_activity(
                weather, args=asked, schedule_to_close_timeout=timedelta(seconds=whole), retry_policy=policy
            )
        except ActivityError as error:
            cause = error.cause
            kind = cause.type if isinstance(cause, ApplicationError) else ""
            return f"{error.retry_state} {type(cause).__name__} {kind}"
        return f"try {tried}"


@workflow.defn(name="TooSlow")
class TooSlow:
    """An activity that takes too long, by one of its time-outs."""

    @workflow.run
    async def run(self, once: float, heartbeat: float, at_most: int, whole: float) -> str:
        """Say what came of it."""
        try:
            return await workflow.execute_activity(
                slow,
                False,
                start_to_close_timeout=timedelta(seconds=once) if once else None,
                schedule_to_close_timeout=timedelta(seconds=whole),
                heartbeat_timeout=timedelta(seconds=heartbeat) if heartbeat else None,
                retry_policy=RetryPolicy(**QUICKLY, maximum_attempts=at_most),  # type: ignore[arg-type]
            )
        except ActivityError as error:
            return f"{error.retry_state} {getattr(error.cause, 'type', None)}"


@workflow.defn(name="Cancels")
class Cancels:
    """Cancels a timer, and an activity in one of three ways."""

    @workflow.run
    async def run(self, how: int) -> str:
        """Say what came of it."""
        timer = asyncio.create_task(workflow.sleep(60))
        at_work = workflow.start_activity(
            slow,
            True,
            start_to_close_timeout=LONG,
            heartbeat_timeout=timedelta(seconds=5),
            cancellation_type=ActivityCancellationType(how),
        )
        await workflow.sleep(1)
        timer.cancel()
        at_work.cancel()
        try:
            return await at_work
        except ActivityError as error:
            return type(error.cause).__name__


@workflow.defn(name="Shows")
class Shows:
    """Shows memo, search attribute and patches, and goes on in a new run."""

    @workflow.run
    async def run(self, number: int) -> str:
        """Go on until the third run."""
        shown = f"{sorted(workflow.memo())} {workflow.info().typed_search_attributes.get(SHOWN)}"
        workflow.upsert_memo({"number": number, f"run {number}": "was here"})
        workflow.upsert_search_attributes([SHOWN.value_set(f"run {number}")])
        if workflow.patched("a") and workflow.patched("b") and workflow.patched("a"):
            workflow.deprecate_patch("c")
            await workflow.sleep(0.1)
        if number < 3:
            workflow.continue_as_new(number + 1)
        return shown


@workflow.defn(name="Listens")
class Listens:
    """Takes signals, updates and queries, tells another, and may be cancelled."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    @workflow.run
    async def run(self, whom: str) -> list[str]:
        """Listen until it is told to stop."""
        if whom:
            try:
                await workflow.get_external_workflow_handle(whom).signal("tell", "from another")
            except ApplicationError as error:
                self.heard.append(str(error.type))
        try:
            await workflow.wait_condition(lambda: "stop" in self.heard)
        except asyncio.CancelledError:
            self.heard.append("cancelled")
            if "ends" not in self.heard:
                raise
        if "fail" in self.heard:
            raise ApplicationError("as it was told", type="Told", non_retryable=True)
        return self.heard

    @workflow.signal
    async def tell(self, what: str) -> None:
        """Hear it."""
        self.heard.append(what)

    @workflow.update
    async def ask(self, what: str) -> int:
        """Hear it after a while; some things can't be heard."""
        await workflow.sleep(0.1)
        if what == "impossible":
            raise ApplicationError("it can't be", type="Impossible")
        self.heard.append(what)
        return len(self.heard)

    @ask.validator
    def check(self, what: str) -> None:
        """Refuse what is empty."""
        if not what:
            raise ApplicationError("empty", type="Empty")

    @workflow.query
    def told(self) -> list[str]:
        """What it has heard."""
        return self.heard


WORKFLOWS: list[type] = [Tried, TooSlow, Cancels, Shows, Listens]
ACTIVITIES: list[Callable[..., Any]] = [weather, slow]


async def _once(desk: Client, queue: str, kind: str, *asked: Any) -> Any:
    try:
        return await desk.execute_workflow(kind, args=asked, id=f"{queue}-one", task_queue=queue)
    except WorkflowFailureError as error:
        return type(error.cause).__name__


def once(kind: str, *asked: Any) -> Script:
    """A script that starts one and waits for its end."""
    return lambda desk, queue: _once(desk, queue, kind, *asked)


async def _listens(desk: Client, queue: str, name: str = "one", whom: str = "") -> WorkflowHandle[Any, Any]:
    handle = await desk.start_workflow("Listens", whom, id=f"{queue}-{name}", task_queue=queue)
    await handle.query("told")
    return handle


async def _seen(asked: Awaitable[Any]) -> str:
    """What comes of a call, in a word or two."""
    try:
        return str(await asked)
    except WorkflowUpdateFailedError as error:
        return f"refused: {getattr(error.cause, 'type', error.cause)}"
    except WorkflowFailureError as error:
        return f"failed: {type(error.cause).__name__}"
    except WorkflowAlreadyStartedError:
        return "already started"
    except RPCError as error:
        return f"rpc: {error.status.name}"


async def updates(desk: Client, queue: str) -> list[str]:
    """Taken, refused by its validator, refused by its handler, the same once more, one that comes too late."""
    one = await _listens(desk, queue)
    asked = ["first", "", "impossible", "second"]
    seen = [await _seen(one.execute_update("ask", what, id=f"u{n}")) for n, what in enumerate(asked)]
    seen.append(await _seen(one.execute_update("ask", "not heard", id="u0")))
    await one.signal("tell", "stop")
    seen.append(await _seen(one.result()))
    return [*seen, await _seen(one.execute_update("ask", "late", id="u9")), await _seen(one.signal("tell", "late"))]


async def _until(handle: WorkflowHandle[Any, Any], number: int) -> None:
    """Wait until it has heard so many things."""
    while len(await handle.query("told")) < number:  # noqa: ASYNC110  # it is elsewhere
        await asyncio.sleep(0.1)


async def between_runs(desk: Client, queue: str) -> list[str]:
    """A signal to another run, to nobody, and to one that is over."""
    other = await _listens(desk, queue, "other")
    callers = [await _listens(desk, queue, "a", f"{queue}-other"), await _listens(desk, queue, "b", f"{queue}-nobody")]
    await _until(other, 1)
    await other.signal("tell", "stop")
    seen = [await _seen(other.result())]
    callers.append(await _listens(desk, queue, "c", f"{queue}-other"))
    for each in callers:
        await _until(each, 0 if each is callers[0] else 1)
        await each.signal("tell", "stop")
        seen.append(await _seen(each.result()))
    return seen


async def ends(desk: Client, queue: str) -> list[str]:
    """Cancelled, cancelled and ended well all the same, terminated, failed."""
    seen = []
    for name, said in (("a", ()), ("b", ("ends",)), ("c", ("fail", "stop")), ("d", ())):
        each = await _listens(desk, queue, name)
        for what in said:
            await each.signal("tell", what)
        if name in "ab":
            await each.cancel()
        if name == "d":
            await each.terminate("enough")
        seen.append(await _seen(each.result()))
        seen.append((await each.describe()).status.name)  # type: ignore[union-attr]
        seen.append(await _seen(each.cancel()))
    return seen


async def ids(desk: Client, queue: str) -> list[str]:
    """Each policy for an id that is used, that was used well, and whose run has failed."""
    seen = []
    for number, conflict in enumerate(WorkflowIDConflictPolicy):
        if conflict == WorkflowIDConflictPolicy.UNSPECIFIED:
            continue
        name = f"{queue}-open-{number}"
        first = await _listens(desk, queue, f"open-{number}")
        start = desk.start_workflow("Listens", "", id=name, task_queue=queue, id_conflict_policy=conflict)
        seen.append(f"{conflict.name}: {await _seen(_is_new(start, first))}, {(await first.describe()).status.name}")  # type: ignore[union-attr]
    reuses = (
        WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
        WorkflowIDReusePolicy.REJECT_DUPLICATE,
    )
    for number, reuse in enumerate(reuses):
        for said in (("stop",), ("fail", "stop")):
            name = f"over-{number}-{len(said)}"
            first = await _listens(desk, queue, name)
            for what in said:
                await first.signal("tell", what)
            await _seen(first.result())
            start = desk.start_workflow("Listens", "", id=f"{queue}-{name}", task_queue=queue, id_reuse_policy=reuse)
            seen.append(f"{reuse.name} after {said[0]}: {await _seen(_is_new(start, first))}")
    return seen


async def _is_new(start: Awaitable[WorkflowHandle[Any, Any]], first: WorkflowHandle[Any, Any]) -> bool:
    return (await start).result_run_id != first.result_run_id


async def with_start(desk: Client, queue: str) -> list[str]:
    """A signal that starts what it is for, and one that finds it."""
    name, seen = f"{queue}-one", []
    for what in ("first", "second", "stop"):
        handle = await desk.start_workflow(
            "Listens", "", id=name, task_queue=queue, start_signal="tell", start_signal_args=[what]
        )
        seen.append(str(len(await handle.query("told"))))
    with suppress(WorkflowFailureError):
        seen.append(str(await handle.result()))
    return seen


async def queries(desk: Client, queue: str) -> list[str]:
    """Asked while it runs, once it is over, and for what it does not know."""
    one = await _listens(desk, queue)
    await one.signal("tell", "stop")
    await one.result()
    return [await _seen(one.query("told"))]


SCRIPTS: dict[str, Script] = {
    "an activity fails twice": once("Tried", [2, "Weather", False, 0.0], 0, 60.0),
    "an activity fails for good": once("Tried", [9, "Weather", True, 0.0], 0, 60.0),
    "an activity fails of a kind that is not tried again": once("Tried", [9, "Fatal", False, 0.0], 0, 60.0),
    "an activity fails as often as it may": once("Tried", [9, "Weather", False, 0.0], 3, 60.0),
    "an activity says when to try again": once("Tried", [1, "Weather", False, 0.7], 0, 60.0),
    "an activity would be tried again after its whole time": once("Tried", [9, "Weather", False, 9.0], 0, 2.0),
    "a try takes too long": once("TooSlow", 1.0, 0.0, 2, 60.0),
    "a try does not beat": once("TooSlow", 30.0, 1.0, 2, 60.0),
    "all tries take too long": once("TooSlow", 0.0, 0.0, 0, 1.0),
    "an activity is cancelled, and waited for no more": once("Cancels", ActivityCancellationType.TRY_CANCEL),
    "an activity is cancelled and says so": once("Cancels", ActivityCancellationType.WAIT_CANCELLATION_COMPLETED),
    "an activity is abandoned": once("Cancels", ActivityCancellationType.ABANDON),
    "it goes on in new runs": once("Shows", 1),
    "updates": updates,
    "signals between runs": between_runs,
    "ends": ends,
    "ids": ids,
    "a signal with a start": with_start,
    "a query once it is over": queries,
}

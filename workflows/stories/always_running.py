"""The story of the processes that must always run: a schedule asks for it every few minutes."""

from __future__ import annotations

from temporalio import workflow

from workflows.watchdog import steps


@workflow.defn(name="StandingProcesses")
class StandingProcesses:
    """Starts again what nobody would miss soon enough.

    1. Each process of which there is always one (the watchdog, the notice watch) is started if it does not run.
    2. Old finished runs of the watchdog are cleared away.
    """

    @workflow.run
    async def run(self) -> list[str]:
        """Start what does not run; answers what was started."""
        started = await steps.ensure_standing()
        said = (
            f"Started now: {', '.join(started)}."
            if started
            else "Everything that must always run does: nothing to start."
        )
        workflow.set_current_details(said)
        await steps.clear_away()
        return started

"""``kantadesk drill schedule``: a drill every week, begun by a Temporal Schedule of ours."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from starter.client.completions import completed
from starter.language.moments import said_back, short
from starter.language.words import _
from starter.terminal.output import Table, json_option, say, say_json, show

if TYPE_CHECKING:
    from temporalio.client import Client

    from workers.schedules import WeeklyDrill
    from workflows.incident.drill_plan import DrillPlan

SHOWN_TIMES = 3


@click.command
@click.option("--weekly", metavar="WHEN", help='Day and time, such as "Mon 09:00" or "ma klo 9.00", by your own clock.')
@click.option("--title", metavar="TEXT", help="What the drill is about.")
@click.option(
    "--service",
    "services",
    metavar="SERVICE",
    multiple=True,
    shell_complete=completed("services"),
    help="A service that it is about; may be given again.",
)
@click.option("--description", default="", metavar="TEXT", help="What the desk is to find out.")
@click.option(
    "--name", default="weekly", show_default=True, metavar="NAME", help="Of the schedule; another one is another drill."
)
@click.option("--delete", is_flag=True, help="Take the schedule of this name away; drills that run go on.")
@json_option
def schedule(as_json: bool, **typed: Any) -> None:
    r"""A drill every week, at a time of your own clock (summer time moves with it). Without options: what is scheduled.

    Each time an incident is opened as a drill, with a reference of its own (DRILL-NAME-20261130-0900). The same name
    again changes the schedule.

    \b
      kantadesk drill schedule --weekly "Mon 09:00" --title "Drill: MyKanta is down" --service MYKANTA
      kantadesk drill schedule
      kantadesk drill schedule --delete --name weekly
    """
    from starter.client.client import talk

    if typed["delete"]:
        talk(lambda client, _settings: _delete(client, typed["name"]))
        done = _("The schedule {name} is gone; drills that run go on.", name=typed["name"])
    elif typed["weekly"]:
        plan = _plan(typed)
        is_new = talk(lambda client, _settings: _schedule(client, plan))
        how = _("Scheduled") if is_new else _("Changed")
        done = f"{how}: {plan.name}, {_when(plan)} ({plan.time_zone}): {plan.title}"
    elif typed["title"] or typed["services"]:
        from starter.terminal.errors import Wrong

        raise Wrong(_('--weekly: say when the drill comes, such as "Mon 09:00"'))
    else:
        done = ""
    drills = talk(lambda client, _settings: _list(client, typed["name"] if typed["weekly"] else ""))
    if as_json:
        say_json([_as_json(drill) for drill in drills])
        return
    if done:
        say(done)
    _show(drills)


def _plan(typed: dict[str, Any]) -> DrillPlan:
    """The plan that was typed. Raises ``Wrong``."""
    from starter.client.configuration import operating_model, settings_in_force
    from starter.sending.input_errors import checked
    from starter.sending.values import service_named
    from starter.terminal.day_words import in_english
    from workflows.incident.drill_plan import DrillPlan

    model = operating_model(settings_in_force())
    fields = {name: typed[name] for name in ("weekly", "title", "description", "name") if typed[name] is not None}
    if "weekly" in fields:
        fields["weekly"] = in_english(fields["weekly"])
    fields["services"] = [service_named(service) for service in typed["services"]]
    if model:
        fields |= {"time_zone": model.organisation.time_zone, "sector": model.organisation.sector}
    return checked(DrillPlan, fields)


async def _schedule(client: Client, plan: DrillPlan) -> bool:
    from starter.client.client import within_reach
    from workers.schedules import schedule_drill

    return await within_reach(schedule_drill(client, plan), _("schedule {name}", name=plan.name))


async def _delete(client: Client, name: str) -> None:
    """Raises ``NotThere``."""
    from temporalio.service import RPCError, RPCStatusCode

    from activities.watchdog.drill_schedules import DRILL_SCHEDULES
    from starter.client.failures import in_words_of_ours
    from starter.terminal.errors import NotThere

    try:
        await client.get_schedule_handle(f"{DRILL_SCHEDULES}{name}").delete()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise NotThere(_('there is no schedule {name}; "kantadesk drill schedule" lists them', name=name)) from None
        raise in_words_of_ours(error, _("schedule {name}", name=name)) from None


async def _list(client: Client, also: str) -> list[WeeklyDrill]:
    from starter.client.client import within_reach
    from workers.schedules import weekly_drills

    return await within_reach(weekly_drills(client, also), _("schedules"))


def _as_json(drill: WeeklyDrill) -> dict[str, Any]:
    return {**drill.plan.model_dump(mode="json"), "next_at": list(drill.next_at), "paused": drill.is_paused}


def _when(plan: DrillPlan) -> str:
    """A time of the week as this language writes one: "ma klo 09.00"."""
    from workflows.incident.drill_plan import weekly
    from workflows.procedure.local_time import zone

    day, hour, minute = weekly(plan.weekly)
    of_a_week = datetime(2023, 1, 1 + day, hour, minute, tzinfo=zone())  # its first day was a Sunday
    weekday, _date, clock = said_back(of_a_week).split(" ", 2)
    return f"{weekday} {clock}"


def _show(drills: list[WeeklyDrill]) -> None:
    if not drills:
        say(_('No drill is scheduled. "kantadesk drill schedule --help" shows how to have one every week.'))
        return
    lines = [
        (
            drill.plan.name,
            f"{_when(drill.plan)} ({drill.plan.time_zone})",
            _("paused") if drill.is_paused else ", ".join(short(at) for at in drill.next_at[:SHOWN_TIMES]),
            drill.plan.title,
        )
        for drill in drills
    ]
    show(Table((_("name"), _("every week"), _("next"), _("drill")), lines))

"""``kantadesk doctor``: whether this installation has everything it needs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from starter.language.heard import heard
from starter.language.words import Texts, _, n_
from starter.terminal.output import Table, json_option, say, say_json, show

if TYPE_CHECKING:
    from starter.doctor.checks import CheckResult
    from workers.settings import Settings

MARKS: Texts = {"ok": "ok", "warning": "WARNING", "fault": "FAULT"}
WORST_FIRST = ("fault", "warning", "ok")


@click.command
@click.option("--watch", is_flag=True, help="Look as the watchdog does: is every open clock alive?")
@click.option(
    "--form",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="OUT.DOCX",
    help="Write the report form filled with sample values, and list where each field goes.",
)
@click.option("--settings", "only_settings", is_flag=True, help="List every setting, its value and where it is set.")
@json_option
def doctor(watch: bool, form: Path | None, only_settings: bool, as_json: bool) -> None:
    r"""Check everything an installation needs; say what to do about what is missing. Changes nothing, sends no mail.

    What is wrong comes first. With --settings it lists the settings instead, each with its value and where that was
    set; nothing is checked then.

    With --watch it looks at the open incidents and breaches as the watchdog does, also where the watchdog or every
    worker is down. With --form it fills the report form (your own, if the operating model names one) with sample
    values, and lists each place with its row and column heading; Temporal isn't needed for it. Exit code 0 where there
    is no fault, 2 where there is one, 5 where Temporal can't be reached.

    \b
      kantadesk doctor
      kantadesk doctor --settings
      kantadesk doctor --watch
      kantadesk doctor --watch --json
      kantadesk doctor --form sample.docx
    """
    from starter.client.configuration import settings_in_force
    from starter.terminal.errors import Faulty, Wrong

    if watch + only_settings + bool(form) > 1:
        raise Wrong(_("give one of --watch, --form and --settings"))
    if form:
        from starter.doctor.form import fill

        fill(settings_in_force(), form, as_json=as_json)
        return
    if watch:
        from starter.doctor.watch import look

        look(as_json=as_json)
        return

    settings = settings_in_force()
    shown = [setting._asdict() for setting in settings.shown()]
    if only_settings:
        if as_json:
            say_json({"settings": shown})
        else:
            _show_settings(settings)
        return
    findings = asyncio.run(_examine(settings))
    faults = sum(finding.level == "fault" for finding in findings)
    if as_json:
        say_json({"ok": not faults, "settings": shown, "checks": [finding._asdict() for finding in findings]})
    else:
        _show(findings)
    if faults:
        raise Faulty(n_("{n} fault was found", "{n} faults were found", faults))


async def _examine(settings: Settings) -> list[CheckResult]:
    from starter.doctor import checks, contact_checks, delivery_checks, mail_checks, store_check, temporal_checks

    found = await asyncio.gather(
        temporal_checks.check_temporal(settings),
        contact_checks.check_contacts(settings),
        asyncio.to_thread(checks.check_installation, settings),
        asyncio.to_thread(store_check.check_store, settings),
        asyncio.to_thread(mail_checks.check_mail, settings),
        asyncio.to_thread(delivery_checks.check_delivery, settings),
    )
    return [finding for findings in found for finding in findings]


def _show(findings: list[CheckResult]) -> None:
    """What is wrong first, then what is well."""
    for finding in sorted(findings, key=lambda each: WORST_FIRST.index(each.level)):
        say(f"  {_(MARKS[finding.level]):<8} {finding.what}: {finding.detail}")
        if finding.to_do:
            say(f"           -> {finding.to_do}")


def _show_settings(settings: Settings) -> None:
    rows = [(setting.name, setting.value, heard(setting.origin)) for setting in settings.shown()]
    show(Table((_("setting"), _("value"), _("from")), rows, _("Settings")))

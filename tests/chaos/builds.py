"""Builds of the product: a copy of its code in which some lines are others. A worker is started from it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

from tests.starter.conftest import ROOT

PACKAGES = ("workflows", "activities", "workers", "starter")


class Change(NamedTuple):
    """One line that is another: in which file, what stands there once, what stands there instead."""

    file: str
    line: str
    instead: str


NEXT_RELEASE = (
    Change(
        "workflows/stories/incident.py",
        "        changes = self.record.change(said)\n",
        "        changes = self.record.change(said)\n"
        "        if workflow.patched('asks-again'):\n"
        "            await self.take_rules()\n",
    ),
    Change(
        "workflows/stories/incident.py",
        "        await self.bundle_evidence()\n",
        "        if workflow.patched('says-its-release'):\n"
        "            self.record.note(self.now, 'Closed by the next release')\n"
        "        await self.bundle_evidence()\n",
    ),
)
"""What is deployed in the middle of the storm: a step and a line more, each patched as CONTRIBUTING asks."""

REMINDER_SKIPPED = Change(
    "workflows/process/duty_timers.py",
    "                self.on_alarm(after, alarm, ",
    "                alarm.kind == 'overdue' and self.on_alarm(after, alarm, ",
)
MESSAGE_DROPPED = Change(
    "workflows/process/inbox.py",
    "        await kind.apply(process, said)\n",
    "        kind.name == 'situation_update' or await kind.apply(process, said)\n",
)
MAIL_DOUBLED = Change(
    "activities/mail/send_once.py",
    "            answer = await hand_over(message)\n",
    "            answer = (await hand_over(message), await hand_over(message))[0]\n",
)
REMINDER_EARLY = Change(
    "workflows/process/duty_timers.py",
    "await wait_until(alarm.at, ",
    "await wait_until(alarm.at - timedelta(seconds=3), ",
)
DUTY_FORGOTTEN = Change(
    "workflows/procedure/incident/triage.py",
    'return (*form, "phone_kela") if is_called else form',
    "return form",
)
LETTER_NOT_KEPT = Change(
    "activities/mail/sender.py",
    "            self._folders.keep(letter.case or letter.reference",
    '            letter.kind == "start" or self._folders.keep(letter.case or letter.reference',
)

OUTSIDE_UNTOLD = Change(
    "activities/watchdog/outside.py",
    "                await self._judge(run)\n",
    "                del run\n",
)


def build(into: Path, *changes: Change) -> Path:
    """A folder with the code of today, changed. Fails where a line does not stand there exactly once."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, into / package, ignore=shutil.ignore_patterns("__pycache__"))
    for change in changes:
        file = into / change.file
        text = file.read_text(encoding="utf-8")
        assert text.count(change.line) == 1, f"{change.file} has changed: write the broken build anew"
        file.write_text(text.replace(change.line, change.instead), encoding="utf-8")
    return into

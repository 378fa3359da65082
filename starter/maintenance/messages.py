"""The commands of ``kantadesk maintenance`` that send one message each."""

from __future__ import annotations

from typing import Any

from starter.language.words import _
from starter.sending.command import MessageCommand


def _must_be_clear(fields: dict[str, Any], typed: dict[str, Any]) -> None:
    """Raises ``Wrong`` where nothing is changed, or the new start could be on any day: people are told at once."""
    from starter.maintenance.groups import with_groups_meant
    from starter.sending.ask_missing import asked_what_changes
    from starter.terminal.asking import may_ask
    from starter.terminal.errors import Wrong
    from starter.terminal.time_input import has_day, now
    from workflows.maintenance.messages import PLANNED, MaintenanceChange

    if not any(name in fields for name in (*PLANNED, "audience")) and may_ask():
        fields |= asked_what_changes(MaintenanceChange, PLANNED, now(), fields)
    if not any(name in fields for name in (*PLANNED, "audience")):
        raise Wrong(_("nothing is changed: give what is different, for example --ends-at"))
    fields |= with_groups_meant(fields)
    start = typed.get("starts_at")
    if start and not has_day(start):
        raise Wrong(_('--starts-at: say the day, too, for example "24.11.2026 {start}"', start=start.strip()))


change = MessageCommand(
    "change",
    "change",
    process="maintenance",
    tells=True,
    complete=_must_be_clear,
    intro="The break changes; what you leave out stays. Those who were told of it hear what is different, old and "
    "new, with a new calendar file. The times at which people are told move with the break. A new end without a day is "
    "the next such time.",
    examples="""\
  kantadesk maintenance change MNT-20261122-7F3K --ends-at "24.11.2026 09:00"
  kantadesk maintenance change MNT-20261122-7F3K --starts-at "25.11.2026 06:00" --ends-at 08:00
  kantadesk maintenance change MNT-20261122-7F3K --service PRESCRIPTION --service MYKANTA""",
)
cancel = MessageCommand(
    "cancel",
    "cancellation",
    process="maintenance",
    tells=True,
    intro="The break does not take place. Those who were told of it hear that, nobody else does; a calendar file "
    "takes it back.",
    examples="""  kantadesk maintenance cancel MNT-20261122-7F3K --reason "The supplier is not ready\"""",
)
complete = MessageCommand(
    "complete",
    "completion",
    process="maintenance",
    tells=True,
    intro="The work is completed and the break is over: those concerned are told.",
    examples="""\
  kantadesk maintenance complete MNT-20261122-7F3K
  kantadesk maintenance complete MNT-20261122-7F3K --completed-at 07:40""",
)
ack = MessageCommand(
    "ack",
    "acknowledgement",
    process="maintenance",
    intro="A contact has seen what the desk told them.",
    examples="""  kantadesk maintenance ack MNT-20261122-7F3K --contact ward-3 --what two_weeks_before""",
)
delivery = MessageCommand(
    "delivery",
    "delivery_report",
    process="maintenance",
    intro="What the mail system says about a message that had been accepted.",
    examples="""\
  kantadesk maintenance delivery MNT-20261122-7F3K --message-id "<abc@example.org>" \\
      --event bounced --detail "mailbox full\"""",
)

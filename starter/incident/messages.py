"""The commands of ``kantadesk incident`` that send one message each, without questions."""

from __future__ import annotations

import sys
from typing import Any

from starter.language.words import _
from starter.sending.command import MessageCommand


def _kelas_number(fields: dict[str, Any], _typed: dict[str, Any]) -> None:
    """The number called, where left out: Kela's technical support. A person who is asked reads whom to call."""
    from starter.views.kela import kelas_number

    number = kelas_number()
    if "number" not in fields:
        fields["number"] = number
    from starter.terminal.asking import may_ask

    if may_ask():
        from starter.terminal import prompts
        from starter.terminal.time_input import now
        from starter.views.kela import whom_at_kela

        for line in whom_at_kela(now(), number):
            prompts.tell(f"  {line}", faint=True)


def _what_was_seen(fields: dict[str, Any], typed: dict[str, Any]) -> None:
    """What was acknowledged, where left out: one of what waits, by its number."""
    from starter.terminal.asking import may_ask

    if "what" in fields or typed["file"] or not may_ask():
        return
    from starter.client.meant import to_acknowledge
    from starter.terminal import prompts

    if (waiting := to_acknowledge(typed["ref"])) and (
        chosen := prompts.one_of(_("What was seen? Its number, or its id"), waiting)
    ):
        fields["what"] = chosen


UNASKED = ("as_json", "yes", "dry_run")
"""Options with which nobody is asked."""


def _over_or_back(_fields: dict[str, Any], typed: dict[str, Any]) -> None:
    """After the end of a fault, ask a person whether it has come back: an update says that it is over."""
    if typed["file"] or any(typed.get(each) for each in UNASKED) or not sys.stdin.isatty():
        return
    from starter.client.client import status_of, talk

    reference = typed["ref"]
    if talk(lambda client, _settings: status_of(client, reference)).phase != "watch":
        return
    from starter.terminal import prompts
    from starter.terminal.errors import Wrong

    prompts.tell(_("The fault counts as over: those concerned read this as an update after its end."))
    if prompts.agree(_("Has the fault come back?"), default=False):
        reopen_it = f"kantadesk incident reopen {reference} --reason ..."
        raise Wrong(
            _(
                "not sent: reopen the incident, and those concerned are told that the fault is back: {reopen_it}",
                reopen_it=reopen_it,
            )
        )


call = MessageCommand(
    "call",
    "phone_escalation",
    complete=_kelas_number,
    intro="Log a telephone call to Kela's technical support. A call that reached nobody is logged too, but only one "
    "that reached somebody meets the duty.",
    examples="""\
  kantadesk incident call INC-20261122-7F3K --not-reached --called-at 02:10
  kantadesk incident call INC-20261122-7F3K --reached --person "M. Virtanen" \\
      --reference K-4711 --summary "Known at Kela, cause not yet found\"""",
)
update = MessageCommand(
    "update",
    "situation_update",
    tells=True,
    complete=_over_or_back,
    intro="The situation has changed: the contact groups are told. A higher severity may open new duties. After the "
    'end of the fault they read what is still being done; where it has come back, use "kantadesk incident reopen".',
    examples="""\
  kantadesk incident update INC-20261122-7F3K --text "Paper prescriptions from 14.30 on"
  kantadesk incident update INC-20261122-7F3K --text "Now also MyKanta" \\
      --service PRESCRIPTION --service MYKANTA --severity critical""",
)
supplement = MessageCommand(
    "supplement",
    "report_supplement",
    intro="Tell Kela what it does not know yet: a supplement to the report, that the fault is over, or that the report "
    "is withdrawn. What has changed stands on top of the form. Changes of severity, extent, services and texts go by "
    "themselves, unless your operating model wants to be asked first.",
    examples="""\
  kantadesk incident supplement INC-20261122-7F3K
  kantadesk incident supplement INC-20261122-7F3K --text "Also the night batch fails, since 02.10\"""",
)
correct = MessageCommand(
    "correct",
    "correction",
    intro="Something was written down wrong at the opening. Before and after stay on record. Clocks that count from "
    "the time at which the fault was noticed move with it; a legal one only to an earlier time.",
    examples="""\
  kantadesk incident correct INC-20261122-7F3K --noticed-at "22.11.2026 11.40" \\
      --reason "The ward's log says 11.40\"""",
)
resolve = MessageCommand(
    "resolve",
    "resolution",
    tells=True,
    intro="The fault is over: those concerned are told, and the watch for backlog and relapse begins.",
    examples="""\
  kantadesk incident resolve INC-20261122-7F3K --resolved-at "16:40" \\
      --cause "Certificate had expired at Kela" --remedy "Kela renewed it\"""",
)
reopen = MessageCommand(
    "reopen",
    "reopening",
    tells=True,
    intro="The fault has come back in the watch phase: back to handling, and everything is kept.",
    examples="""  kantadesk incident reopen INC-20261122-7F3K --reason "Same error again since 17.05\"""",
)
instruct = MessageCommand(
    "instruct",
    "authority_instruction",
    tells=True,
    intro="Pass on what an authority tells us to do. Each contact person is told and must acknowledge it.",
    examples="""\
  kantadesk incident instruct INC-20261122-7F3K --authority Kela \\
      --text "Do not resend the documents before 18.00\"""",
)
ack = MessageCommand(
    "ack",
    "acknowledgement",
    complete=_what_was_seen,
    intro="A contact has seen an instruction or a duty's reminder. An instruction is passed on once each contact has "
    "acknowledged it, or is waived by name with a reason.",
    examples="""\
  kantadesk incident ack INC-20261122-7F3K --contact ward-3 --what instruction-1
  kantadesk incident ack INC-20261122-7F3K --contact ward-3 --what instruction-1 --passed-on-to "The night shift"
  kantadesk incident ack INC-20261122-7F3K --contact ward-4 --what instruction-1 \\
      --waive --reason "Closed over Christmas\"""",
)
notice = MessageCommand(
    "notice",
    "notice",
    intro="A published Kanta notice concerns this incident.",
    examples="""\
  kantadesk incident notice INC-20261122-7F3K --kind fault --guid https://www.kanta.fi/n/123 \\
      --title "Häiriö Reseptikeskuksessa" --published-at "13:20" --service PRESCRIPTION""",
)
delivery = MessageCommand(
    "delivery",
    "delivery_report",
    intro="What the mail system says about a message that had been accepted. A bounce of a duty's message reopens "
    "the duty.",
    examples="""\
  kantadesk incident delivery INC-20261122-7F3K --message-id "<abc@example.org>" \\
      --event bounced --detail "mailbox full\"""",
)
laws = MessageCommand(
    "laws",
    "other_laws",
    intro="Answer what other laws ask of this fault, breach or not, where your operating model switches them on. Each "
    'duty that follows has its own clock and names its recipient. Of a breach, use "kantadesk breach laws".',
    examples="""\
  kantadesk incident laws INC-20261122-7F3K --nis2-significant --detected-at "22.11.2026 10.15"
  kantadesk incident laws INC-20261122-7F3K --significant-deviation --device-hazard none""",
)
cancel = MessageCommand(
    "cancel",
    "cancellation",
    tells=True,
    intro="The incident was opened by mistake. Refused while a legal duty is open.",
    examples="""  kantadesk incident cancel INC-20261122-7F3K --reason "Same as INC-20261122-2B9Q\"""",
)

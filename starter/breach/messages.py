"""The commands of ``kantadesk breach`` that send one message each; in a terminal they ask for what is left out."""

from __future__ import annotations

from typing import Any

from starter.sending.command import MessageCommand


def _ask(message: str) -> Any:
    """What completes a message: in a terminal, questions for what is needed and was left out."""

    def complete(fields: dict[str, Any], typed: dict[str, Any]) -> None:
        from starter.breach.gaps import complete as fill

        fill(message, fields, typed)

    return complete


def _guide(fields: dict[str, Any], typed: dict[str, Any]) -> None:
    from starter.breach.risk_guide import guide

    guide(fields, typed)


risk = MessageCommand(
    "risk",
    "risk_assessment",
    process="breach",
    complete=_guide,
    intro="Judge the risk to the persons: unlikely, risk or high. In a terminal it asks simple questions, suggests an "
    "answer with its reasons, and you decide. Judged again, a higher risk opens duties, and a lower one closes none.",
    examples="""\
  kantadesk breach risk INC-20261122-7F3K
  kantadesk breach risk INC-20261122-7F3K --risk high --reason "Health data, readable" \\
      --categories "patients; prescriptions" --subjects-estimate 40 \\
      --consequences "Distress" --measures "Access closed\"""",
)
notified = MessageCommand(
    "notified",
    "authority_notified",
    process="breach",
    complete=_ask("authority_notified"),
    intro="The authority was notified. Not everything has to be known: a preliminary notification in time meets the "
    "duty, and supplementary and final ones follow. Once the legal period is over, the reasons for the delay are "
    "needed.",
    examples="""\
  kantadesk breach notified INC-20261122-7F3K --phase preliminary --reference TSV-4711
  kantadesk breach notified INC-20261122-7F3K --phase final --notified-at "24.11.2026 09.15\"""",
)
controller = MessageCommand(
    "controller",
    "controller_notified",
    process="breach",
    complete=_ask("controller_notified"),
    intro="A controller was told. Where only one is still to be told, its name may be left out.",
    examples="""  kantadesk breach controller INC-20261122-7F3K --controller "Ward Ltd" --notified-at 15:20""",
)
kela = MessageCommand(
    "kela",
    "kela_notified",
    process="breach",
    complete=_ask("kela_notified"),
    intro="Kela's technical support was told.",
    examples="""  kantadesk breach kela INC-20261122-7F3K --notified-at 15:40 --reference K-4711""",
)
subjects = MessageCommand(
    "subjects",
    "subjects_informed",
    process="breach",
    complete=_ask("subjects_informed"),
    intro="The persons concerned were told, in clear language and by a secure channel.",
    examples="""  kantadesk breach subjects INC-20261122-7F3K --channel letter --count 40""",
)
measures = MessageCommand(
    "measures",
    "measures_taken",
    process="breach",
    complete=_ask("measures_taken"),
    intro="Record what was done against the breach and its effects. May be done several times.",
    examples="""  kantadesk breach measures INC-20261122-7F3K --text "Access closed, logs secured\"""",
)
laws = MessageCommand(
    "laws",
    "other_laws",
    process="breach",
    intro="Answer what other laws ask, where your operating model switches them on. Their clocks count from detection.",
    examples="""\
  kantadesk breach laws INC-20261122-7F3K --nis2-significant --detected-at "22.11.2026 10.15"
  kantadesk breach laws INC-20261122-7F3K --not-significant-deviation --device-hazard none""",
)
correct = MessageCommand(
    "correct",
    "awareness_correction",
    process="breach",
    complete=_ask("awareness_correction"),
    intro="You became aware at another time than recorded. Both stay on record; the deadline follows the earlier "
    "one, unless --deadline-follows-later says why not.",
    examples="""\
  kantadesk breach correct INC-20261122-7F3K --aware-at "22.11.2026 11.40" \\
      --reason "The ward's mail of 11.40 already said what had happened\"""",
)
ack = MessageCommand(
    "ack",
    "acknowledgement",
    process="breach",
    intro="A contact has seen a duty's reminder: the deputies are left alone until the next.",
    examples="""  kantadesk breach ack INC-20261122-7F3K --contact dpo --what notify_supervisory_authority""",
)
delivery = MessageCommand(
    "delivery",
    "delivery_report",
    process="breach",
    intro="What the mail system says about a message that had been accepted.",
    examples="""\
  kantadesk breach delivery INC-20261122-7F3K --message-id "<abc@example.org>" \\
      --event bounced --detail "mailbox full\"""",
)
conclude = MessageCommand(
    "conclude",
    "conclusion",
    process="breach",
    complete=_ask("conclusion"),
    intro="The breach is dealt with. Refused while a duty is open; the evidence is bundled.",
    examples="""  kantadesk breach conclude INC-20261122-7F3K --text "One patient's data; the view was fixed\"""",
)
cancel = MessageCommand(
    "cancel",
    "cancellation",
    process="breach",
    complete=_ask("cancellation"),
    intro="The breach was opened by mistake. Refused while a legal duty is open.",
    examples="""  kantadesk breach cancel INC-20261122-7F3K --reason "Same as INC-20261122-2B9Q\"""",
)

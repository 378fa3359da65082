"""What SendGrid says when it takes no message, and who must do what about it.

Its words decide, then the field, then the status: a 401 is a wrong key, or an account without credits.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from activities.mail.transport import THE_DESK, without_addresses

SOMEBODY = "Those who run kantadesk must look at the SendGrid settings (key, host, data residency)"
NOT_ACCEPTED = "The API key is not accepted: those who run kantadesk must set a valid one"
MAY_NOT = "The API key may not send: those who run kantadesk must give it the right to send mail (Mail Send)"
BY_HAND = "send it by hand"
TOO_LARGE = f"The message is too large: {BY_HAND}"
BY_STATUS = {
    401: NOT_ACCEPTED,
    403: "The API key may not send, or the sender is not verified: those who run kantadesk must correct it at SendGrid",
    413: TOO_LARGE,
}
NO_CREDITS = (
    "The SendGrid account has no mails left: those who pay for it must raise its plan, or wait until its period is "
    f"over; until then {BY_HAND}"
)
NO_SENDER = (
    "The organisation's address is no verified sender: verify it, or its domain, at SendGrid (Sender Authentication), "
    "or correct the address in the operating model"
)
CLOSED = f"The SendGrid account is closed or under review: those who run kantadesk must ask SendGrid; {BY_HAND}"
BY_WORDS = (
    (r"credits? exceeded|exceeded your (messaging|sending) limits?|no remaining credits", NO_CREDITS),
    (r"sender identity|not authori[sz]ed to send from", NO_SENDER),
    (
        r"account.{0,40}(suspended|disabled|frozen|banned|deactivated|under review)|user.{0,20}(disabled|banned)",
        CLOSED,
    ),
    (
        r"\bip\b.{0,60}(whitelist|allow|access)|(whitelist|allow).{0,40}\bip\b",
        "SendGrid does not let this machine's address in: add it at SendGrid (IP Access Management)",
    ),
    (r"authorization grant is invalid|wrong credentials|invalid api key|authorization required", NOT_ACCEPTED),
    (r"access forbidden|permission denied|not.{0,20}(permission|scope)", MAY_NOT),
)
"""The reason that decides stands first: where SendGrid names several, it is the one that keeps the others."""
BY_FIELD = (
    (r"^personalizations(\.\d+)?\.(to|cc|bcc)\b", THE_DESK),
    (r"^from\b", NO_SENDER),
    (r"^reply_to\b", "Correct the organisation's address in the operating model"),
    (r"^attachments\b", f"SendGrid takes no such attachment: {BY_HAND}"),
)


class Refusal(NamedTuple):
    """Why a message was not taken. ``words``: SendGrid's own, without addresses; empty where it said none."""

    words: str
    act: str


def advice_on(status: int, body: bytes) -> Refusal:
    """What SendGrid's answer says, and who must act. A proxy's page says nothing."""
    errors = _errors(body)
    words = without_addresses("; ".join(message for message, _ in errors))
    said = next((act for pattern, act in BY_WORDS if re.search(pattern, words, re.IGNORECASE | re.DOTALL)), "")
    fields = (field for _, field in errors)
    about = next((act for field in fields for pattern, act in BY_FIELD if re.search(pattern, field)), "")
    return Refusal(words, said or about or BY_STATUS.get(status, SOMEBODY))


def _errors(body: bytes) -> list[tuple[str, str]]:
    """Message and field of each error."""
    try:
        return [(str(error["message"]), str(error.get("field") or "")) for error in json.loads(body)["errors"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []

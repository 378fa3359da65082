"""A message as SendGrid wants it, and the checks that SendGrid's API description leaves out."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import getaddresses, parseaddr
from typing import Any

from sendgrid.helpers.mail import (
    Attachment,
    ClickTracking,
    Content,
    CustomArg,
    Disposition,
    FileContent,
    FileName,
    FileType,
    From,
    Header,
    Mail,
    OpenTracking,
    Personalization,
    Subject,
    SubscriptionTracking,
    To,
    TrackingSettings,
)

from activities.transport import INCIDENT_HEADER

LARGEST = 30 * 1024 * 1024
"""Bytes of a whole message, as SendGrid documents it."""
MOST_RECIPIENTS = 1000
RESERVED_HEADERS = {
    "x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding", "to", "from",
    "subject", "reply-to", "cc", "bcc",
}  # fmt: skip


def request_for(message: EmailMessage) -> dict[str, Any]:
    """The request body. Tracking is off: nobody is watched reading a letter about a fault, and links stay as they are.

    The Message-ID goes as a header and, since SendGrid may replace that, as a custom argument of the personalization,
    which comes back in delivery reports.
    """
    name, address = parseaddr(str(message["From"]))
    mail = Mail(from_email=From(address, name or None), subject=Subject(str(message["Subject"])))
    mail.add_personalization(_personalization(message))
    body = message.get_body(("plain",))
    mail.add_content(Content("text/plain", body.get_content() if body else ""))
    for part in message.iter_attachments():
        mail.add_attachment(_attachment(part))
    for header in ("Message-ID", INCIDENT_HEADER):
        mail.add_header(Header(header, str(message[header])))
    off = TrackingSettings()
    off.click_tracking, off.open_tracking = ClickTracking(False, False), OpenTracking(False)
    off.subscription_tracking = SubscriptionTracking(False)
    mail.tracking_settings = off
    request: dict[str, Any] = mail.get()
    return request


def _personalization(message: EmailMessage) -> Personalization:
    personalization = Personalization()
    for _, address in getaddresses([str(to) for to in message.get_all("To", [])]):
        personalization.add_to(To(address))
    personalization.add_custom_arg(CustomArg("message_id", str(message["Message-ID"]).strip("<>")))
    personalization.add_custom_arg(CustomArg("incident", str(message[INCIDENT_HEADER])))
    return personalization


def _attachment(part: Any) -> Attachment:
    content = base64.b64encode(part.get_payload(decode=True)).decode("ascii")
    return Attachment(
        FileContent(content),
        FileName(part.get_filename()),
        FileType(part.get_content_type()),
        Disposition("attachment"),
    )


def fault_in(request: Mapping[str, Any]) -> str | None:
    """What SendGrid would refuse although its description allows it, in words; None where nothing is wrong."""
    personalizations = request.get("personalizations") or []
    recipients = sum(len(each.get("to", ())) for each in personalizations)
    texts = [str(content.get("value", "")) for content in request.get("content", ())]
    arguments = [value for each in personalizations for value in each.get("custom_args", {}).values()]
    reserved = RESERVED_HEADERS & {name.lower() for name in request.get("headers", {})}
    sizes = [_size(attachment) for attachment in request.get("attachments", ())]
    faults = {
        "it has no recipient": recipients == 0,
        f"it has more than {MOST_RECIPIENTS} recipients": recipients > MOST_RECIPIENTS,
        "it has no subject": not str(request.get("subject", "")).strip(),
        "it has no text": not any(text.strip() for text in texts),
        "a custom argument is not a text": not all(isinstance(value, str) for value in arguments),
        f"it sets reserved headers ({', '.join(sorted(reserved))})": bool(reserved),
        "an attachment is not base64": None in sizes,
        f"it is larger than {LARGEST // 1024 // 1024} MB": sum(size or 0 for size in sizes) > LARGEST,
    }
    return next((fault for fault, holds in faults.items() if holds), None)


def _size(attachment: Mapping[str, Any]) -> int | None:
    """Characters that an attachment takes in the message; None where it is not base64."""
    content = str(attachment.get("content", ""))
    try:
        base64.b64decode(content, validate=True)
    except ValueError:
        return None
    return len(content)

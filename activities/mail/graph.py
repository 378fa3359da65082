"""Mail by way of Microsoft Graph: a draft with our Message-ID, its attachments, then it is sent.

Graph knows no idempotency key, but a mailbox that can be looked into. A try after one without an answer looks for the
Message-ID first: what is no draft any more has gone; a whole draft is sent as it is (where the try before has sent it
in the same moment, it is not there any more, and nothing goes twice); a draft without all its attachments is thrown
away. What remains: a message on its way that lies in no folder for a moment, or one that somebody has deleted from
the sent items between two tries.
"""

from __future__ import annotations

import base64
from email.message import EmailMessage
from email.utils import getaddresses, parseaddr
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx

from activities.mail.graph_api import GraphMailbox, NotInMailbox
from activities.mail.transport import INCIDENT_HEADER, MESSAGE_HEADER, LiveMail, Transport, refused, unknown

SMALL = 3 * 1024 * 1024
"""Bytes: an attachment from here on needs an upload session."""
IN_ONE_REQUEST = 2_800_000
"""Bytes of all attachments together that go with the draft: a request may have 4 MB, and base64 takes a third more."""
A_PART = 10 * 320 * 1024
"""Bytes of one part of an upload: at most 4 MB, in multiples of 320 KiB."""
LARGEST = 150 * 1024 * 1024


class Attached(NamedTuple):
    """One attachment."""

    name: str
    kind: str
    content: bytes

    def inline(self) -> dict[str, str]:
        """As it goes with a request."""
        return {
            "@odata.type": "#microsoft.graph.fileAttachment",
            "name": self.name,
            "contentType": self.kind,
            "contentBytes": base64.b64encode(self.content).decode("ascii"),
        }


class GraphMail(Transport):
    """One mailbox of Microsoft 365 that sends."""

    provider = "Microsoft Graph"

    def __init__(self, mailbox: GraphMailbox) -> None:
        self._mailbox = mailbox

    async def deliver(self, mail: LiveMail) -> str:
        """Send a message, unless an earlier try has; Graph gives no id that means anything to people: empty."""
        files = attachments_of(mail.message)
        if any(len(file.content) > LARGEST for file in files):
            raise refused(
                "an attachment is larger than 150 MB, which Microsoft Graph does not take", act="Send by hand"
            )
        async with self._mailbox.opened() as client:
            draft = await self._from_before(client, mail, files) if mail.may_have_gone else ""
            if draft is None:
                return ""
            draft = draft or await self._drafted(client, mail.message, files)
            await self._send(client, draft, mail)
        return ""

    async def check(self) -> None:
        """Whether the app may look into the mailbox, where it makes its drafts. Raises ``ApplicationError``."""
        async with self._mailbox.opened() as client:
            try:
                await self._mailbox.ask(client, "GET", "/mailFolders/drafts?$select=id")
            except NotInMailbox:
                raise refused("Microsoft Graph knows no such mailbox", act="Correct graph_mailbox") from None

    async def _from_before(self, client: httpx.AsyncClient, mail: LiveMail, files: list[Attached]) -> str | None:
        """The draft of an earlier try, to be sent; empty where a new one is to be made; None where it has gone."""
        whole = ""
        for found in await self._copies(client, mail.message_id):
            if not found["isDraft"]:
                return None
            if not whole and len(found.get("attachments", ())) == len(files):
                whole = str(found["id"])
            else:
                await self._throw_away(client, str(found["id"]))
        return whole

    async def _copies(self, client: httpx.AsyncClient, message_id: str) -> list[dict[str, Any]]:
        condition = quote(f"internetMessageId eq '{message_id}'")
        query = f"/messages?$filter={condition}&$select=id,isDraft&$expand=attachments($select=id)"
        answer = await self._mailbox.ask(client, "GET", query)
        return list(answer.json()["value"])

    async def _throw_away(self, client: httpx.AsyncClient, draft: str) -> None:
        try:
            await self._mailbox.ask(client, "DELETE", f"/messages/{quote(draft)}")
        except NotInMailbox:
            return

    async def _drafted(self, client: httpx.AsyncClient, message: EmailMessage, files: list[Attached]) -> str:
        """A draft with everything in it; its id."""
        with_it = files if sum(len(file.content) for file in files) <= IN_ONE_REQUEST else []
        said = draft_of(message) | {"attachments": [file.inline() for file in with_it]}
        try:
            draft = str((await self._mailbox.ask(client, "POST", "/messages", json=said)).json()["id"])
            for file in files if not with_it else ():
                await self._attach(client, f"/messages/{quote(draft)}/attachments", file)
        except NotInMailbox:
            raise refused("Microsoft Graph knows no such mailbox", act="Correct graph_mailbox") from None
        return draft

    async def _attach(self, client: httpx.AsyncClient, path: str, file: Attached) -> None:
        if len(file.content) < SMALL:
            await self._mailbox.ask(client, "POST", path, json=file.inline())
            return
        size = len(file.content)
        item = {"attachmentType": "file", "name": file.name, "size": size, "contentType": file.kind}
        session = await self._mailbox.ask(client, "POST", f"{path}/createUploadSession", json={"AttachmentItem": item})
        address = str(session.json()["uploadUrl"])
        for begin in range(0, size, A_PART):
            part = file.content[begin : begin + A_PART]
            await self._mailbox.put_range(client, address, part, f"bytes {begin}-{begin + len(part) - 1}/{size}")

    async def _send(self, client: httpx.AsyncClient, draft: str, mail: LiveMail) -> None:
        """Send a draft. One that is not there any more has been sent by the try before, or somebody has deleted it."""
        try:
            await self._mailbox.ask(client, "POST", f"/messages/{quote(draft)}/send", sends=True)
        except NotInMailbox:
            if any(not found["isDraft"] for found in await self._copies(client, mail.message_id)):
                return
            raise unknown("the draft of the message is not in the mailbox any more") from None


def draft_of(message: EmailMessage) -> dict[str, Any]:
    """A message as Graph takes it, without its attachments."""
    name, address = parseaddr(str(message["From"]))
    body = message.get_body(("plain",))
    return {
        "subject": str(message["Subject"]),
        "body": {"contentType": "text", "content": body.get_content() if body else ""},
        "from": {"emailAddress": {"name": name, "address": address}},
        "toRecipients": [
            {"emailAddress": {"address": to}} for _, to in getaddresses([str(to) for to in message.get_all("To", [])])
        ],
        "internetMessageId": str(message["Message-ID"]),
        "internetMessageHeaders": [
            {"name": INCIDENT_HEADER, "value": str(message[INCIDENT_HEADER])},
            {"name": MESSAGE_HEADER, "value": str(message["Message-ID"]).strip("<>")},
        ],
    }


def attachments_of(message: EmailMessage) -> list[Attached]:
    """The attachments of a message, with what a calendar file says of itself (``method``)."""
    found = []
    for part in message.iter_attachments():
        method = part.get_param("method")
        kind = part.get_content_type() + (f"; method={method}" if method else "")
        found.append(Attached(part.get_filename() or "", kind, part.get_payload(decode=True)))  # type: ignore[arg-type]  # bytes
    return found

"""A mailbox by way of Microsoft Graph: what has come since a moment, read and left as it is."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import quote

from activities.mail.graph_api import GraphMailbox, NotInMailbox
from activities.mail.transport import refused
from activities.returned_mail.mailbox import AT_A_LOOK, AT_FIRST, OF_A_MAIL, Arrived, Mailbox


class GraphInbox(Mailbox):
    """One folder, by its well-known name or its id. A mark is a moment, and what had come at that very moment."""

    def __init__(self, mailbox: GraphMailbox, folder: str) -> None:
        self.name = f"the folder {folder} by way of Microsoft Graph"
        self._mailbox, self._folder = mailbox, f"/mailFolders/{quote(folder.lower())}"

    async def since(self, mark: str) -> list[Arrived]:
        """What has come since a mark; mails of one moment are told apart by their ids."""
        known = json.loads(mark) if mark else {}
        since, seen = known.get("since") or _two_weeks_ago(), list(known.get("seen", ()))
        query = f"$filter=receivedDateTime ge {since}&$orderby=receivedDateTime&$select=id,receivedDateTime"
        most = AT_A_LOOK + len(seen)
        found: list[Arrived] = []
        async with self._mailbox.opened() as client:
            try:
                path = f"{self._folder}/messages?{query.replace(' ', '%20')}&$top={most}"
                listed = (await self._mailbox.ask(client, "GET", path)).json()["value"]
            except NotInMailbox:
                raise refused(f"{self.name} is not there", act="Correct bounces_folder or bounces_mailbox") from None
            for each in [each for each in listed if each["id"] not in seen]:
                at = str(each["receivedDateTime"])
                seen = [*(seen if at == since else ()), str(each["id"])]
                since = at
                try:
                    whole = await self._mailbox.ask(client, "GET", f"/messages/{quote(each['id'])}/$value")
                    content = whole.content[:OF_A_MAIL]
                except NotInMailbox:  # somebody has just deleted it
                    content = b""
                found.append(Arrived(content, json.dumps({"since": since, "seen": seen})))
        return found

    async def check(self) -> None:
        """Open the folder."""
        async with self._mailbox.opened() as client:
            try:
                await self._mailbox.ask(client, "GET", f"{self._folder}?$select=id")
            except NotInMailbox:
                raise refused(f"{self.name} is not there", act="Correct bounces_folder or bounces_mailbox") from None


def _two_weeks_ago() -> str:
    moment = datetime.now(UTC) - AT_FIRST  # noqa: TID251  # an activity: counted from now
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

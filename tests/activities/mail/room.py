"""A mail room with its folders below one, and the letters that were kept there."""

from __future__ import annotations

from pathlib import Path

from activities.evidence.case_folder import CaseFolders
from activities.mail.ledger import SentLedger
from activities.mail.sender import MailRoom
from activities.mail.transport import Transport
from activities.returned_mail.addresses import ReturnedAddresses
from tests.activities.mail.post_office import operating_model
from tests.store import ledger_in


def room(
    folder: Path, transport: Transport, ledger: SentLedger | None = None, returned: ReturnedAddresses | None = None
) -> MailRoom:
    """A mail room on the folders below one."""
    folders, ledger = CaseFolders(folder / "cases"), ledger or ledger_in(folder / "ledger")
    return MailRoom(transport, folder / "outbox", folders, operating_model, ledger, returned=returned)


def shelf(folder: Path) -> list[bytes]:
    """The letters that are kept with the case."""
    return [path.read_bytes() for path in (folder / "cases" / "case-INC-1" / "messages").glob("*.eml")]

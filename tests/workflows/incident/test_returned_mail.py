"""A report to Kela that comes back: from the mail in the mailbox to the duty that is open again and the telephone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio.testing import ActivityEnvironment

from activities.book.sqlite import SqliteBook
from activities.mail.ledger import Note
from activities.mail.transport import not_now
from activities.operating_model.file import OperatingModelFile
from activities.processes import TemporalProcesses
from activities.returned_mail.addresses import digest_of
from activities.returned_mail.look import ReturnedMail
from activities.watchdog.checks import DeskWatch, Eyes
from activities.watchdog.heartbeat import Heartbeat
from tests.activities.returned_mail.letter_box import BOUNCE, ID, Box, sample
from tests.builders import triage
from tests.desks.desk import Desk
from tests.store import ledger_in
from workers.settings import packaged_operating_model
from workflows.procedure.watchdog.findings import Watching
from workflows.process.ports import OtherProcessMessage
from workflows.watchdog.ports import LookOrder, Seen


async def looked(desk: Desk, folder: Path, returned: ReturnedMail | None) -> Seen:
    """What the watchdog's look at the mail finds."""
    eyes = Eyes(desk.server.client, lambda: ledger_in(folder / "sent"),
                lambda: OperatingModelFile(packaged_operating_model()), Heartbeat(lambda: None),
                SqliteBook(folder), timedelta(days=2192))  # fmt: skip
    order = LookOrder(at=datetime(2026, 11, 22, tzinfo=UTC), rules=Watching())
    seen: Seen = await ActivityEnvironment().run(DeskWatch(eyes, returned=returned).look_at_mail, order)
    return seen


async def test_the_look_at_the_mail_brings_a_bounce_to_its_incident(desk: Desk, tmp_path: Path) -> None:
    await desk.open()
    await desk.say("triage", triage(severity="high", extensive=False))
    status = await desk.until(lambda s: {d.id: d.state for d in s.duties}.get("report_to_kela") == "met")
    message_id = next(m.id for m in status.messages if m.to == "kela")

    ledger, box = ledger_in(tmp_path / "sent"), Box()
    model = OperatingModelFile(packaged_operating_model()).current()
    long_ago = datetime.now(UTC) - timedelta(seconds=1)  # noqa: TID251  # when it went
    note = Note(
        message_id=ID, process=desk.incident.id, address=digest_of(model.kela.report_email), first_tried_at=long_ago
    )
    ledger.handing_over("a report to Kela", note, b"as it went")
    ledger.kept_elsewhere("a report to Kela")
    box.mails.append(sample(BOUNCE))

    async def tell(told: OtherProcessMessage) -> bool:
        said = told.payload | {"message_id": message_id}  # the fake desk's letters have ids of their own
        return await TemporalProcesses(desk.server.client).tell_process(told.model_copy(update={"payload": said}))

    returned = ReturnedMail(tmp_path / "returned", lambda: ledger, box, tell)
    seen = await looked(desk, tmp_path, returned)
    assert [(each.kind, each.facts) for each in seen.findings] == [("address_returned", {"contact": "kela"})]
    status = await desk.until(lambda s: "phone_kela" in {d.id for d in s.duties})
    assert {d.id: d.state for d in status.duties}["report_to_kela"] == "open"
    (failed,) = [m for m in status.messages if m.state == "failed"]
    assert failed.detail.startswith("5.1.1 550 5.1.1 <[address]>")
    assert not status.rejected
    box.broken = not_now("the folder INBOX at mail.example can't be read (timed out)")
    kinds = [each.kind for each in (await looked(desk, tmp_path, returned)).findings]
    assert kinds == ["mailbox_unread", "address_returned"]
    assert (await looked(desk, tmp_path, None)).findings == ()

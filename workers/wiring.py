"""The composition root: which adapter answers for which port, what workflows share, how a worker is built."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from temporalio.client import Client
from temporalio.converter import DataConverter
from temporalio.worker import Replayer, Worker
from temporalio.worker.workflow_sandbox import SandboxRestrictions
from temporalio.workflow import SandboxImportNotificationPolicy

from activities.acknowledging.links import SeenLinkSigner
from activities.book.heads import HeadsInBook
from activities.book.port import ProcessBook
from activities.book.sqlite import SqliteBook
from activities.breach.papers import BreachPapers
from activities.contacts.changed import ContactsChanged
from activities.contacts.seen import ContactsInForce
from activities.contacts.told import TextsFailed
from activities.evidence.bundle import EvidenceFolder
from activities.evidence.case_folder import CaseFolders
from activities.evidence.time_stamp import stamper
from activities.fault_report.writer import FaultReportForm
from activities.mail.mailings import MAILING_LETTERS_AT_ONCE, Mailings
from activities.mail.sender import MailRoom
from activities.maintenance.papers import BreakPapers
from activities.notices.download import Network
from activities.notices.feeds import NoticeFeed
from activities.operating_model.file import OperatingModelFile
from activities.processes import IncidentList, TemporalProcesses, breaks_under_way
from activities.rota.changes import ShiftChanges
from activities.text_messages.sender import TextRoom
from activities.text_messages.transport import TextOutbox, TextTransport
from activities.watchdog.always_running import AlwaysRunningProcesses
from activities.watchdog.checks import DeskWatch, Eyes
from activities.watchdog.heartbeat import Heartbeat
from workers import mail
from workers.codec.activity_guard import ActivityGuard
from workers.keys.derived import link_keys_of
from workers.keys.signing import signing_key
from workers.mail import transport
from workers.noting import BookKeeping
from workers.sdk_workarounds.deadlock_timeout import with_longer_deadlock_timeout
from workers.sdk_workarounds.heartbeats import HEARTBEAT_EVERY, Heartbeats
from workers.sdk_workarounds.replay_time import ReplayTimeRunner
from workers.sdk_workarounds.shutdown import GRACEFUL_SHUTDOWN, BoundedShutdownWorker
from workers.settings import Settings
from workers.singletons import ensure_standing
from workers.store import ledger_in, store_of
from workflows.breach.ports import BreachStarter, BreachWriter
from workflows.contacts.ports import ContactsToReview
from workflows.incident.ports import FormWriter, NoticeBoard
from workflows.maintenance import ports as maintenance_ports
from workflows.notices.ports import IncidentsConcerned, NoticeReader
from workflows.procedure.operating_model.mail_address import as_sent
from workflows.procedure.operating_model.model import OperatingModel
from workflows.process import ports
from workflows.process.ids import TASK_QUEUE
from workflows.process.inbox import Inbox
from workflows.process.telling.text_messages import TextMessages
from workflows.stories.always_running import StandingProcesses
from workflows.stories.breach import DataBreach
from workflows.stories.contact_review import ContactReview
from workflows.stories.incident import Incident
from workflows.stories.maintenance import Maintenance
from workflows.stories.notice_watch import NoticeWatch
from workflows.stories.scheduled_drill import ScheduledDrill
from workflows.stories.watchdog import Watchdog
from workflows.watchdog import ports as watch_ports

PASSED_THROUGH = (
    "pydantic",  # models are made once, not once a run
    "pydantic_core",
    "annotated_types",
    "workflows.procedure",  # pure rules and their data: lint and an import contract keep clocks and I/O out
    "workflows.process",  # models, and what is made of workflow calls only; lint keeps the host's clock and chance out
    "workflows.incident",  # models, rules about a record and steps of one noun; so are the next five
    "workflows.breach",
    "workflows.maintenance",
    "workflows.notices",
    "workflows.watchdog",
    "workflows.contacts",
    "workflows.stories.breaches_of_incident",  # no workflow: a part of one, kept beside it since it knows two nouns
    "zoneinfo",  # only reached by way of workflows.procedure.local_time
)
WORKFLOW_TASKS_AT_ONCE = 20
"""Workflow tasks that a worker takes on at once. It does them one after the other, and the server gives each 10 s: of
the usual 100 the last ones timed out in a burst on a busy machine, and were done again and again."""
ACTIVITIES_AT_ONCE = MAILING_LETTERS_AT_ONCE + 80
"""Letters of mailings never take the last of them: an alarm, the form for Kela and look-ups always find a place, also
while several providers hold all that each may have (``activities.text_messages.places``)."""
WORKFLOWS: Sequence[type] = (
    Incident, DataBreach, Maintenance, NoticeWatch, ContactReview, Watchdog, StandingProcesses, ScheduledDrill,
)  # fmt: skip


@dataclass(frozen=True)
class Neighbours:
    """One adapter for each port."""

    rulebook: ports.LocalRulebook
    contacts: ports.ContactBook
    notices: NoticeBoard
    notice_reader: NoticeReader
    forms: FormWriter
    mail: ports.Mail
    evidence: ports.EvidenceStore
    breach_papers: BreachWriter
    processes: ports.OtherProcesses
    breach_starter: BreachStarter
    incidents_concerned: IncidentsConcerned
    text_messages: TextMessages
    maintenance_papers: maintenance_ports.MaintenancePapers
    open_incidents: maintenance_ports.OpenIncidents
    contact_review: ContactsToReview
    watch: watch_ports.Watch
    standing: watch_ports.AlwaysRunning

    def activities(self) -> list[Callable[..., Any]]:
        """Every activity of every adapter."""
        return [
            getattr(adapter, name)
            for adapter in dict.fromkeys(getattr(self, field.name) for field in fields(self))
            for name in dir(type(adapter))
            if hasattr(getattr(type(adapter), name), "__temporal_activity_definition")
        ]


def neighbours(settings: Settings, client: Client) -> Neighbours:
    """The real adapters, as the settings say. Raises ``OperatingModelFault``, ``SettingsError``, ``StoreFault``."""
    rotas = mail.rotas(settings)
    model = OperatingModelFile(settings.operating_model, settings.clear_messages, rotas)
    book = SqliteBook(settings.data_dir)
    folders = CaseFolders(settings.evidence_dir, signing_key(settings.signing_key_file), HeadsInBook(book))
    ledger, mailings = ledger_in(store_of(settings), settings), Mailings()
    feed = NoticeFeed(
        settings.notice_feed,
        network=Network(contact=as_sent(model.current().organisation.email)),
        breaks=lambda asked: breaks_under_way(client, asked),
    )
    processes = TemporalProcesses(client)
    contacts = ContactsInForce(model.current, mail.returned_addresses(settings), mail.kept_standings(settings))
    return Neighbours(
        rulebook=model,
        contacts=model,
        notices=feed,
        notice_reader=feed,
        forms=FaultReportForm(model.current, settings.operating_model.parent, folders),
        mail=MailRoom(
            transport(settings),
            settings.outbox_dir,
            folders,
            model.current,
            ledger,
            mailings=mailings,
            returned=mail.returned_addresses(settings),
            standings=mail.kept_standings(settings),
            links=SeenLinkSigner(link_keys_of(client)),
        ),
        evidence=EvidenceFolder(folders, stamper(settings.timestamp_authority)),
        breach_papers=BreachPapers(model.current, folders),
        processes=processes,
        breach_starter=processes,
        incidents_concerned=processes,
        text_messages=TextRoom(
            text_transport(settings, model),
            settings.outbox_dir,
            folders,
            model.current,
            ledger,
            mailings=mailings,
            failed=TextsFailed(processes.tell_process),
            standings=mail.kept_standings(settings),
            links=SeenLinkSigner(link_keys_of(client)),
        ),
        maintenance_papers=BreakPapers(model.current, folders),
        open_incidents=IncidentList(client),
        contact_review=contacts,
        watch=DeskWatch(
            Eyes(client, lambda: ledger, lambda: model, heartbeat(settings), book, settings.retention),
            returned=mail.returned_mail(settings, lambda: ledger, processes.tell_process),
            changed=ContactsChanged(contacts, processes.tell_process),
            rotas=rotas,
            shifts=ShiftChanges(client, settings.data_dir / "rota", processes.tell_process),
        ),
        standing=AlwaysRunningProcesses(client, lambda: ensure_standing(client)),
    )


def heartbeat(settings: Settings) -> Heartbeat:
    """The heartbeat to the operator's address, which is read from its file at each use."""
    return Heartbeat(lambda: settings.secret("heartbeat_url_file"), settings.heartbeat_method)


def text_transport(settings: Settings, model: OperatingModelFile) -> TextTransport:
    """How text messages leave: by the provider that their address names, or into the outbox folder."""
    return text_transport_of(settings, model.current)


def text_transport_of(settings: Settings, model: Callable[[], OperatingModel]) -> TextTransport:
    """Likewise, by the operating model as it is given."""
    if settings.text_transport == "apprise":
        from activities.text_messages.apprise import AppriseTexts  # some 170 providers: imported only where one is used

        return AppriseTexts(lambda: model().text_messages.url, settings.secrets_dir)
    return TextOutbox(settings.outbox_dir)


def runner(*also: str) -> ReplayTimeRunner:
    """The sandbox: what is passed through is listed above; an import that slips through unlisted stops the worker.

    ``also``: modules that a worker passes through which is not the product's own (``benchmarks``).
    """
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH, *also)
    return ReplayTimeRunner(
        restrictions=restrictions.with_import_notification_policy(
            SandboxImportNotificationPolicy.WARN_ON_DYNAMIC_IMPORT
            | SandboxImportNotificationPolicy.RAISE_ON_UNINTENTIONAL_PASSTHROUGH
        )
    )


def build_worker(
    client: Client,
    neighbours: Neighbours,
    *,
    task_queue: str = TASK_QUEUE,
    book: ProcessBook | None = None,
    **options: Any,
) -> Worker:
    """The worker that lives through incidents. Tests build theirs by the same function; ``options`` win over ours.

    ``book``: where each process is written down; without one none is missed.
    """
    ours: dict[str, Any] = {
        "workflows": WORKFLOWS,
        "activities": neighbours.activities(),
        "workflow_runner": runner(),
        "interceptors": [
            Inbox(),
            ActivityGuard(),
            Heartbeats(),
            *([BookKeeping(book, client)] if book else []),
        ],
        "max_heartbeat_throttle_interval": HEARTBEAT_EVERY,
        "max_cached_workflows": 1000,
        "max_concurrent_workflow_tasks": WORKFLOW_TASKS_AT_ONCE,
        "max_concurrent_activities": ACTIVITIES_AT_ONCE,
        "graceful_shutdown_timeout": GRACEFUL_SHUTDOWN,
    }
    return with_longer_deadlock_timeout(BoundedShutdownWorker(client, task_queue=task_queue, **ours | options))


def build_replayer(converter: DataConverter) -> Replayer:
    """What replays a recorded history on the code of today, built as the worker is.

    In the SDK's debug mode, since a replayer has no other way to let a workflow task take longer than 2 s: on a busy
    machine it would be interrupted, which can't be undone (``sdk_workarounds/deadlock_timeout.py``).
    """
    return Replayer(
        workflows=WORKFLOWS, data_converter=converter, workflow_runner=runner(), interceptors=[Inbox()], debug_mode=True
    )

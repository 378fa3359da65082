"""The ways that mail takes, out and back, as the settings name them."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from activities.contacts.kept import KeptStandings
from activities.mail.graph import GraphMail
from activities.mail.graph_api import GraphMailbox
from activities.mail.ledger import SentLedger
from activities.mail.oauth import AppRegistration, Tokens
from activities.mail.outbox import Outbox
from activities.mail.sendgrid import SendGridMail
from activities.mail.smtp import Smtp
from activities.mail.transport import Transport, not_now
from activities.returned_mail.addresses import ReturnedAddresses
from activities.returned_mail.graph_inbox import GraphInbox
from activities.returned_mail.imap import ImapMailbox
from activities.returned_mail.look import ReturnedMail
from activities.returned_mail.mailbox import Mailbox
from activities.rota.rotas import Rotas
from activities.rota.source import RotaSources
from workers.settings import Settings, SettingsError
from workflows.process.ports import OtherProcessMessage


def transport(settings: Settings) -> Transport:
    """How mail leaves. Secrets are read from their files at each use. Raises ``SettingsError``."""
    match settings.mail_transport:
        case "sendgrid":
            return sendgrid(settings)
        case "smtp":
            return smtp(settings)
        case "graph":
            return GraphMail(graph_mailbox(settings, settings.graph_mailbox))
        case _:
            return Outbox(settings.outbox_dir)


def sendgrid(settings: Settings, timeout: timedelta = timedelta(seconds=30)) -> SendGridMail:
    """SendGrid."""
    return SendGridMail(
        secret(settings, "sendgrid_api_key_file"),
        residency=settings.sendgrid_residency,
        host=settings.sendgrid_host,
        timeout=timeout,
    )


def smtp(settings: Settings, timeout: timedelta = timedelta(seconds=10)) -> Smtp:
    """A mail server; the login is by token where ``smtp_oauth`` says so."""
    return Smtp(
        settings.smtp_host,
        settings.smtp_port,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=secret(settings, "smtp_password_file"),
        tokens=tokens(settings, settings.exchange_host) if settings.smtp_oauth else None,
        timeout=timeout,
        tls=trusting("smtp_ca_file", settings.smtp_ca_file),
    )


def graph_mailbox(settings: Settings, mailbox: str, timeout: timedelta = timedelta(seconds=30)) -> GraphMailbox:
    """A mailbox by way of Microsoft Graph."""
    return GraphMailbox(
        tokens(settings, settings.graph_host),
        mailbox,
        tls=trusting("oauth_ca_file", settings.oauth_ca_file),
        host=settings.graph_host,
        timeout=timeout,
    )


def returned_addresses(settings: Settings) -> ReturnedAddresses:
    """The addresses from which mail came back."""
    return ReturnedAddresses(settings.data_dir / "returned")


def kept_standings(settings: Settings) -> KeptStandings:
    """How the contacts stand."""
    return KeptStandings(settings.data_dir / "contacts")


def rotas(settings: Settings, *, keeps: bool = True) -> Rotas:
    """Who is on duty, by the calendars that the operating model names. ``keeps``: False for who only looks."""
    sources = RotaSources(settings.data_dir / "rota", settings.secrets_dir, keeps=keeps)
    return Rotas(sources, settings.operating_model.parent)


def returned_mail(
    settings: Settings, ledger: Callable[[], SentLedger], tell: Callable[[OtherProcessMessage], Awaitable[bool]]
) -> ReturnedMail:
    """The mailbox of returned mail, read by the watchdog; without one, what is known of addresses."""
    return ReturnedMail(settings.data_dir / "returned", ledger, returned_mailbox(settings), tell)


def returned_mailbox(settings: Settings) -> Mailbox | None:
    """The mailbox of returned mail; None where none is set. Raises ``SettingsError``."""
    match settings.bounces:
        case "imap":
            return ImapMailbox(
                settings.imap_host,
                settings.imap_port,
                user=settings.bounces_mailbox,
                folder=settings.bounces_folder,
                security=settings.imap_security,
                tls=trusting("imap_ca_file", settings.imap_ca_file),
                password=secret(settings, "imap_password_file"),
                tokens=tokens(settings, settings.exchange_host) if settings.imap_oauth else None,
            )
        case "graph":
            mailbox = graph_mailbox(settings, settings.bounces_mailbox, timedelta(seconds=8))
            return GraphInbox(mailbox, settings.bounces_folder)
        case _:
            return None


def tokens(settings: Settings, resource: str) -> Tokens:
    """Tokens of the app for a resource."""
    app = AppRegistration(
        tenant=settings.oauth_tenant,
        client_id=settings.oauth_client_id,
        secret=secret(settings, "oauth_client_secret_file"),
        certificate=secret(settings, "oauth_certificate_file"),
        tls=trusting("oauth_ca_file", settings.oauth_ca_file),
        authority=settings.oauth_authority,
    )
    return Tokens(app, resource)


def secret(settings: Settings, name: str) -> Callable[[], str]:
    """What reads a secret at each use; a file that can't be read now has sent nothing, and is tried again."""

    def read() -> str:
        try:
            return settings.secret(name) or ""
        except SettingsError as fault:
            raise not_now(str(fault)) from None

    return read


def trusting(name: str, ca_file: Path | None) -> ssl.SSLContext:
    """TLS that trusts these certificates, or the system's. Raises ``SettingsError`` where the file holds none."""
    try:
        return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except (OSError, ssl.SSLError) as fault:
        raise SettingsError(
            f"{name}: {ca_file} holds no certificates that can be read ({type(fault).__name__})"
        ) from None

"""What ``kantadesk doctor`` checks of the ways that mail takes: reached, encrypted, logged in. No mail is sent."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable
from datetime import timedelta

from temporalio.exceptions import ApplicationError

from activities.mail.graph import GraphMail
from activities.mail.transport import reason_of
from activities.operating_model.faults import OperatingModelFault
from activities.operating_model.file import load_operating_model
from starter.doctor.checks import CheckResult
from workers import mail
from workers.settings import Settings, SettingsError
from workflows.process.ports import REFUSED_BY_PROVIDER

WITHIN = timedelta(seconds=5)
RETURNED = "returned mail"
APP = ("oauth_client_secret_file", "oauth_certificate_file")


def check_mail(settings: Settings) -> list[CheckResult]:
    """Every check of this module."""
    return [*_way_out(settings), *_way_back(settings), *_returned(settings)]


def _way_out(settings: Settings) -> Iterable[CheckResult]:
    check = {"outbox": _outbox, "smtp": _smtp, "sendgrid": _sendgrid, "graph": _graph}[settings.mail_transport]
    yield checked("mail", check, settings)


def _way_back(settings: Settings) -> Iterable[CheckResult]:
    """The mailbox of returned mail; where nothing leaves the house nothing comes back."""
    if settings.bounces == "none" and settings.mail_transport != "outbox":
        detail = "nobody reads what comes back: a report to Kela that was not delivered shows nowhere"
        by_mail, by_sendgrid = "set bounces to imap or graph", "let its events come as delivery_report"
        to_do = f"{by_sendgrid if settings.mail_transport == 'sendgrid' else by_mail} (docs/mail.md)"
        yield CheckResult("warning", RETURNED, detail, to_do)
    if settings.bounces != "none":
        yield checked(RETURNED, _mailbox, settings)


def _mailbox(settings: Settings) -> CheckResult:
    _read(settings, "imap_password_file", *(APP if settings.imap_oauth or settings.bounces == "graph" else ()))
    mailbox = mail.returned_mailbox(settings)
    if mailbox is None:
        raise ValueError("no mailbox is set")
    asyncio.run(mailbox.check())
    return CheckResult("ok", RETURNED, f"{mailbox.name} can be opened (nothing was read)")


def _returned(settings: Settings) -> Iterable[CheckResult]:
    """Each contact whose address mail came back from."""
    try:
        model = load_operating_model(settings.operating_model)
    except OperatingModelFault:
        return  # said already
    for contact, returned in mail.returned_addresses(settings).among(model):
        detail = f"contact {contact}: {returned.in_words(model.organisation.time_zone)}"
        yield CheckResult("warning", RETURNED, detail, "correct the address, or check it and renew verified_on")


def checked(what: str, check: Callable[[Settings], CheckResult], settings: Settings) -> CheckResult:
    """What a check finds; a refusal is one line with what to set."""
    try:
        return check(settings)
    except SettingsError as fault:
        return CheckResult("fault", what, str(fault), "correct the setting")
    except ApplicationError as error:
        if error.type != REFUSED_BY_PROVIDER:
            return CheckResult("fault", what, reason_of(error), "check the network, and host and port in the settings")
        reason, _, act = error.message.rpartition(". ")
        return CheckResult("fault", what, reason, act[:1].lower() + act[1:])


def _read(settings: Settings, *names: str) -> None:
    """Read the secrets that a way needs. Raises ``SettingsError`` with the setting and the file."""
    for name in names:
        settings.secret(name)


def _outbox(settings: Settings) -> CheckResult:
    folder = settings.outbox_dir
    nearest = next(place for place in (folder, *folder.parents) if place.exists())
    if not os.access(nearest, os.W_OK):
        return CheckResult(
            "fault", "mail", f"{folder} can't be written", f"give the user who runs this the right to {nearest}"
        )
    return CheckResult(
        "warning",
        "mail",
        f"nothing leaves the house: mails are files in {folder}",
        "set mail_transport to smtp, sendgrid or graph (docs/mail.md)",
    )


def _smtp(settings: Settings) -> CheckResult:
    _read(settings, "smtp_password_file", *(APP if settings.smtp_oauth else ()))
    mail.smtp(settings, WITHIN).check()
    login = " and takes the login" if settings.smtp_user else ""
    return CheckResult(
        "ok", "mail", f"SMTP server {settings.smtp_host}:{settings.smtp_port} answers{login} (no mail was sent)"
    )


def _sendgrid(settings: Settings) -> CheckResult:
    _read(settings, "sendgrid_api_key_file")
    mail.sendgrid(settings, WITHIN).check()
    return CheckResult("ok", "mail", "SendGrid accepts the key, which may send (no mail was sent)")


def _graph(settings: Settings) -> CheckResult:
    _read(settings, *APP)
    asyncio.run(GraphMail(mail.graph_mailbox(settings, settings.graph_mailbox, WITHIN)).check())
    detail = f"Microsoft Graph opens {settings.graph_mailbox} (no mail was sent; that it may send shows when it does)"
    return CheckResult("ok", "mail", detail)

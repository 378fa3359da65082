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
from starter.language.heard import heard
from starter.language.words import N_, _, n_
from starter.terminal.time_input import now
from workers import mail
from workers.settings import Settings, SettingsError
from workflows.process.ports import REFUSED_BY_PROVIDER

WITHIN = timedelta(seconds=5)
RETURNED = N_("returned mail")
CONTACTS = N_("contacts")
NAMED_AT_MOST = 10
APP = ("oauth_client_secret_file", "oauth_certificate_file")


def check_mail(settings: Settings) -> list[CheckResult]:
    """Every check of this module."""
    return [*_way_out(settings), *_way_back(settings), *_returned(settings), *_doubted(settings)]


def _way_out(settings: Settings) -> Iterable[CheckResult]:
    check = {"outbox": _outbox, "smtp": _smtp, "sendgrid": _sendgrid, "graph": _graph}[settings.mail_transport]
    yield checked(_("mail"), check, settings)


def _way_back(settings: Settings) -> Iterable[CheckResult]:
    """The mailbox of returned mail; where nothing leaves the house nothing comes back."""
    if settings.bounces == "none" and settings.mail_transport != "outbox":
        detail = _("nobody reads what comes back: a report to Kela that was not delivered shows nowhere")
        by_mail, by_sendgrid = _("set bounces to imap or graph"), _("let its events come as delivery_report")
        to_do = f"{by_sendgrid if settings.mail_transport == 'sendgrid' else by_mail} (docs/mail.md)"
        yield CheckResult("warning", _(RETURNED), detail, to_do)
    if settings.bounces != "none":
        yield checked(_(RETURNED), _mailbox, settings)


def _mailbox(settings: Settings) -> CheckResult:
    _read(settings, "imap_password_file", *(APP if settings.imap_oauth or settings.bounces == "graph" else ()))
    mailbox = mail.returned_mailbox(settings)
    if mailbox is None:
        raise ValueError(_("no mailbox is set"))
    asyncio.run(mailbox.check())
    return CheckResult("ok", _(RETURNED), _("{name} can be opened (nothing was read)", name=mailbox.name))


def _returned(settings: Settings) -> Iterable[CheckResult]:
    """Each contact whose address mail came back from."""
    try:
        model = load_operating_model(settings.operating_model)
    except OperatingModelFault:
        return  # said already
    for contact, returned in mail.returned_addresses(settings).among(model):
        back = heard(returned.in_words(model.organisation.time_zone))
        detail = _("contact {contact}: {returned}", contact=contact, returned=back)
        yield CheckResult("warning", _(RETURNED), detail, _("correct the address, or check it and renew verified_on"))


def _doubted(settings: Settings) -> Iterable[CheckResult]:
    """How many contacts nobody has confirmed, the first of them by name."""
    try:
        model = load_operating_model(settings.operating_model)
    except OperatingModelFault:
        return  # said already
    found = [each.contact for each in mail.kept_standings(settings).among(model, now())]
    if found:
        named = ", ".join([*found[:NAMED_AT_MOST], *(["..."] if len(found) > NAMED_AT_MOST else [])])
        detail = n_(
            "{n} contact is to be confirmed: {named}",
            "{n} contacts are to be confirmed: {named}",
            len(found),
            named=named,
        )
        yield CheckResult("warning", _(CONTACTS), detail, _("kantadesk contacts list --doubtful says why"))


def checked(what: str, check: Callable[[Settings], CheckResult], settings: Settings) -> CheckResult:
    """What a check finds; a refusal is one line with what to set."""
    try:
        return check(settings)
    except SettingsError as fault:
        return CheckResult("fault", what, heard(str(fault)), _("correct the setting"))
    except ApplicationError as error:
        if error.type != REFUSED_BY_PROVIDER:
            return CheckResult(
                "fault", what, heard(reason_of(error)), _("check the network, and host and port in the settings")
            )
        reason, act = error.message.rpartition(". ")[0], error.message.rpartition(". ")[2]
        return CheckResult("fault", what, heard(reason), heard(act[:1].lower() + act[1:]))


def _read(settings: Settings, *names: str) -> None:
    """Read the secrets that a way needs. Raises ``SettingsError`` with the setting and the file."""
    for name in names:
        settings.secret(name)


def _outbox(settings: Settings) -> CheckResult:
    folder = settings.outbox_dir
    nearest = next(place for place in (folder, *folder.parents) if place.exists())
    if not os.access(nearest, os.W_OK):
        return CheckResult(
            "fault",
            _("mail"),
            _("{folder} can't be written", folder=folder),
            _("give the user who runs this the right to {nearest}", nearest=nearest),
        )
    return CheckResult(
        "warning",
        _("mail"),
        _("nothing leaves the house: mails are files in {folder}", folder=folder),
        _("set mail_transport to smtp, sendgrid or graph (docs/mail.md)"),
    )


def _smtp(settings: Settings) -> CheckResult:
    _read(settings, "smtp_password_file", *(APP if settings.smtp_oauth else ()))
    mail.smtp(settings, WITHIN).check()
    login = _(" and takes the login") if settings.smtp_user else ""
    return CheckResult(
        "ok",
        "mail",
        _(
            "SMTP server {smtp_host}:{smtp_port} answers{login} (no mail was sent)",
            smtp_host=settings.smtp_host,
            smtp_port=settings.smtp_port,
            login=login,
        ),
    )


def _sendgrid(settings: Settings) -> CheckResult:
    _read(settings, "sendgrid_api_key_file")
    mail.sendgrid(settings, WITHIN).check()
    return CheckResult("ok", _("mail"), _("SendGrid accepts the key, which may send (no mail was sent)"))


def _graph(settings: Settings) -> CheckResult:
    _read(settings, *APP)
    asyncio.run(GraphMail(mail.graph_mailbox(settings, settings.graph_mailbox, WITHIN)).check())
    detail = _(
        "Microsoft Graph opens {graph_mailbox} (no mail was sent; that it may send shows when it does)",
        graph_mailbox=settings.graph_mailbox,
    )
    return CheckResult("ok", _("mail"), detail)

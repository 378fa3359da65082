"""What ``kantadesk doctor`` checks of the ways out besides mail: text messages and the heartbeat. Nothing is sent."""

from __future__ import annotations

from collections.abc import Iterable

from temporalio.exceptions import ApplicationError

from activities.operating_model.faults import OperatingModelFault
from activities.operating_model.file import load_operating_model
from starter.doctor.checks import CheckResult
from starter.language.heard import heard
from starter.language.words import _
from workers.settings import Settings, SettingsError

NAMED_AT_MOST = 5


def check_delivery(settings: Settings) -> list[CheckResult]:
    """Every check of this module."""
    return [*_texts(settings), *_heartbeat(settings)]


def _texts(settings: Settings) -> Iterable[CheckResult]:
    what = _("text messages")
    if settings.text_transport == "outbox":
        detail = _("nothing leaves the house: text messages are files in {outbox_dir}", outbox_dir=settings.outbox_dir)
        yield CheckResult("warning", what, detail, _("set text_transport to apprise (docs/operating-model.md)"))
        return
    try:
        model = load_operating_model(settings.operating_model)
    except OperatingModelFault:
        return  # said already
    targets = {name: contact.text_message for name, contact in model.contacts.items() if contact.text_message}
    own = {
        f"{name}: {channel}": address
        for name, contact in model.contacts.items()
        for channel, address in contact.addresses.items()
    }
    if not targets:
        to_do = _("give contacts a number or an address (text_message)")
        yield CheckResult("warning", what, _("no contact has an address for them: all get an e-mail"), to_do)
    targets |= own
    refused = _refused(targets, model.text_messages.url, settings)
    for why, contacts in refused.items():
        more = " " + _("and {n} more", n=len(contacts) - NAMED_AT_MOST) if len(contacts) > NAMED_AT_MOST else ""
        reason, to_do = (why.partition(". ")[0], why.partition(". ")[2])
        yield CheckResult("fault", what, f"{heard(reason)} ({', '.join(contacts[:NAMED_AT_MOST])}{more})", heard(to_do))
    if usable := len(targets) - sum(map(len, refused.values())):
        yield CheckResult(
            "ok", what, _("{usable} contacts have an address that can be used (nothing was sent)", usable=usable)
        )


def _refused(targets: dict[str, str], provider: str, settings: Settings) -> dict[str, list[str]]:
    """The reasons for which addresses can't be used, each with its contacts."""
    from activities.text_messages.apprise import AppriseTexts

    way = AppriseTexts(lambda: provider, settings.secrets_dir)
    reasons: dict[str, list[str]] = {}
    for contact, target in targets.items():
        try:
            way.check(target)
        except ApplicationError as refusal:
            reasons.setdefault(refusal.message, []).append(contact)
    return reasons


def _heartbeat(settings: Settings) -> Iterable[CheckResult]:
    what = _("heartbeat")
    try:
        address = settings.secret("heartbeat_url_file")
    except SettingsError as fault:
        yield CheckResult("fault", what, heard(str(fault)), _("correct the setting"))
        return
    if address:
        yield CheckResult("ok", what, _("the watchdog pings the address in heartbeat_url_file while all is well"))
    else:
        detail = _("no dead-man's switch is connected: nobody hears of it when kantadesk or this machine dies")
        yield CheckResult("warning", what, detail, _("set heartbeat_url_file (docs/watchdog.md)"))

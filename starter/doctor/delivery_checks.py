"""What ``kantadesk doctor`` checks of the ways out besides mail: text messages and the heartbeat. Nothing is sent."""

from __future__ import annotations

from collections.abc import Iterable

from temporalio.exceptions import ApplicationError

from activities.operating_model.faults import OperatingModelFault
from activities.operating_model.file import load_operating_model
from starter.doctor.checks import CheckResult
from workers.settings import Settings, SettingsError

NAMED_AT_MOST = 5


def check_delivery(settings: Settings) -> list[CheckResult]:
    """Every check of this module."""
    return [*_texts(settings), *_heartbeat(settings)]


def _texts(settings: Settings) -> Iterable[CheckResult]:
    what = "text messages"
    if settings.text_transport == "outbox":
        detail = f"nothing leaves the house: text messages are files in {settings.outbox_dir}"
        yield CheckResult("warning", what, detail, "set text_transport to apprise (docs/operating-model.md)")
        return
    try:
        model = load_operating_model(settings.operating_model)
    except OperatingModelFault:
        return  # said already
    targets = {name: contact.text_message for name, contact in model.contacts.items() if contact.text_message}
    if not targets:
        to_do = "give contacts a number or an address (text_message)"
        yield CheckResult("warning", what, "no contact has an address for them: all get an e-mail", to_do)
    refused = _refused(targets, model.text_messages.url, settings)
    for why, contacts in refused.items():
        more = f" and {len(contacts) - NAMED_AT_MOST} more" if len(contacts) > NAMED_AT_MOST else ""
        reason, _, to_do = why.partition(". ")
        yield CheckResult("fault", what, f"{reason} ({', '.join(contacts[:NAMED_AT_MOST])}{more})", to_do)
    if usable := len(targets) - sum(map(len, refused.values())):
        yield CheckResult("ok", what, f"{usable} contacts have an address that can be used (nothing was sent)")


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
    what = "heartbeat"
    try:
        address = settings.secret("heartbeat_url_file")
    except SettingsError as fault:
        yield CheckResult("fault", what, str(fault), "correct the setting")
        return
    if address:
        yield CheckResult("ok", what, "the watchdog pings the address in heartbeat_url_file while all is well")
    else:
        detail = "no dead-man's switch is connected: nobody hears of it when kantadesk or this machine dies"
        yield CheckResult("warning", what, detail, "set heartbeat_url_file (docs/watchdog.md)")

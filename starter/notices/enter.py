"""``kantadesk notices enter``: a notice that came by mail or by telephone."""

from __future__ import annotations

from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

import click

from starter.language import names
from starter.language.heard import heard
from starter.language.lists import FIXED
from starter.language.words import _
from starter.sending.command import WHEN
from starter.terminal.output import json_option, say, say_json
from starter.terminal.word_types import WordOf

if TYPE_CHECKING:
    from temporalio.client import Client

    from workflows.notices.messages import NoticeEntered
    from workflows.procedure.notices.decisions import WatchedNotice


@click.command(epilog=WHEN, no_args_is_help=True)
@click.option("--file", type=click.File("rb"), help="The mail as .eml, or JSON with the fields (- for stdin).")
@click.option("--id", "known", metavar="ID", help="A notice in the list whose meaning you decide.")
@click.option("--title", metavar="TEXT", help="Its title (default: the mail's subject).")
@click.option("--text", metavar="TEXT", help="What it says. No names, identity codes or health data.")
@click.option("--kind", type=WordOf(FIXED["kind"]), help="What it is (default: read from its text).")
@click.option("--service", "services", multiple=True, metavar="SERVICE", help="Kanta service that it concerns.")
@click.option("--not-affected", multiple=True, metavar="SERVICE", help="Kanta service that it says goes on.")
@click.option("--starts-at", metavar="WHEN", help="When a planned break begins.")
@click.option("--ends-at", metavar="WHEN", help="When a planned break ends.")
@click.option("--published-at", metavar="WHEN", help="When it was published (default: now).")
@click.option("--guid", metavar="TEXT", help="Its own id: the same id twice is the same notice.")
@click.option("--link", metavar="TEXT", help="Its address on the web.")
@click.option("--by", metavar="TEXT", help="Who says it (default: you).")
@click.option("--event-id", metavar="TEXT", help="Your own id of this message: the same id twice counts once.")
@json_option
def enter(as_json: bool, **typed: Any) -> None:
    r"""A notice did not come by a feed. It is read and taken as if it had.

    What you say of it holds; what you leave out is read from its words.

    \b
      kantadesk notices enter --file notice.eml
      kantadesk notices enter --title "Häiriö Reseptikeskuksessa" --text "Alkoi klo 13." --kind fault
      kantadesk notices enter --id 3f0c5a1b2d4e6f70 --kind fault --service PRESCRIPTION
      kantadesk notices enter --kind maintenance --title "Huoltokatko" --service PDR \
          --starts-at "2026-12-01 18:00" --ends-at "2026-12-01 20:00"
    """
    from starter.client.client import talk
    from starter.terminal.time_input import now

    fields = _fields(typed, now())

    async def conversation(client: Client, _settings: Any) -> WatchedNotice:
        return await _entered(client, fields, typed["known"])

    notice = talk(conversation)
    if as_json:
        say_json(notice)
    else:
        _show(notice)


def _fields(typed: dict[str, Any], at: datetime) -> dict[str, Any]:
    """The fields of the message, from the file and the options beside it. Raises ``Wrong``."""
    from starter.notices.watch_client import new_event_id
    from starter.sending.values import moment, service_named
    from starter.sending.who import user
    from starter.terminal.errors import Wrong

    fields = _from_file(typed["file"]) if typed["file"] else {}
    plain = ("title", "text", "kind", "guid", "link", "by", "event_id")
    fields |= {name: typed[name] for name in plain if typed[name] is not None}
    for name, called in (("services", "--service"), ("not_affected", "--not-affected")):
        if typed[name]:
            fields[name] = [service_named(text, called) for text in typed[name]]
    if typed["published_at"]:
        fields["published_at"] = moment(typed["published_at"], at, "--published-at")
    if bool(typed["starts_at"]) != bool(typed["ends_at"]):
        raise Wrong(_("--starts-at, --ends-at: give both, or none"))
    if typed["starts_at"]:
        starts_at = moment(typed["starts_at"], at, "--starts-at", ahead=True)
        ends_at = moment(typed["ends_at"], at, "--ends-at", ahead=True, after=starts_at)
        fields["windows"] = [{"starts_at": starts_at, "ends_at": ends_at}]
    if not fields.get("title") and not typed["known"]:
        raise Wrong(_("--title: say what the notice is called, or give the mail with --file"))
    if "by" not in fields:
        fields["by"] = user()
    return {"source": "cli", "event_id": new_event_id()} | fields


def _from_file(file: IO[bytes]) -> dict[str, Any]:
    from activities.notices.mail import MAX_BYTES, UnusableMailError, read_mail
    from starter.sending.values import from_json
    from starter.terminal.errors import Wrong

    content = file.read(MAX_BYTES + 1)
    if content.lstrip()[:1] == b"{":
        return from_json(content)
    try:
        mail = read_mail(content)
    except UnusableMailError as fault:
        raise Wrong(_("--file: {fault}", fault=heard(str(fault)))) from None
    return {name: value for name, value in mail.model_dump().items() if value}


async def _entered(client: Client, fields: dict[str, Any], known: str | None) -> WatchedNotice:
    from starter.notices.watch_client import tell_watch
    from starter.sending.input_errors import checked
    from starter.terminal.errors import Unreachable
    from workflows.notices.messages import NoticeEntered
    from workflows.notices.orders import entered_key

    if known:
        fields = await _as_known(client, known) | fields
    said: NoticeEntered = checked(NoticeEntered, fields)
    status = await tell_watch(client, "notice", said)
    for notice in status.notices:
        if notice.id == entered_key(said):
            return notice
    raise Unreachable(_('the watch has taken it but does not show it; see "kantadesk notices list"'))


async def _as_known(client: Client, known: str) -> dict[str, Any]:
    """What the list says of a notice. Raises ``NotThere``."""
    from starter.notices.watch_client import watch_status
    from starter.terminal.errors import NotThere

    for notice in (await watch_status(client)).notices:
        if notice.id == known:
            services = {"services": list(notice.affects)} if notice.affects else {}
            windows = [window.model_dump() for window in notice.reading.windows]
            fields = {name: getattr(notice, name) for name in ("guid", "title", "link", "published_at")}
            return fields | services | ({"windows": windows} if windows else {})
    raise NotThere(_('there is no notice {known}; "kantadesk notices list --all" shows what there is', known=known))


def _show(notice: WatchedNotice) -> None:
    reading = notice.reading
    kind = names.name(names.NOTICE_KINDS, reading.kind)
    about = f" ({names.services(notice.affects)})" if notice.affects else ""
    how = _("{title}: read as {kind}{about}.", title=notice.title, kind=kind, about=about)
    say(how if reading.certain else how + " " + _("That is not certain."))
    for line in notice.did[-1:]:
        say(f"  {heard(line)}")
    if notice.outcome == "uncertain":
        kind = reading.kind if reading.certain else "KIND"  # a likely kind, copied unread, might open an incident
        options = " ".join(f"--service {service}" for service in notice.affects or ("SERVICE",))
        if kind == "maintenance" and not reading.windows:
            options += " --starts-at WHEN --ends-at WHEN"
        say(
            _(
                "Say what it is: kantadesk notices enter --id {id} --kind {kind} {options}",
                id=notice.id,
                kind=kind,
                options=options,
            )
        )
        say(_("Where it does not concern you: the same with --kind other."))

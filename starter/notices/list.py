"""``kantadesk notices list`` and ``look``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from starter.language import names
from starter.language.heard import heard
from starter.language.moments import short
from starter.language.words import _, n_
from starter.terminal.output import Table, json_option, say, say_json, show

if TYPE_CHECKING:
    from workflows.notices.messages import NoticeWatchStatus
    from workflows.procedure.notices.decisions import WatchedNotice

SHOWN = 25


@click.command
@click.option("--uncertain", is_flag=True, help="Only those whose meaning a person must decide.")
@click.option("--all", "everything", is_flag=True, help="All that are remembered (200), not only the latest.")
@json_option
def list_notices(uncertain: bool, everything: bool, as_json: bool) -> None:
    r"""What was published, how it was read, and what was done about it; the newest first.

    \b
      kantadesk notices list
      kantadesk notices list --uncertain
    """
    from starter.client.client import talk
    from starter.notices.watch_client import watch_status

    status = talk(lambda client, _settings: watch_status(client))
    if uncertain:
        status = status.model_copy(update={"notices": tuple(n for n in status.notices if n.outcome == "uncertain")})
    if as_json:
        say_json(status)
        return
    show_feeds(status)
    shown = status.notices if everything else status.notices[:SHOWN]
    if shown:
        show(
            Table(
                (_("id"), _("published"), _("notice"), _("kind"), _("services"), _("what was done")),
                [_row(each) for each in shown],
            )
        )
    else:
        say(_("No notice is uncertain.") if uncertain else _("No notice has been seen yet."))
    if len(shown) < len(status.notices):
        say(_("{n} older ones: --all", n=len(status.notices) - len(shown)))
    for problem in status.problems:
        say(_("Look at this: {problem}", problem=heard(problem)))
    if uncertain and shown:
        say(
            _(
                "Say what one is: kantadesk notices enter --id ID --kind KIND --service SERVICE (--kind "
                "other: no concern)"
            )
        )
    if status.uncertain and not uncertain:
        say(_("{n} to be read by a person: kantadesk notices list --uncertain", n=status.uncertain))


@click.command
@json_option
def look(as_json: bool) -> None:
    r"""Have the watch look at the feeds at once, instead of waiting for the next time.

    \b
      kantadesk notices look
    """
    from starter.client.client import talk
    from starter.notices.watch_client import new_event_id, tell_watch
    from starter.sending.who import user
    from workflows.notices.messages import LookNow

    said = LookNow(by=user(""), source="cli", event_id=new_event_id())
    status = talk(lambda client, _settings: tell_watch(client, "look_now", said))
    if as_json:
        say_json(status)
    else:
        say(_('The watch looks now. "kantadesk notices list" shows what it finds.'))


def show_feeds(status: NoticeWatchStatus) -> None:
    """One line a feed: whether it can be read."""
    if not status.feeds:
        say(_("No feed has been read: set notice_feed, or enter notices by hand."))
    for feed in status.feeds:
        fares = (
            _("{problem} Since {moment}.", problem=heard(feed.problem), moment=short(feed.failing_since))
            if feed.failing_since
            else n_("{n} notice", "{n} notices", feed.entries)
        )
        say(f"{feed.feed}: {fares}")


def _row(notice: WatchedNotice) -> tuple[str, ...]:
    kind = names.name(names.NOTICE_KINDS, notice.reading.kind)
    kind += "? " + _("uncertain") if notice.outcome == "uncertain" else ""
    done = heard(notice.did[-1]) if notice.did else ""
    services = names.services(notice.affects)
    return notice.id, short(notice.published_at or notice.seen_at), notice.title, kind, services, done

"""``kantadesk notices check``: the feeds read now, and what the watch would do. Needs no Temporal, does nothing."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from starter.language import names
from starter.language.heard import heard
from starter.language.moments import short
from starter.language.words import Texts, _, n_
from starter.terminal.output import Table, json_option, say, say_json, show

if TYPE_CHECKING:
    from workflows.notices.messages import FeedsSeen
    from workflows.procedure.notices.decisions import WatchedNotice
    from workflows.procedure.operating_model.model import NoticeRules

WHERE_NONE_IS_OPEN: Texts = {
    "ignore": "nothing where none is open",
    "propose": "where none is open, the desk is asked to open {reference}",
    "open": "where none is open, {reference} is opened",
}


@click.command
@json_option
def check(as_json: bool) -> None:
    r"""Read the feeds now and say how each notice is read and what the watch would do, as if all were new.

    Nothing is done, and Temporal need not run. Exit code 2 where a feed can't be read.

    \b
      kantadesk notices check
    """
    from starter.client.configuration import operating_model, settings_in_force
    from starter.terminal.errors import Faulty, Wrong
    from starter.terminal.time_input import now
    from workflows.notices.messages import FeedsAsked
    from workflows.procedure.operating_model.model import NoticeRules

    settings = settings_in_force()
    if not settings.notice_feed:
        raise Wrong(_("no feed is configured: set notice_feed (KANTADESK_NOTICE_FEED) to the address of one"))
    from activities.notices.download import Network
    from activities.notices.feeds import NoticeFeed
    from workflows.procedure.operating_model.mail_address import as_sent

    model = operating_model(settings)
    network = Network(contact=as_sent(model.organisation.email)) if model else None
    seen = asyncio.run(NoticeFeed(settings.notice_feed, network=network).look_at_feeds(FeedsAsked()))
    found = _found(seen, model.notices if model else NoticeRules(), now())
    if as_json:
        say_json({"feeds": found})
    else:
        _show(found)
    if faults := sum(bool(feed["problem"]) for feed in found):
        raise Faulty(n_("{n} feed can't be read", "{n} feeds can't be read", faults))


def _found(seen: FeedsSeen, rules: NoticeRules, at: datetime) -> list[dict[str, Any]]:
    from workflows.notices.record import NoticeWatchRecord
    from workflows.process.ids import NOTICE_WATCH_ID

    record = NoticeWatchRecord(reference=NOTICE_WATCH_ID, phase="watching", services=(), opened_at=at, next_look_at=at)
    for entry in sorted((e for feed in seen.feeds for e in feed.entries), key=lambda e: e.published_at or at):
        record.keep(entry, at)
    return [
        {
            "feed": feed.feed,
            "problem": feed.problem,
            "count": feed.count,
            "notices": [_read(record.notices[entry.key], record, rules, at) for entry in feed.entries],
        }
        for feed in seen.feeds
    ]


def _read(notice: WatchedNotice, record: Any, rules: NoticeRules, at: datetime) -> dict[str, Any]:
    return {
        "guid": notice.guid,
        "title": notice.title,
        "link": notice.link,
        "published_at": notice.published_at,
        **notice.reading.model_dump(mode="json"),
        "would": _would(notice, [each for each in record.notices.values() if each.id != notice.id], rules, at),
    }


def _would(notice: WatchedNotice, others: list[WatchedNotice], rules: NoticeRules, at: datetime) -> str:
    from workflows.procedure.notices.decisions import reference_for, to_do

    doing = to_do(notice, None, others, rules, at)
    match doing.act:
        case "nothing":
            return _("nothing: {why}", why=heard(doing.why))
        case "show":
            return _("the desk reads it: {why}", why=heard(doing.why))
        case "plan":
            return _("maintenance {reference} is planned", reference=reference_for("MAINT", notice.guid))
        case "tell":
            told = _("told to the open incidents of {services}", services=names.services(notice.affects))
            reference = reference_for("NOTICE", notice.guid)
            none_open = _(WHERE_NONE_IS_OPEN[rules.new_fault], reference=reference)
            return f"{told}; {none_open}" if doing.may_open else told


def _show(found: list[dict[str, Any]]) -> None:
    for feed in found:
        fares = heard(feed["problem"]) or n_("{n} notice", "{n} notices", feed["count"])
        say(f"{feed['feed']}: {fares}")
        rows = [
            (
                short(notice["published_at"]),
                notice["title"],
                names.name(names.NOTICE_KINDS, notice["kind"]) + ("" if notice["certain"] else "? " + _("uncertain")),
                names.services(notice["services"]),
                notice["would"],
            )
            for notice in feed["notices"]
        ]
        if rows:
            show(
                Table(
                    (_("published"), _("notice"), _("kind"), _("services"), _("what the watch would do, were it new")),
                    rows,
                )
            )
        if feed["count"] > len(rows) and not feed["problem"]:
            say(_("{count} older ones are not shown.", count=feed["count"] - len(rows)))

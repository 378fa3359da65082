"""``kantadesk notices check``: the feeds read now, and what the watch would do. Needs no Temporal, does nothing."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from starter.terminal.output import Table, json_option, say, say_json, short, show

if TYPE_CHECKING:
    from workflows.notices.messages import FeedsSeen
    from workflows.procedure.notices.decisions import WatchedNotice
    from workflows.procedure.operating_model.model import NoticeRules

WHERE_NONE_IS_OPEN = {
    "ignore": "nothing where none is open",
    "propose": "where none is open, the desk is asked to open {}",
    "open": "where none is open, {} is opened",
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
        raise Wrong("no feed is configured: set notice_feed (KANTADESK_NOTICE_FEED) to the address of one")
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
        raise Faulty("1 feed can't be read" if faults == 1 else f"{faults} feeds can't be read")


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
            return f"nothing: {doing.why}"
        case "show":
            return f"the desk reads it: {doing.why}"
        case "plan":
            return f"maintenance {reference_for('MAINT', notice.guid)} is planned"
        case "tell":
            told = f"told to the open incidents of {', '.join(notice.affects)}"
            none_open = WHERE_NONE_IS_OPEN[rules.new_fault].format(reference_for("NOTICE", notice.guid))
            return f"{told}; {none_open}" if doing.may_open else told


def _show(found: list[dict[str, Any]]) -> None:
    for feed in found:
        say(f"{feed['feed']}: {feed['problem'] or str(feed['count']) + ' notices'}")
        rows = [
            (
                short(notice["published_at"]),
                notice["title"],
                notice["kind"] + ("" if notice["certain"] else "? uncertain"),
                ", ".join(notice["services"]),
                notice["would"],
            )
            for notice in feed["notices"]
        ]
        if rows:
            show(Table(("published", "notice", "kind", "services", "what the watch would do, were it new"), rows))
        if feed["count"] > len(rows) and not feed["problem"]:
            say(f"{feed['count'] - len(rows)} older ones are not shown.")

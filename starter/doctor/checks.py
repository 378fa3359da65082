"""What ``kantadesk doctor`` checks without Temporal: files, forms, feed, disk."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

from activities.evidence.signature import fingerprint
from activities.fault_report.form_file import UnusableForm
from activities.fault_report.own_form import form_places
from activities.notices.feeds import NoticeFeed
from activities.operating_model.faults import OperatingModelFault
from activities.operating_model.file import load_operating_model
from starter.client.elsewhere import way_elsewhere
from starter.language.heard import heard
from starter.language.words import _
from workers.data_folder import foreign_files, open_to_others
from workers.keys.check import key_book
from workers.keys.live import live_keys
from workers.keys.ring import KeyFileError
from workers.keys.signing import SigningKeyError, load
from workers.settings import Settings
from workflows.incident.ports import NoticeQuestion
from workflows.procedure.services import SERVICE_IDS

LOW, TOO_LOW = 2_000_000_000, 200_000_000
"""Bytes free on the disk."""


class CheckResult(NamedTuple):
    """One thing that was checked. ``to_do``: what to do about it; empty where all is well."""

    level: Literal["ok", "warning", "fault"]
    what: str
    detail: str
    to_do: str = ""


def check_installation(settings: Settings) -> list[CheckResult]:
    """Every check of this module; none of them changes anything or sends a mail."""
    checks: tuple[Callable[[Settings], Iterable[CheckResult]], ...] = (
        _operating_model, _form, _keys, _signing, _others, _feed, _disk,
    )  # fmt: skip
    return [finding for check in checks for finding in check(settings)]


def _operating_model(settings: Settings) -> Iterable[CheckResult]:
    what = _("operating model")
    try:
        model = load_operating_model(settings.operating_model)
    except OperatingModelFault as fault:
        for line in str(fault).splitlines():
            yield CheckResult("fault", what, heard(line), _("correct that line; until then the last valid one holds"))
        return
    if settings.origins["operating_model"].startswith("the example"):
        where = settings.data_dir / "operating-model.toml"
        to_do = _(
            "copy {operating_model} to {where} and put your own organisation in",
            operating_model=settings.operating_model,
            where=where,
        )
        yield CheckResult("warning", what, _("the example organisation is in force"), to_do)
    else:
        people = len(model.contacts)
        yield CheckResult(
            "ok",
            what,
            _(
                "{name}, {people} contacts ({operating_model})",
                name=model.organisation.name,
                people=people,
                operating_model=settings.operating_model,
            ),
        )


def _form(settings: Settings) -> Iterable[CheckResult]:
    """Where the organisation fills a form of its own: which fields find no place in it."""
    try:
        report = load_operating_model(settings.operating_model).report
    except OperatingModelFault:
        return  # said already
    if not report.template:
        yield CheckResult("ok", _("report form"), _("the form that comes with kantadesk is filled"))
        return
    folder = settings.operating_model.parent
    try:
        places = form_places(folder / report.template, folder / report.mapping)
    except UnusableForm as fault:
        yield CheckResult("fault", _("report form"), heard(str(fault)), _("mend the form or its mapping"))
        return
    for problem in places.problems():
        yield CheckResult("fault", _("report form"), heard(problem), _("mend {mapping}", mapping=report.mapping))
    if places.unplaced:
        detail = _("without a place in it: {unplaced}", unplaced=", ".join(places.unplaced))
        yield CheckResult(
            "warning",
            _("report form"),
            detail,
            _("fine where the form doesn't ask for them; else {mapping}", mapping=report.mapping),
        )
    yield CheckResult(
        "ok",
        _("report form"),
        _("{found} fields find their place in {template}", found=len(places.found), template=report.template),
    )


def _keys(settings: Settings) -> Iterable[CheckResult]:
    what, path = _("encryption keys"), settings.key_file
    if not settings.key_env and not path.exists():
        yield CheckResult(
            "fault",
            what,
            _("there is no key file {path}", path=path),
            way_elsewhere(settings) or _('run "kantadesk up" or "kantadesk setup", or restore it'),
        )
        return
    try:
        keys = live_keys(settings)
    except KeyFileError as fault:
        yield CheckResult("fault", what, heard(str(fault)), _("restore the key file from your backup"))
        return
    if not settings.key_env and path.stat().st_mode & 0o077:
        yield CheckResult("warning", what, _("others on this machine may read {path}", path=path), f"chmod 600 {path}")
    ring = keys.ring()
    if ring.waiting:
        detail = _("{waiting} waits until every worker knows it", waiting=ring.waiting)
        yield CheckResult(
            "warning",
            what,
            _("a key rotation is not finished: {detail}", detail=detail),
            _('run "kantadesk keys rotate" again'),
        )
    if missing := sorted(key_book(settings).ids() - set(ring.keys)):
        detail = _(
            "{where} lacks {missing}, with which workers have written",
            where=heard(keys.where),
            missing=", ".join(missing),
        )
        yield CheckResult("fault", what, detail, _("restore the key file from your backup: no worker starts without"))
    old = len(ring.keys) - 1 - bool(ring.waiting)
    yield CheckResult(
        "ok",
        what,
        _("{current} writes, {old} older ones read ({where})", current=ring.current, old=old, where=heard(keys.where)),
    )


def _signing(settings: Settings) -> Iterable[CheckResult]:
    what = _("signing key")
    try:
        signer = load(settings.signing_key_file)
    except SigningKeyError as fault:
        yield CheckResult("warning", what, heard(str(fault)), _("until then the evidence is kept unsigned"))
        return
    if settings.signing_key_file.stat().st_mode & 0o077:
        detail = _("others on this machine may read {signing_key_file}", signing_key_file=settings.signing_key_file)
        yield CheckResult("warning", what, detail, f"chmod 600 {settings.signing_key_file}")
    key = fingerprint(signer.public)
    if settings.timestamp_authority:
        yield CheckResult("ok", what, _("{key} signs the evidence, with a time stamp", key=key))
    else:
        yield CheckResult("ok", what, _("{key} signs the evidence, without a time stamp", key=key))


def _others(settings: Settings) -> Iterable[CheckResult]:
    """Who else may write where kantadesk keeps things, and what somebody else has laid there."""
    what = _("write access of others")
    places = list(open_to_others(settings))
    places += [each for at in (settings.data_dir / "sent", settings.evidence_dir) for each in foreign_files(at)]
    yield from (CheckResult("fault", what, f"{place.path}: {heard(place.why)}", heard(place.to_do)) for place in places)
    if not places:
        yield CheckResult("ok", what, _("only the owner writes in {data_dir}", data_dir=settings.data_dir))


def _feed(settings: Settings) -> Iterable[CheckResult]:
    if not settings.notice_feed:
        to_do = _("set notice_feed to the address of the Kanta notices")
        yield CheckResult("warning", _("notice feed"), _("none is configured: known faults are not recognised"), to_do)
        return
    for feed in settings.notice_feed:
        yield asyncio.run(_read_feed(feed))


async def _read_feed(feed: str) -> CheckResult:
    question = NoticeQuestion(services=SERVICE_IDS)
    found = await NoticeFeed(feed).open_fault_notices(question)
    if found.problem:
        return CheckResult("fault", _("notice feed"), heard(found.problem), _("check notice_feed and the network"))
    return CheckResult(
        "ok",
        _("notice feed"),
        _("{source} can be read; {notices} open fault notices", source=found.source, notices=len(found.notices)),
    )


def _disk(settings: Settings) -> Iterable[CheckResult]:
    place = next(folder for folder in (settings.data_dir, *settings.data_dir.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    shown = _("{free:.1f} GB free for {data_dir}", free=free / 1e9, data_dir=settings.data_dir)
    if free < TOO_LOW:
        yield CheckResult("fault", _("disk"), shown, _("make room now: incidents can't be kept without it"))
    elif free < LOW:
        yield CheckResult("warning", _("disk"), shown, _("make room soon"))
    else:
        yield CheckResult("ok", _("disk"), shown)

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
    what = "operating model"
    try:
        model = load_operating_model(settings.operating_model)
    except OperatingModelFault as fault:
        for line in str(fault).splitlines():
            yield CheckResult("fault", what, line, "correct that line; until then the last valid one holds")
        return
    if settings.origins["operating_model"].startswith("the example"):
        where = settings.data_dir / "operating-model.toml"
        to_do = f"copy {settings.operating_model} to {where} and put your own organisation in"
        yield CheckResult("warning", what, "the example organisation is in force", to_do)
    else:
        people = len(model.contacts)
        yield CheckResult("ok", what, f"{model.organisation.name}, {people} contacts ({settings.operating_model})")


def _form(settings: Settings) -> Iterable[CheckResult]:
    """Where the organisation fills a form of its own: which fields find no place in it."""
    try:
        report = load_operating_model(settings.operating_model).report
    except OperatingModelFault:
        return  # said already
    if not report.template:
        yield CheckResult("ok", "report form", "the form that comes with kantadesk is filled")
        return
    folder = settings.operating_model.parent
    try:
        places = form_places(folder / report.template, folder / report.mapping)
    except UnusableForm as fault:
        yield CheckResult("fault", "report form", str(fault), "mend the form or its mapping")
        return
    for problem in places.problems():
        yield CheckResult("fault", "report form", problem, f"mend {report.mapping}")
    if places.unplaced:
        detail = f"without a place in it: {', '.join(places.unplaced)}"
        yield CheckResult(
            "warning", "report form", detail, f"fine where the form doesn't ask for them; else {report.mapping}"
        )
    yield CheckResult("ok", "report form", f"{len(places.found)} fields find their place in {report.template}")


def _keys(settings: Settings) -> Iterable[CheckResult]:
    what, path = "encryption keys", settings.key_file
    if not settings.key_env and not path.exists():
        yield CheckResult(
            "fault", what, f"there is no key file {path}", 'run "kantadesk up" or "kantadesk setup", or restore it'
        )
        return
    try:
        keys = live_keys(settings)
    except KeyFileError as fault:
        yield CheckResult("fault", what, str(fault), "restore the key file from your backup")
        return
    if not settings.key_env and path.stat().st_mode & 0o077:
        yield CheckResult("warning", what, f"others on this machine may read {path}", f"chmod 600 {path}")
    ring = keys.ring()
    if ring.waiting:
        detail = f"{ring.waiting} waits until every worker knows it"
        yield CheckResult(
            "warning", what, f"a key rotation is not finished: {detail}", 'run "kantadesk keys rotate" again'
        )
    if missing := sorted(key_book(settings).ids() - set(ring.keys)):
        detail = f"{keys.where} lacks {', '.join(missing)}, with which workers have written"
        yield CheckResult("fault", what, detail, "restore the key file from your backup: no worker starts without")
    old = len(ring.keys) - 1 - bool(ring.waiting)
    yield CheckResult("ok", what, f"{ring.current} writes, {old} older ones read ({keys.where})")


def _signing(settings: Settings) -> Iterable[CheckResult]:
    what = "signing key"
    try:
        signer = load(settings.signing_key_file)
    except SigningKeyError as fault:
        yield CheckResult("warning", what, str(fault), "until then the evidence is kept unsigned")
        return
    if settings.signing_key_file.stat().st_mode & 0o077:
        detail = f"others on this machine may read {settings.signing_key_file}"
        yield CheckResult("warning", what, detail, f"chmod 600 {settings.signing_key_file}")
    stamped = "with" if settings.timestamp_authority else "without"
    yield CheckResult("ok", what, f"{fingerprint(signer.public)} signs the evidence, {stamped} a time stamp")


def _others(settings: Settings) -> Iterable[CheckResult]:
    """Who else may write where kantadesk keeps things, and what somebody else has laid there."""
    what = "write access of others"
    places = list(open_to_others(settings))
    places += [each for at in (settings.data_dir / "sent", settings.evidence_dir) for each in foreign_files(at)]
    yield from (CheckResult("fault", what, f"{place.path}: {place.why}", place.to_do) for place in places)
    if not places:
        yield CheckResult("ok", what, f"only the owner writes in {settings.data_dir}")


def _feed(settings: Settings) -> Iterable[CheckResult]:
    if not settings.notice_feed:
        to_do = "set notice_feed to the address of the Kanta notices"
        yield CheckResult("warning", "notice feed", "none is configured: known faults are not recognised", to_do)
        return
    for feed in settings.notice_feed:
        yield asyncio.run(_read_feed(feed))


async def _read_feed(feed: str) -> CheckResult:
    question = NoticeQuestion(services=SERVICE_IDS)
    found = await NoticeFeed(feed).open_fault_notices(question)
    if found.problem:
        return CheckResult("fault", "notice feed", found.problem, "check notice_feed and the network")
    return CheckResult("ok", "notice feed", f"{found.source} can be read; {len(found.notices)} open fault notices")


def _disk(settings: Settings) -> Iterable[CheckResult]:
    place = next(folder for folder in (settings.data_dir, *settings.data_dir.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    shown = f"{free / 1e9:.1f} GB free for {settings.data_dir}"
    if free < TOO_LOW:
        yield CheckResult("fault", "disk", shown, "make room now: incidents can't be kept without it")
    elif free < LOW:
        yield CheckResult("warning", "disk", shown, "make room soon")
    else:
        yield CheckResult("ok", "disk", shown)

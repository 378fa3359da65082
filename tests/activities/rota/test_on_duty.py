"""Who is told at the moment of an alarm: by the calendar as it stands, by its last good copy, or everybody."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.testing import ActivityEnvironment

from activities.operating_model.file import OperatingModelFault, OperatingModelFile, load_operating_model
from activities.rota import source as reading
from activities.rota.rotas import RoleRota, Rotas
from activities.rota.source import RotaSources
from tests.activities.rota.calendars import calendar, event
from workers.settings import packaged_operating_model
from workflows.process.ports import Audience

EXAMPLE = packaged_operating_model().read_text("utf-8")
PEOPLE = """
[contacts.anna]
name = "Anna Virtanen"
email = "anna@example.org"
verified_on = 2026-10-05
[contacts.mikko]
name = "Mikko Laine"
email = "mikko@example.org"
deputies = ["liisa"]
verified_on = 2026-10-05
[contacts.liisa]
name = "Liisa Koski"
email = "liisa@example.org"
verified_on = 2026-10-05
"""
OLD = (
    '[roles.duty_officer]                      # is woken when the desk does not get on\ncontacts = ["duty-officer"]\n'
)
HELSINKI = ";TZID=Europe/Helsinki:"
ANNA_AT_NIGHT = event("Anna Virtanen", "RRULE:FREQ=DAILY", start=f"{HELSINKI}20260101T220000",
                      end=f"{HELSINKI}20260102T033000", uid="a")  # fmt: skip
MIKKO_THEN = event("mikko", "RRULE:FREQ=DAILY", start=f"{HELSINKI}20260101T033000", end=f"{HELSINKI}20260101T220000",
                   uid="m")  # fmt: skip
ROTA = calendar(ANNA_AT_NIGHT, MIKKO_THEN)
AFTERNOON, NIGHT = datetime(2026, 11, 26, 12, tzinfo=UTC), datetime(2026, 11, 26, 23, tzinfo=UTC)


def model_file(folder: Path, rota: str, *, more: str = "") -> Path:
    assert OLD in EXAMPLE
    role = f'[roles.duty_officer]\ncontacts = ["duty-officer", "anna", "mikko"]\nrota = "{rota}"\n{more}'
    path = folder / "operating-model.toml"
    path.write_text(EXAMPLE.replace(OLD, role) + PEOPLE, encoding="utf-8")
    return path


def desk(folder: Path, rota: str = "rota.ics", *, more: str = "") -> OperatingModelFile:
    """The operating model with a rota, as a worker has it that begins now."""
    sources = RotaSources(folder / "data" / "rota", folder)
    return OperatingModelFile(model_file(folder, rota, more=more), rotas=Rotas(sources, folder))


async def told(
    file: OperatingModelFile, at: datetime, *, deputies: bool = False, late: timedelta = timedelta(0)
) -> list[str]:
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(environment.info, started_time=environment.info.scheduled_time + late)
    audience = Audience(roles=("duty_officer",), deputies=deputies, at=at)
    return [each.contact for each in await environment.run(file.who_is_told, audience)]


EVERYBODY = ["duty-officer", "anna", "mikko"]


async def test_whoever_is_on_duty_then_is_told_then_the_deputy(tmp_path: Path) -> None:
    (tmp_path / "rota.ics").write_bytes(ROTA)
    file = desk(tmp_path)
    assert await told(file, AFTERNOON) == ["mikko"]
    assert await told(file, AFTERNOON, deputies=True) == ["mikko", "liisa"], "the deputy of whoever is on duty"
    assert await told(file, NIGHT, deputies=True) == ["anna", "deputy-duty-officer"], "that of the role"
    assert await told(file, NIGHT, late=timedelta(hours=3)) == ["mikko"], "no worker was there for three hours"


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 10, 25, 0, 29, tzinfo=UTC), ["anna"]),  # 03:29, summer time
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), ["mikko"]),  # 03:30, the first one
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), ["mikko"]),  # 03:30 again
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), ["anna"]),  # 02:59
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), ["anna"]),  # 04:00; there is no 03:30, which is counted as 04:30
        (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), ["mikko"]),
    ],
)
async def test_in_the_night_in_which_the_clocks_change(tmp_path: Path, at: datetime, expected: list[str]) -> None:
    (tmp_path / "rota.ics").write_bytes(ROTA)
    assert await told(desk(tmp_path), at) == expected


async def test_a_gap_and_a_name_that_nobody_knows_go_to_everybody(tmp_path: Path) -> None:
    (tmp_path / "rota.ics").write_bytes(calendar(ANNA_AT_NIGHT))
    assert await told(desk(tmp_path), AFTERNOON) == EVERYBODY
    (tmp_path / "rota.ics").write_bytes(ROTA.replace(b"mikko", b"Pekka"))
    assert await told(desk(tmp_path), AFTERNOON) == EVERYBODY


async def test_a_role_that_nobody_holds_is_the_desks_and_so_is_its_rota(tmp_path: Path) -> None:
    (tmp_path / "rota.ics").write_bytes(ROTA)
    path = model_file(tmp_path, "rota.ics")
    text = path.read_text("utf-8").replace('contacts = ["desk"]\n', 'contacts = ["desk"]\nrota = "rota.ics"\n', 1)
    ladders = text.index("[ladders")
    text = text[:ladders] + text[ladders:].replace('"communications"', '"desk"')
    begin = text.index("[roles.communications]")
    path.write_text(text[:begin] + text[text.index("[roles.data_protection_officer]") :], encoding="utf-8")
    file = OperatingModelFile(path, rotas=Rotas(RotaSources(tmp_path / "data"), tmp_path))
    found = await ActivityEnvironment().run(file.who_is_told, Audience(roles=("communications",), at=NIGHT))
    assert [each.contact for each in found] == ["anna"]


@pytest.mark.parametrize("broken", [b"", b"<html>", ROTA[:-30], ROTA.replace(b"Europe/Helsinki", b"No/Where")])
async def test_a_broken_file_leaves_the_last_good_copy_also_in_a_worker_that_begins(
    tmp_path: Path, broken: bytes
) -> None:
    (tmp_path / "rota.ics").write_bytes(broken)
    assert await told(desk(tmp_path), NIGHT) == EVERYBODY, "there never was a good one"
    (tmp_path / "rota.ics").write_bytes(ROTA)
    file = desk(tmp_path)
    assert await told(file, NIGHT) == ["anna"]
    (tmp_path / "rota.ics").write_bytes(broken)
    assert await told(file, NIGHT) == ["anna"]
    assert await told(desk(tmp_path), NIGHT) == ["anna"]
    (tmp_path / "rota.ics").unlink()
    assert await told(desk(tmp_path), NIGHT) == ["anna"]


class Server:
    """A server of calendars in a test: answers what it is told to, or never."""

    def __init__(self) -> None:
        self.answer, self.hangs, self.asked = b"", False, list[str]()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append((await reader.readline()).decode().split(" ")[1])
        if self.hangs:
            await reader.read()
        writer.write(b"HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (
            b"200 OK" if self.answer else b"503 Service Unavailable", len(self.answer), self.answer))  # fmt: skip
        writer.close()


@pytest_asyncio.fixture
async def server() -> AsyncIterator[tuple[Server, str]]:
    made = Server()
    listening = await asyncio.start_server(made.take, "127.0.0.1", 0)
    async with listening:
        yield made, f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"


async def test_an_address_is_asked_with_its_secret_and_seldom(tmp_path: Path, server: tuple[Server, str]) -> None:
    there, address = server
    (tmp_path / "rota-key").write_text("s3cret/+\n")
    there.answer = ROTA
    file = desk(tmp_path, address + "/{secret:rota-key}/rota.ics")
    assert [await told(file, NIGHT) for _ in range(3)] == [["anna"]] * 3
    assert there.asked == ["/s3cret%2F%2B/rota.ics"]


@pytest.mark.parametrize("how", ["refuses", "hangs", "is gone", "has another page", "lacks its secret"])
async def test_a_server_that_does_not_answer_leaves_the_last_good_copy_and_what_is_said_names_no_secret(
    tmp_path: Path, server: tuple[Server, str], how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "ANSWER_WITHIN", 0.3)
    there, address = server
    (tmp_path / "rota-key").write_text("s3cret")
    rota = address + "/{secret:rota-key}.ics"
    there.answer = ROTA
    assert await told(desk(tmp_path, rota), NIGHT) == ["anna"]
    there.answer, there.hangs = (b"<html>Log in</html>" if how == "has another page" else b""), how == "hangs"
    if how == "is gone":
        rota = "http://127.0.0.1:1/{secret:rota-key}.ics"
        assert await told(desk(tmp_path, rota), NIGHT) == EVERYBODY, "another address has no copy"
        return
    if how == "lacks its secret":
        (tmp_path / "rota-key").unlink()
    file = desk(tmp_path, rota)
    assert await told(file, NIGHT) == ["anna"]
    [found] = await rotas_of(tmp_path, rota, NIGHT)
    assert found.problem
    assert "s3cret" not in found.problem
    assert found.on_duty().read_at


async def rotas_of(folder: Path, rota: str, at: datetime, *, more: str = "") -> list[RoleRota]:
    model = load_operating_model(model_file(folder, rota, more=more))
    return await Rotas(RotaSources(folder / "data" / "rota", folder), folder).of(model, at)


async def test_until_when_and_who_comes_then(tmp_path: Path) -> None:
    (tmp_path / "rota.ics").write_bytes(ROTA)
    [rota] = await rotas_of(tmp_path, "rota.ics", NIGHT)
    duty = rota.on_duty()
    assert (duty.contacts, duty.then, duty.standing, duty.problem) == (("anna",), ("mikko",), "on_duty", "")
    assert duty.since == datetime(2026, 11, 26, 20, tzinfo=UTC)
    assert duty.until == datetime(2026, 11, 27, 1, 30, tzinfo=UTC)
    assert rota.findings() == []


async def test_what_is_found_a_week_before(tmp_path: Path) -> None:
    hole = event("Mikko Laine", f"RECURRENCE-ID{HELSINKI}20261202T033000", "STATUS:CANCELLED",
                 start=f"{HELSINKI}20261202T033000", end=f"{HELSINKI}20261202T220000", uid="m")  # fmt: skip
    both = event("Liisa Koski", start=f"{HELSINKI}20261130T100000", end=f"{HELSINKI}20261130T110000", uid="l")
    unknown = event("Pekka", start=f"{HELSINKI}20261202T100000", end=f"{HELSINKI}20261202T110000", uid="p")
    (tmp_path / "rota.ics").write_bytes(calendar(ANNA_AT_NIGHT, MIKKO_THEN, hole, both, unknown))
    week = datetime(2026, 11, 25, 2, tzinfo=UTC)
    for at in (week, week + timedelta(hours=11)):
        [rota] = await rotas_of(tmp_path, "rota.ics", at, more='owner = "liisa"\n')
        found = {each.key: each for each in rota.findings()}
        gaps = [key for key in found if key.startswith("rota_gap")]
        assert gaps[0] == "rota_gap/duty_officer/2.12.2026 03:30 (+02:00)"
        if at == week:
            continue
        assert gaps == [
            "rota_gap/duty_officer/2.12.2026 03:30 (+02:00)", "rota_gap/duty_officer/2.12.2026 11:00 (+02:00)"
        ]  # fmt: skip
        overlap = found["rota_overlap/duty_officer/30.11.2026 10:00 (+02:00)"]
        assert (overlap.facts["contacts"], overlap.facts["ends"]) == ("liisa, mikko", "30.11.2026 11:00 (+02:00)")
        assert found["rota_unmatched/duty_officer"].facts["begins"] == "2.12.2026 10:00 (+02:00)"
        assert {each.also_contacts for each in found.values()} == {("liisa",)}
        assert all(each.also_to == ("operations",) and each.level == "warning" for each in found.values())


async def test_a_rota_that_never_could_be_read_says_so(tmp_path: Path) -> None:
    [rota] = await rotas_of(tmp_path, "rota.ics", NIGHT)
    [found] = rota.findings()
    assert (found.kind, found.also_to) == ("rota_unknown", ("operations", "desk"))
    assert found.facts["why"] == "can't be read: No such file or directory"
    assert rota.on_duty().told == tuple(EVERYBODY)


@pytest.mark.parametrize(
    ("rota", "why"),
    [
        ("http://calendar.example.org/rota.ics", "must begin with https://"),
        ("ftp://calendar.example.org/rota.ics", "must begin with https://"),
        ("https://", "write a file like rota.ics"),
        ("https://anna:hunter2@calendar.example.org/rota.ics", "a password stands in it"),
    ],
)
def test_an_address_that_gives_something_away_is_refused(tmp_path: Path, rota: str, why: str) -> None:
    with pytest.raises(OperatingModelFault, match=why):
        load_operating_model(model_file(tmp_path, rota))


def test_an_owner_who_is_nobody_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OperatingModelFault, match="there is no contact 'nobody'"):
        load_operating_model(model_file(tmp_path, "webcal://calendar.example.org/rota.ics", more='owner = "nobody"\n'))

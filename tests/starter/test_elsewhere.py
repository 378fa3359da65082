"""The wrong place: where kantadesk runs on another folder, which one it is and what to type is said."""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import click
import pytest

from starter.cli import cli
from starter.client import elsewhere
from starter.client.client import talk
from starter.client.elsewhere import port_taken, refuse_other_desk, refuse_wrong_place, unreachable
from starter.terminal.errors import Unreachable
from starter.web.command import place_of
from workers.connection import EMBEDDED_FILE
from workers.embedded import desks
from workers.embedded.desks import RunningDesk, running_desks
from workers.settings import Settings, load

INVITES = "kantadesk up"


@pytest.fixture
def processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the kernel shows: nothing yet."""
    place = tmp_path / "proc"
    place.mkdir()
    monkeypatch.setattr(desks, "PROCESSES", place)
    for variable in [name for name in os.environ if name.startswith(("TEMPORAL_", "KANTADESK_"))]:
        monkeypatch.delenv(variable)
    return place


def server(processes: Path, folder: Path, port: int = 7233, changed: tuple[str, str] = ("", "")) -> None:
    """An embedded server runs on this folder. ``changed``: words of its command line and what stands instead."""
    command = ["/x/temporal", "server", "start-dev", "--port", str(port), "--ui-port", "4000", "--db-filename",
               f"{folder}/temporal.db", "--ui-codec-endpoint", "http://127.0.0.1:8233/kantadesk/codec", ""]  # fmt: skip
    number = processes / str(len([*processes.iterdir()]) + 4000)
    number.mkdir()
    folder.mkdir(exist_ok=True)
    (number / "cmdline").write_text("\0".join(command).replace(*changed), encoding="utf-8")


def here(tmp_path: Path, **more: object) -> Settings:
    return load({}, data_dir=tmp_path / "here", **more)


def with_keys(settings: Settings) -> Settings:
    settings.key_file.parent.mkdir(parents=True, exist_ok=True)
    settings.key_file.touch()
    return settings


def said_to(settings: Settings) -> str:
    with pytest.raises(Unreachable) as refused:
        refuse_wrong_place(settings)
    return refused.value.message


def test_where_nothing_was_started_here_the_folder_of_the_running_desk_is_said(processes: Path, tmp_path: Path) -> None:
    server(processes, tmp_path / "the desk")
    said = said_to(here(tmp_path))
    assert f"the folder {tmp_path}/the desk, and this command looks in {tmp_path}/here" in said
    assert INVITES not in said
    assert "\n" not in said
    typed = said[said.index("export ") :].partition(" and then")[0]
    shell = subprocess.run(
        ["/bin/sh", "-c", f'{typed}; printf %s "$KANTADESK_DATA_DIR"'], capture_output=True, text=True, check=True
    )
    assert shell.stdout == f"{tmp_path}/the desk", "what is to be typed works as it stands"


def test_where_no_desk_runs_anywhere_one_may_be_started(processes: Path, tmp_path: Path) -> None:
    assert running_desks(processes) == []
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    place = here(tmp_path)
    place.data_dir.mkdir()
    (place.data_dir / EMBEDDED_FILE).write_text(
        f'{{"address": "127.0.0.1:{port}", "web": "", "http": "", "codec": "", "pid": 1}}', encoding="utf-8"
    )
    assert INVITES in said_to(place)
    with socket.create_server(("127.0.0.1", port)):
        said = said_to(place)
    assert f"Temporal answers at 127.0.0.1:{port}, but its desk keeps its keys somewhere else" in said
    assert INVITES not in said


@pytest.mark.parametrize(
    "changed",
    [("/x/temporal\0", "/x/python\0"), ("temporal.db", "mine.db"), ("/kantadesk/codec", ""), ("start-dev", "start")],
)
def test_another_programme_is_no_desk(changed: tuple[str, str], processes: Path, tmp_path: Path) -> None:
    server(processes, tmp_path / "there", changed=changed)
    assert running_desks() == []


def test_keys_of_our_own_never_speak_to_the_desk_of_another_folder(
    processes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a crash, when another desk has taken the usual port."""
    server(processes, tmp_path / "there")
    ours = with_keys(here(tmp_path))
    assert str(tmp_path / "there") in said_to(ours)
    with pytest.raises(Unreachable):
        refuse_other_desk(here(tmp_path))
    refuse_wrong_place(with_keys(here(tmp_path, key_file=tmp_path / "there" / "keys.toml")))
    refuse_wrong_place(here(tmp_path, key_env="KEYS"))
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:7233")
    refuse_wrong_place(ours)


def test_the_desk_of_this_folder_is_no_wrong_place(processes: Path, tmp_path: Path) -> None:
    ours = here(tmp_path)
    server(processes, ours.data_dir)
    refuse_wrong_place(ours)  # it has lost its key file: the connection says so
    refuse_wrong_place(with_keys(ours))
    assert unreachable(ours, "silence") == "silence"


def test_a_stopped_desk_is_started_or_another_one_was_meant(processes: Path, tmp_path: Path) -> None:
    server(processes, tmp_path / "there", 7300)
    ours = with_keys(here(tmp_path))
    assert INVITES not in unreachable(ours, f"start it ({INVITES})"), "it never ran here: that would be a second one"
    (ours.data_dir / "temporal.db").touch()
    both = unreachable(ours, f"start it ({INVITES})")
    assert both.startswith(f"start it ({INVITES}); or was another one meant? ")
    assert str(tmp_path / "there") in both


def test_of_several_desks_those_of_our_account_are_named(
    processes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        server(processes, tmp_path / f"desk{number}", 7300 + number)
    said = said_to(here(tmp_path))
    assert "desk0" in said
    assert "desk2 …" in said
    assert "desk3" not in said
    found = running_desks()
    monkeypatch.setattr(elsewhere, "running_desks", lambda: [found[0]._replace(owner=4321), *found[1:2]])
    assert "desk0" not in said_to(here(tmp_path))


def test_the_desk_of_another_account_is_used_as_that_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        elsewhere, "running_desks", lambda: [RunningDesk(Path("/srv"), "127.0.0.1:7233", ("7233", "8233"), 4321)]
    )
    assert "become the account" not in said_to(here(tmp_path)) or os.geteuid() != 0
    monkeypatch.setattr(os, "geteuid", lambda: 77)
    assert "become the account 4321, type export KANTADESK_DATA_DIR=/srv " in said_to(here(tmp_path))


def test_a_port_that_a_desk_has_is_no_reason_for_a_second_one(processes: Path, tmp_path: Path) -> None:
    server(processes, tmp_path / "there", 7300)
    fault = "port 7300 is used by another programme: stop that one, or choose another with --port (0: any free one)"
    taken = port_taken(here(tmp_path, port=7300), fault).message
    assert str(tmp_path / "there") in taken
    assert "--port" not in taken
    assert port_taken(here(tmp_path, port=7301, ui_port=1), fault).message == fault


@pytest.mark.usefixtures("processes")
def test_every_way_to_temporal_looks_first(processes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = tmp_path / "there"
    server(processes, there)
    monkeypatch.setenv("KANTADESK_DATA_DIR", str(tmp_path / "here"))

    async def nothing(*_: object) -> None:
        raise AssertionError("this desk is not to be talked to")

    for typed in (["setup"], ["worker"], ["incident", "list"], ["duty", "list"], ["keys", "rotate"]):
        with pytest.raises(Unreachable, match=shlex.quote(str(there))):
            cli.main(typed, standalone_mode=False)
    assert not (tmp_path / "here").exists(), "no key file of a second desk"
    with pytest.raises(Unreachable, match=str(there)):
        talk(nothing)
    with pytest.raises(click.ClickException, match=str(there)):
        place_of(here(tmp_path))


def test_the_kernel_shows_a_real_server_command_line(tmp_path: Path) -> None:
    """A stand-in under the server's name: what /proc shows is read as it is."""
    name = tmp_path / "temporal"
    name.symlink_to(sys.executable)
    arguments = ["start-dev", "--port", "7999", "--db-filename", f"{tmp_path}/temporal.db",
                 "--ui-codec-endpoint", "http://127.0.0.1:8999/kantadesk/codec"]  # fmt: skip
    with subprocess.Popen(
        [str(name), "-c", "print(flush=True); input()", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as stand_in:
        assert stand_in.stdout
        stand_in.stdout.readline()
        found = [desk for desk in running_desks() if desk.folder == tmp_path]
        stand_in.kill()
    assert [(each.address, each.ports, each.owner) for each in found] == [
        ("127.0.0.1:7999", ("7999", "8999"), os.geteuid())
    ]


def test_a_folder_that_is_gone_or_is_for_a_trial_is_not_offered(
    tmp_path: Path, processes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for_trials, there = tmp_path / "trials", tmp_path / "there"
    for_trials.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(for_trials))
    server(processes, for_trials / "pytest-1", 7301)
    server(processes, tmp_path / "gone", 7302)
    (tmp_path / "gone").rmdir()
    assert "pytest-1" not in said_to(here(tmp_path))
    server(processes, there, 7303)
    told = said_to(here(tmp_path))
    assert str(there) in told
    assert "pytest-1" not in told
    assert str(tmp_path / "gone") not in told
    assert "pytest-1" in said_to(load({}, data_dir=for_trials / "another"))

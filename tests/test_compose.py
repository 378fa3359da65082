"""docker-compose.yml: valid, every reference there, nothing open to other machines, nothing unpinned, no secret in it.

There is no Docker engine on the project's machines: this is what can be held without one.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from workers.keys import ring
from workers.settings import load

ROOT = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = YAML(typ="safe").load(ROOT / "docker-compose.yml")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if service["image"].startswith("kantadesk:")]


def test_it_keeps_to_the_compose_specification() -> None:
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.compose-spec",
        "docker-compose.yml",
    ]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_it_has_what_the_desk_needs() -> None:
    assert set(SERVICES) == {
        "postgres", "schema", "store", "temporal", "namespace", "setup", "worker-1", "worker-2", "codec-server", "web",
        "web-read-only", "keyring",
    }  # fmt: skip


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_refers_to_is_there(name: str) -> None:
    service = SERVICES[name]

    assert set(service.get("depends_on", {})) <= set(SERVICES)
    assert set(service["networks"]) <= set(COMPOSE["networks"])
    assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
    for source in _mounted(service):
        assert source in COMPOSE["volumes"] or source in MADE_BY_PREPARE or (ROOT / source).exists()


@pytest.mark.parametrize("name", SERVICES)
def test_who_is_waited_for_can_be_waited_for(name: str) -> None:
    for other, wanted in SERVICES[name].get("depends_on", {}).items():
        if wanted["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[other]
        else:
            assert wanted["condition"] == "service_completed_successfully"
            assert SERVICES[other]["restart"].startswith("on-failure:")


@pytest.mark.parametrize("name", SERVICES)
def test_ports_are_open_to_this_machine_only(name: str) -> None:
    for port in SERVICES[name].get("ports", []):
        assert re.fullmatch(r"127\.0\.0\.1:\d{2,5}:\d{2,5}", port)


def test_no_port_is_used_twice() -> None:
    published = [port.split(":")[1] for service in SERVICES.values() for port in service.get("ports", [])]

    assert sorted(published) == sorted(set(published)) == ["8080", "8081", "8234"]


@pytest.mark.parametrize("name", SERVICES)
def test_images_are_pinned_to_a_full_version(name: str) -> None:
    assert re.fullmatch(r"[a-z/-]+:\d+\.\d+(\.\d+)?(-[a-z]+)?", SERVICES[name]["image"])


def test_server_and_web_are_the_versions_that_the_tests_run() -> None:
    from workers.embedded.server import temporal_binary  # the packaged binary names what is inside

    said = subprocess.run([temporal_binary(), "--version"], capture_output=True, text=True, check=True).stdout

    [server] = re.findall(r"Server (\d+\.\d+\.\d+)", said)
    [web] = re.findall(r"UI (\d+\.\d+\.\d+)", said)
    assert SERVICES["temporal"]["image"] == f"temporalio/server:{server}"
    assert SERVICES["schema"]["image"] == SERVICES["namespace"]["image"] == f"temporalio/admin-tools:{server}"
    assert SERVICES["web"]["image"] == SERVICES["web-read-only"]["image"] == f"temporalio/ui:{web}"


def test_the_image_is_of_this_version() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")

    assert {SERVICES[name]["image"] for name in OURS} == {
        "kantadesk:" + re.findall(r'^version = "(.+)"', pyproject, re.MULTILINE)[0]
    }


@pytest.mark.parametrize("name", OURS)
def test_our_services_have_settings_that_are_settings(name: str, tmp_path: Path) -> None:
    """An unknown name would be refused at the start of the container."""
    settings = load({**SERVICES[name]["environment"], "KANTADESK_DATA_DIR": str(tmp_path)})

    assert str(settings.key_file) == "/run/keys/keys.toml"


def test_the_keys_are_a_folder_that_only_the_keyring_may_write() -> None:
    """A single file that is mounted stays the old one when a rotation replaces it."""
    mounts = {
        name: volume
        for name, service in SERVICES.items()
        for volume in service.get("volumes", [])
        if isinstance(volume, dict) and volume["source"].startswith("./secrets")
    }

    assert set(mounts) == set(OURS)
    assert {(mount["source"], mount["target"]) for mount in mounts.values()} == {("./secrets/keys", "/run/keys")}
    assert [name for name, mount in mounts.items() if not mount.get("read_only")] == ["keyring"]
    assert SERVICES["keyring"]["profiles"] == ["keyring"]


def test_nothing_starts_without_its_secrets() -> None:
    """A bind mount whose source is missing is refused, and so is a secret whose file is missing."""
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            if isinstance(volume, dict) and volume["type"] == "bind":
                assert volume["bind"] == {"create_host_path": False}
    workers = ["worker-1", "worker-2"]
    assert [(name, SERVICES[name]["secrets"]) for name in OURS if "secrets" in SERVICES[name]] == [
        (name, ["store_password"]) for name in workers
    ]


def test_supervisors_have_a_web_that_can_only_read() -> None:
    desk, readers = SERVICES["web"]["environment"], SERVICES["web-read-only"]["environment"]

    assert readers == {**desk, "TEMPORAL_DISABLE_WRITE_ACTIONS": "true"}
    assert "TEMPORAL_DISABLE_WRITE_ACTIONS" not in desk
    origins = SERVICES["codec-server"]["environment"]["KANTADESK_CODEC_ORIGINS"].split(",")
    for name in ("web", "web-read-only"):
        port = SERVICES[name]["ports"][0].split(":")[1]
        assert {f"http://127.0.0.1:{port}", f"http://localhost:{port}"} <= set(origins)


def test_what_serves_is_watched() -> None:
    served = {name for name, service in SERVICES.items() if service.get("restart") == "unless-stopped"}

    assert served == {"postgres", "temporal", "worker-1", "worker-2", "codec-server", "web", "web-read-only"}
    assert not [name for name in served if "healthcheck" not in SERVICES[name]]


def test_other_peoples_images_are_told_what_to_run_whatever_entrypoint_they_have() -> None:
    """Where an image has one, a command is only its arguments."""
    assert not [name for name, service in SERVICES.items() if "command" in service and name not in OURS]
    for name, script in (("schema", "schema"), ("store", "store"), ("namespace", "namespace")):
        assert SERVICES[name]["entrypoint"] == ["sh", f"/{script}.sh"]
        assert f"./docs/deploy/{script}.sh:/{script}.sh:ro" in SERVICES[name]["volumes"]


def test_whoever_runs_our_image_may_enter_its_data_folder() -> None:
    """They are none of the users of the image, and nothing is mounted over the folder in two of the services."""
    assert [name for name in OURS if "./desk-data" not in _mounted(SERVICES[name])] == ["setup", "codec-server"]
    folder = COMPOSE["x-kantadesk-environment"]["KANTADESK_DATA_DIR"]
    [mode] = re.findall(rf"install -d .*-m (\d+) {folder}$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert int(mode, 8) & 0o005 == 0o005


@pytest.mark.parametrize("name", OURS)
def test_our_services_have_no_more_rights_than_they_need(name: str) -> None:
    service = SERVICES[name]

    assert service["user"].startswith("${DESK_UID:?")
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]


def test_only_the_workers_and_webs_reach_both_sides() -> None:
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    both = {name for name, service in SERVICES.items() if {"inside", "outside"} <= set(service["networks"])}
    assert both == {"worker-1", "worker-2", "web", "web-read-only"}
    assert [name for name, service in SERVICES.items() if "codec" in service["networks"]] == ["codec-server"]


def test_no_secret_stands_in_it() -> None:
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            assert "PASSWORD" not in name or str(value).startswith("/run/secrets/")
    assert all(set(secret) == {"file"} for secret in COMPOSE["secrets"].values())


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed: apt-get install openssl")
def test_prepare_makes_what_it_wants_once_and_for_the_owner_only(tmp_path: Path) -> None:
    deploy = tmp_path / "docs" / "deploy"
    shutil.copytree(ROOT / "docs" / "deploy", deploy)
    (tmp_path / "workers" / "example").mkdir(parents=True)
    (tmp_path / "workers" / "example" / "operating-model.toml").write_text("# example\n", encoding="utf-8")

    subprocess.run([deploy / "prepare"], check=True, capture_output=True)
    made = ring.load(tmp_path / "secrets" / "keys" / "keys.toml")
    (tmp_path / "secrets" / "keys" / "keys.toml").rename(tmp_path / "secrets" / "keys.toml")  # as it once was
    subprocess.run([deploy / "prepare"], check=True, capture_output=True)
    subprocess.run([deploy / "prepare"], check=True, capture_output=True)

    assert ring.load(tmp_path / "secrets" / "keys" / "keys.toml") == made
    assert list(made.made) == [made.current]
    assert (tmp_path / ".env").read_text(encoding="utf-8") == f"DESK_UID={os.getuid()}\nDESK_GID={os.getgid()}\n"
    assert all((tmp_path / name).exists() for name in MADE_BY_PREPARE)
    secrets = [path for path in (tmp_path / "secrets").rglob("*") if path.is_file()]
    assert {path.name for path in secrets} == {"keys.toml", "postgres_password", "store_password"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets} == {0o600}


MADE_BY_PREPARE = {"./operating-model.toml", "./desk-data", "./secrets/keys"}


def _mounted(service: dict[str, Any]) -> list[str]:
    volumes = service.get("volumes", [])
    return [volume["source"] if isinstance(volume, dict) else volume.split(":")[0] for volume in volumes]

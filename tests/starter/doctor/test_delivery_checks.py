"""What the doctor says of text messages and the heartbeat, without sending anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from starter.doctor.delivery_checks import check_delivery
from workers.settings import Settings, load

EXAMPLE = Path(__file__).parents[3] / "workers" / "example" / "operating-model.toml"
PROVIDER = 'url = "46elks://{secret:elks-user}:{secret:elks-password}@Hyvinvointi/{number}"'


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """An operating model that names a provider of text messages."""
    text = EXAMPLE.read_text(encoding="utf-8").replace('[text_messages]\nurl = ""', f"[text_messages]\n{PROVIDER}")
    assert PROVIDER in text.replace("#   ", "").split("[text_messages]")[1]
    path = tmp_path / "model.toml"
    path.write_text(text, encoding="utf-8")
    return path


def settings(folder: Path, **more: str) -> Settings:
    """The settings of a desk in this folder."""
    given = {f"KANTADESK_{name.upper()}": value for name, value in more.items()}
    return load({"KANTADESK_DATA_DIR": str(folder), "HOME": str(folder), **given})


def found(checked: Settings) -> dict[str, list[tuple[str, str]]]:
    """Level and detail of each finding, by what was checked."""
    by_name: dict[str, list[tuple[str, str]]] = {}
    for finding in check_delivery(checked):
        assert bool(finding.to_do) == (finding.level != "ok")
        by_name.setdefault(finding.what, []).append((finding.level, finding.detail))
    return by_name


def test_what_is_not_connected_is_said(tmp_path: Path) -> None:
    seen = found(settings(tmp_path))
    assert [level for level, _ in seen["text messages"] + seen["heartbeat"]] == ["warning", "warning"]
    assert "files in" in seen["text messages"][0][1]
    assert "no dead-man's switch" in seen["heartbeat"][0][1]


def test_numbers_without_a_provider_are_a_fault_said_once(tmp_path: Path) -> None:
    ((level, detail),) = found(settings(tmp_path, text_transport="apprise"))["text messages"]
    assert level == "fault"
    assert detail.startswith("the operating model names no provider for numbers (text_messages.url) (health-station-")


def test_a_secret_that_is_missing_is_a_fault_and_one_that_is_there_is_not_shown(tmp_path: Path, model: Path) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir()
    desk = settings(tmp_path, text_transport="apprise", operating_model=str(model))
    ((level, detail),) = found(desk)["text messages"]
    assert (level, "the secret 'elks-user' can't be read" in detail) == ("fault", True)

    for name in ("elks-user", "elks-password"):
        (folder / name).write_text("s3cret", encoding="utf-8")
    assert found(desk)["text messages"] == [("ok", "4 contacts have an address that can be used (nothing was sent)")]
    assert "s3cret" not in str(check_delivery(desk))


def test_the_heartbeats_address_is_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "heartbeat-url"
    desk = settings(tmp_path, heartbeat_url_file=str(file))
    assert [level for level, _ in found(desk)["heartbeat"]] == ["fault"]
    file.write_text("https://switch.example/very-secret", encoding="utf-8")
    assert [level for level, _ in found(desk)["heartbeat"]] == ["ok"]
    assert "very-secret" not in str(check_delivery(desk))

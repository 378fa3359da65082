"""Settings: one name everywhere, later places win, each value knows where it came from, one clear line when wrong."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from workers import settings as settings_module
from workers.settings import Settings, SettingsError, load

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A current folder and a home of the test's own."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


def told(settings: Settings) -> dict[str, tuple[str, str]]:
    return {name: (value, origin) for name, value, origin, _ in settings.shown()}


def test_the_defaults_need_nothing(tmp_path: Path) -> None:
    settings = load({})

    data_dir = tmp_path / "home" / ".local" / "share" / "kantadesk"
    assert settings.data_dir == data_dir
    assert settings.outbox_dir == data_dir / "outbox"
    assert settings.key_file == data_dir / "keys.toml"
    assert settings.mail_transport == "outbox"
    assert settings.retention == timedelta(days=2192)
    assert settings.operating_model == settings_module.packaged_operating_model()
    assert set(settings.origins.values()) == {"default", "the example that comes with kantadesk"}


def test_command_line_over_environment_over_file(tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    file.write_text('smtp_host = "file"\nport = 1\nui_port = 1\n', encoding="utf-8")

    settings = load({"KANTADESK_CONFIG": str(file), "KANTADESK_PORT": "2", "KANTADESK_UI_PORT": "2"}, ui_port=3)

    shown = told(settings)
    assert shown["smtp_host"] == ("file", str(file))
    assert shown["port"] == ("2", "environment variable KANTADESK_PORT")
    assert shown["ui_port"] == ("3", "command line")
    assert shown["http_port"] == ("7243", "default")


def test_the_file_here_comes_before_the_one_in_the_data_folder(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    (data_dir / "kantadesk.toml").write_text('smtp_host = "data"\n', encoding="utf-8")
    assert load({}, data_dir=data_dir).smtp_host == "data"

    Path("kantadesk.toml").write_text('smtp_host = "here"\n', encoding="utf-8")
    assert load({}, data_dir=data_dir).smtp_host == "here"


def test_a_folder_that_can_not_be_looked_into_is_said(tmp_path: Path) -> None:
    """As one that belongs to somebody else; a name that is too long is refused to everybody, also to root."""
    with pytest.raises(SettingsError, match=r"kantadesk\.toml can't be looked for: File name too long"):
        load({}, data_dir=tmp_path / ("x" * 300))


def test_paths_in_a_file_start_at_the_file(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "k.toml").write_text('outbox_dir = "mails"\n', encoding="utf-8")

    settings = load({"KANTADESK_CONFIG": str(tmp_path / "etc" / "k.toml"), "KANTADESK_EVIDENCE_DIR": "proof"})

    assert settings.outbox_dir == tmp_path / "etc" / "mails"
    assert settings.evidence_dir == tmp_path / "here" / "proof"


def test_an_operating_model_in_the_data_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "operating-model.toml").touch()

    settings = load({}, data_dir=tmp_path)

    assert told(settings)["operating_model"] == (str(tmp_path / "operating-model.toml"), "default")


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"KANTADESK_SMTP_HOTS": "x"}, "did you mean KANTADESK_SMTP_HOST?"),
        ({"KANTADESK_SMTP_PASSWORD": "x"}, "did you mean KANTADESK_SMTP_PASSWORD_FILE?"),
        ({"KANTADESK_XYZZY": "x"}, "there is no setting 'xyzzy'; see `kantadesk doctor`"),
        ({"KANTADESK_PORT": "70000"}, "port (environment variable KANTADESK_PORT): must be a port from 0 to 65535"),
        ({"KANTADESK_PORT": "-1"}, "must be a port"),
        ({"KANTADESK_PORT": "٣"}, "must be a port"),
        ({"KANTADESK_RETENTION": "0"}, "must be a number of days from 1"),
        ({"KANTADESK_MAIL_TRANSPORT": "fax"}, "must be outbox, smtp, sendgrid or graph"),
        ({"KANTADESK_MAIL_TRANSPORT": "smtp"}, "needs smtp_host"),
        ({"KANTADESK_MAIL_TRANSPORT": "sendgrid"}, "needs sendgrid_api_key_file"),
        ({"KANTADESK_SMTP_USER": "desk"}, "needs smtp_password_file"),
        ({"KANTADESK_MAIL_TRANSPORT": "graph"}, "needs graph_mailbox"),
        (
            {"KANTADESK_MAIL_TRANSPORT": "graph", "KANTADESK_GRAPH_MAILBOX": "a@b.example"},
            "needs oauth_tenant and oauth_",
        ),
        (
            {"KANTADESK_SMTP_OAUTH": "yes"},
            "smtp_oauth is set, which needs smtp_user and oauth_tenant and oauth_client_id",
        ),
        (
            {
                "KANTADESK_SMTP_OAUTH": "yes",
                "KANTADESK_SMTP_USER": "a",
                "KANTADESK_OAUTH_TENANT": "b",
                "KANTADESK_OAUTH_CLIENT_ID": "c",
            },
            "needs one of oauth_client_secret_file and oauth_certificate_file",
        ),
        (
            {
                "KANTADESK_SMTP_USER": "a",
                "KANTADESK_SMTP_PASSWORD_FILE": "b",
                "KANTADESK_SMTP_SECURITY": "none",
            },
            "a login over an unencrypted connection is not possible",
        ),
        ({"KANTADESK_BOUNCES": "imap"}, "bounces is 'imap', which needs bounces_mailbox and imap_host"),
        (
            {"KANTADESK_BOUNCES": "imap", "KANTADESK_BOUNCES_MAILBOX": "a", "KANTADESK_IMAP_HOST": "b"},
            "needs imap_password_file or imap_oauth",
        ),
        ({"KANTADESK_BOUNCES": "graph", "KANTADESK_BOUNCES_MAILBOX": "a"}, "needs oauth_tenant and oauth_client_id"),
        (
            {
                "KANTADESK_BOUNCES": "imap",
                "KANTADESK_BOUNCES_MAILBOX": "a",
                "KANTADESK_IMAP_HOST": "b",
                "KANTADESK_IMAP_PASSWORD_FILE": "c",
                "KANTADESK_BOUNCES_FOLDER": 'a" "b',
            },
            "bounces_folder must be the name of a folder",
        ),
        ({"KANTADESK_WEB_ADDRESS": "temporal.example.org"}, "must be an address that starts with http://"),
        ({"KANTADESK_CODEC_ORIGINS": "https://a.example/path"}, "without a path"),
        ({"KANTADESK_CODEC_ORIGINS": "*"}, "must be an address"),
        ({"KANTADESK_CODEC_UNGUARDED": "perhaps"}, "must be true or false"),
        ({"KANTADESK_SMTP_HOST": "a\nb"}, "must be one line of text"),
        ({"KANTADESK_NOTICE_FEED": "ftp://x/y"}, "must be an address that starts with http://"),
        ({"KANTADESK_CONFIG": "/no/such/file.toml"}, "there is no file /no/such/file.toml"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(environ: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load(environ)

    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("port = 1\nsmtp_hots = 1", "k.toml:2: there is no setting 'smtp_hots'; did you mean smtp_host?"),
        ("port = true", "must be a port"),
        ("port = 1.5", "must be a port"),
        ("smtp_host = 3", "k.toml:1): must be one line of text"),
        ('port = 1\nsmtp_host = "mail.example.org\u200b"', "k.toml:2): must be one line of text; it holds a character"),
        ("[smtp]\nhost = 'x'", "there is no setting 'smtp'"),
        ("smtp_host = ", "can't be read"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, written: str, said: str) -> None:
    (tmp_path / "k.toml").write_text(written, encoding="utf-8")

    with pytest.raises(SettingsError) as refused:
        load({"KANTADESK_CONFIG": str(tmp_path / "k.toml")})

    assert said in str(refused.value)
    assert "k.toml" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_empty_variables_and_those_of_the_tests_are_no_settings() -> None:
    settings = load({"KANTADESK_PORT": "", "KANTADESK_NO_SKIPS": "1", "KANTADESK_TEST_SPEC": "x", "OTHER": "x"})

    assert settings.port == 7233


def test_several_origins(tmp_path: Path) -> None:
    (tmp_path / "k.toml").write_text('codec_origins = ["https://a.example", "http://b:8080"]', encoding="utf-8")

    assert load({"KANTADESK_CONFIG": str(tmp_path / "k.toml")}).codec_origins == ("https://a.example", "http://b:8080")
    assert load({"KANTADESK_CODEC_ORIGINS": "https://a.example,http://b:8080/"}).codec_origins == (
        "https://a.example",
        "http://b:8080",
    )


def test_secrets_stay_in_their_files(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cret\n", encoding="utf-8")
    settings = load({"KANTADESK_CODEC_TOKEN_FILE": str(tmp_path / "token")})

    assert settings.secret("codec_token_file") == "s3cret"
    assert settings.secret("smtp_password_file") is None
    assert "s3cret" not in repr(settings) + str(told(settings))


@pytest.mark.parametrize(
    ("content", "said"), [(None, "can't be read"), (b"\n", "is empty"), (b"\xff", "can't be read")]
)
def test_a_secret_that_is_not_there_is_said(tmp_path: Path, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    settings = load({"KANTADESK_SENDGRID_API_KEY_FILE": str(tmp_path / "key")})

    with pytest.raises(SettingsError, match=f"sendgrid_api_key_file: .*{said}"):
        settings.secret("sendgrid_api_key_file")


def test_a_password_inside_an_address_is_masked() -> None:
    settings = load({"KANTADESK_NOTICE_FEED": "https://desk:hunter2@feed.example/rss"})

    assert told(settings)["notice_feed"][0] == "https://***@feed.example/rss"


def test_reading_settings_is_cheap() -> None:
    """``kantadesk --help`` must not wait for the SDK."""
    heavy = "{'temporalio', 'docx', 'pydantic', 'cryptography', 'aiohttp'}"
    script = f"import sys, workers.settings; print(*({heavy} & set(sys.modules)))"

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)

    assert done.stdout.split() == []

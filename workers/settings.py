"""Settings: the only reader of the environment.

Each setting has one name everywhere: ``smtp_host`` in ``kantadesk.toml`` is ``KANTADESK_SMTP_HOST`` in the environment.
Later ones win: default, file, environment, command line. Where a value came from is kept for ``kantadesk doctor``.
Secrets are never values: a setting names the file that holds one. How Temporal is reached is Temporal's own matter
(``TEMPORAL_ADDRESS``, profiles: ``workers/connection.py``).
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from datetime import timedelta
from difflib import get_close_matches
from importlib import resources
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

from activities.edited_file import read_edited
from workers import setting_kinds as kinds

PREFIX = "KANTADESK_"
CONFIG = "KANTADESK_CONFIG"
NOT_SETTINGS = frozenset({CONFIG, "KANTADESK_NO_SKIPS", "KANTADESK_RETELL"})  # where the file is; for the test suite
TEST_PREFIX = "KANTADESK_TEST_"

T = TypeVar("T")


class SettingsError(ValueError):
    """A setting can't be used. The message is one line: which one, where it was set, what it must be."""


class Shown(NamedTuple):
    """One setting as ``kantadesk doctor`` prints it. ``origin``: where the value came from."""

    name: str
    value: str
    origin: str
    help: str


def _setting(kind: kinds.Kind, default: Any, explanation: str) -> dict[str, Any]:
    """What is known of a setting. A text default may say ``{data_dir}``."""
    return {"kind": kind, "default": default, "help": explanation}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting of an installation. Paths are absolute."""

    data_dir: Path = field(
        metadata=_setting(kinds.path, "~/.local/share/kantadesk", "folder of everything that is kept")
    )
    operating_model: Path = field(
        metadata=_setting(kinds.path, "{data_dir}/operating-model.toml", "the organisation's operating model")
    )
    outbox_dir: Path = field(metadata=_setting(kinds.path, "{data_dir}/outbox", "where mails go as .eml files"))
    evidence_dir: Path = field(
        metadata=_setting(kinds.path, "{data_dir}/evidence", "where each incident's files are kept")
    )
    key_file: Path = field(metadata=_setting(kinds.path, "{data_dir}/keys.toml", "the encryption keys"))
    key_env: str = field(
        metadata=_setting(kinds.variable, "", "environment variable that holds the text of a key file; empty: key_file")
    )

    mail_transport: Literal["outbox", "smtp", "sendgrid"] = field(
        metadata=_setting(kinds.one_of("outbox", "smtp", "sendgrid"), "outbox", "how mail leaves")
    )
    smtp_host: str = field(metadata=_setting(kinds.text, "", "SMTP server"))
    smtp_port: int = field(metadata=_setting(kinds.port, 587, "SMTP port"))
    smtp_security: Literal["starttls", "tls", "none"] = field(
        metadata=_setting(kinds.one_of("starttls", "tls", "none"), "starttls", "how the SMTP connection is protected")
    )
    smtp_user: str = field(metadata=_setting(kinds.text, "", "SMTP user; empty: no login"))
    smtp_password_file: Path | None = field(metadata=_setting(kinds.path_or_none, "", "file with the SMTP password"))
    sendgrid_api_key_file: Path | None = field(
        metadata=_setting(kinds.path_or_none, "", "file with the SendGrid API key")
    )
    sendgrid_host: str = field(metadata=_setting(kinds.web_address, "", "another SendGrid host; empty: by residency"))
    sendgrid_residency: Literal["eu", "global"] = field(
        metadata=_setting(kinds.one_of("eu", "global"), "eu", "where SendGrid keeps the data")
    )

    text_transport: Literal["outbox", "apprise"] = field(
        metadata=_setting(kinds.one_of("outbox", "apprise"), "outbox", "how text messages leave")
    )
    secrets_dir: Path = field(
        metadata=_setting(kinds.path, "{data_dir}/secrets", "folder of the secrets that addresses name")
    )

    notice_feed: tuple[str, ...] = field(
        metadata=_setting(kinds.feeds, "", "addresses or files of the disruption notices; empty: none is read")
    )

    heartbeat_url_file: Path | None = field(metadata=_setting(
        kinds.path_or_none, "", "file with the address that the watchdog pings while all is well; empty: none"
    ))  # fmt: skip
    heartbeat_method: Literal["GET", "POST", "HEAD"] = field(
        metadata=_setting(kinds.one_of("GET", "POST", "HEAD"), "GET", "how that address is pinged")
    )

    retention: timedelta = field(metadata=_setting(
        # Kela keeps fault records for six years (2191 or 2192 days): the history of an incident lives as long.
        kinds.days, 2192, "days that Temporal keeps closed processes"
    ))  # fmt: skip
    port: int = field(metadata=_setting(kinds.port, 7233, "`up`: Temporal (gRPC); 0: any free port"))
    ui_port: int = field(metadata=_setting(kinds.port, 8233, "`up`: Temporal Web"))
    http_port: int = field(metadata=_setting(kinds.port, 7243, "`up`: Temporal's HTTP API"))
    web_address: str = field(
        metadata=_setting(kinds.web_address, "", "where people open Temporal Web; empty: that of `up`")
    )

    codec_host: str = field(metadata=_setting(kinds.text, "127.0.0.1", "codec server: address to listen on"))
    codec_port: int = field(metadata=_setting(kinds.port, 8234, "codec server: port"))
    codec_origins: tuple[str, ...] = field(
        metadata=_setting(
            kinds.web_origins, "", "codec server: origins of Temporal Web that may read; empty: that of `up`"
        )
    )
    codec_token_file: Path | None = field(
        metadata=_setting(kinds.path_or_none, "", "codec server: file with the bearer tokens, a line each: NAME TOKEN")
    )
    codec_tls_certificate: Path | None = field(
        metadata=_setting(kinds.path_or_none, "", "codec server: its certificate (PEM); with it, it speaks https")
    )
    codec_tls_key: Path | None = field(
        metadata=_setting(kinds.path_or_none, "", "codec server: the private key of its certificate (PEM)")
    )
    codec_client_ca: Path | None = field(
        metadata=_setting(
            kinds.path_or_none, "", "codec server: only clients with a certificate of this authority (PEM)"
        )
    )
    codec_payloads_a_minute: int = field(
        metadata=_setting(
            kinds.count, 6000, "codec server: payloads that one client may have in a minute (Web: about 100 a page)"
        )
    )
    codec_unguarded: bool = field(
        metadata=_setting(
            kinds.yes_or_no,
            False,
            "codec server: listen beyond this machine without a token (guarded by something else)",
        )
    )

    origins: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Where each value came from, by name."""

    def shown(self) -> Iterator[Shown]:
        """Each setting for people: secrets stay in their files, passwords inside addresses are masked."""
        for declared in _declared():
            value = kinds.shown(getattr(self, declared.name))
            yield Shown(declared.name, value, self.origins[declared.name], declared.metadata["help"])

    def secret(self, name: str) -> str | None:
        """The secret in the file that a setting names; None where it names none. Raises ``SettingsError``."""
        path = getattr(self, name)
        if path is None:
            return None
        try:
            secret = read_edited(path).strip()
        except (OSError, UnicodeDecodeError) as fault:
            raise SettingsError(
                f"{name}: {path} can't be read ({type(fault).__name__}): check path and rights"
            ) from None
        if not secret:
            raise SettingsError(f"{name}: {path} is empty: put the secret into it")
        return secret


def load(environ: Mapping[str, str] | None = None, **command_line: Any) -> Settings:
    """The settings in force. ``command_line``: values given there by setting name; None means not given.

    Raises ``SettingsError`` with one line for the first thing that is wrong.
    """
    environ = os.environ if environ is None else environ
    given: dict[str, _Given] = {}
    over_file = {**_environment(environ), **_from_command_line(command_line)}
    if config := _config_file(environ, over_file):
        given |= _file(config)
    given |= over_file
    data_dir = given.get("data_dir", _default("data_dir", Path())).read("data_dir")
    values = {d.name: given.get(d.name) or _default(d.name, data_dir) for d in _declared()}
    read = {name: value.read(name) for name, value in values.items()}
    origins = {name: value.origin for name, value in values.items()}
    if "operating_model" not in given and not read["operating_model"].exists():
        read["operating_model"] = packaged_operating_model()
        origins["operating_model"] = "the example that comes with kantadesk"
    _complete(read)
    return Settings(**read, origins=origins)


def environment_secret(variable: str) -> str:
    """The secret in the environment variable that a setting names; empty where there is none."""
    return os.environ.get(variable, "")


def packaged_operating_model() -> Path:
    """The example that works out of the box."""
    return Path(str(resources.files("workers") / "example" / "operating-model.toml"))


def _complete(read: Mapping[str, Any]) -> None:
    """Refuse a way of sending mail, or of guarding the codec server, that lacks what it needs."""
    needed = {"smtp": "smtp_host", "sendgrid": "sendgrid_api_key_file"}.get(read["mail_transport"])
    if needed and not read[needed]:
        raise SettingsError(f"mail_transport is {read['mail_transport']!r}, which needs {needed}: set it as well")
    if bool(read["codec_tls_certificate"]) != bool(read["codec_tls_key"]):
        raise SettingsError("codec_tls_certificate and codec_tls_key belong together: set both")
    if read["codec_client_ca"] and not read["codec_tls_certificate"]:
        raise SettingsError(
            "codec_client_ca is set, which needs codec_tls_certificate and codec_tls_key: set them as well"
        )
    if read["smtp_user"] and not read["smtp_password_file"]:
        raise SettingsError("smtp_user is set, which needs smtp_password_file: set it as well")


class _Given(NamedTuple):
    """A value as it was written, with where and relative to which folder."""

    value: Any
    origin: str
    folder: Path
    text: str = ""
    """The whole file where it stands, if it stands in one."""

    def read(self, name: str) -> Any:
        kind: kinds.Kind = next(d.metadata["kind"] for d in _declared() if d.name == name)
        try:
            return kind(self.value, self.folder)
        except ValueError as fault:
            raise SettingsError(f"{name} ({_at_line(self.origin, name, self.text)}): {fault}") from None


def _declared() -> list[Field[Any]]:
    return [declared for declared in fields(Settings) if declared.metadata]


def _default(name: str, data_dir: Path) -> _Given:
    written = next(d.metadata["default"] for d in _declared() if d.name == name)
    if isinstance(written, str):
        written = written.replace("{data_dir}", str(data_dir))
    return _Given(written, "default", Path.cwd())


def _environment(environ: Mapping[str, str]) -> dict[str, _Given]:
    given = {}
    for variable in sorted(environ):
        if not variable.startswith(PREFIX) or variable in NOT_SETTINGS or variable.startswith(TEST_PREFIX):
            continue
        if not environ[variable]:  # compose files and unit files can't leave a variable out, only empty
            continue
        name = _known(variable.removeprefix(PREFIX).lower(), f"environment variable {variable}", PREFIX)
        given[name] = _Given(environ[variable], f"environment variable {variable}", Path.cwd())
    return given


def _from_command_line(values: Mapping[str, Any]) -> dict[str, _Given]:
    return {
        _known(name, "command line"): _Given(str(value), "command line", Path.cwd())
        for name, value in values.items()
        if value is not None
    }


def _config_file(environ: Mapping[str, str], given: Mapping[str, _Given]) -> Path | None:
    if named := environ.get(CONFIG):
        path = Path(named).expanduser().absolute()
        if not path.is_file():
            raise SettingsError(f"{CONFIG}: there is no file {path}")
        return path
    data_dir = given.get("data_dir", _default("data_dir", Path())).read("data_dir")
    candidates = (Path.cwd() / "kantadesk.toml", data_dir / "kantadesk.toml")
    return next((path for path in candidates if _is_there(path)), None)


def _is_there(path: Path) -> bool:
    """Whether there is such a file. Raises ``SettingsError`` where its folder can't be entered."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as fault:
        raise SettingsError(f"{path} can't be looked for: {fault.strerror}") from None
    return path.is_file()


def _file(path: Path) -> dict[str, _Given]:
    try:
        text = read_edited(path)
        written = tomllib.loads(text)
    except (OSError, ValueError) as fault:
        raise SettingsError(f"{path} can't be read: {fault}") from None
    return {
        _known(name, str(path), text=text): _Given(value, str(path), path.parent, text)
        for name, value in written.items()
    }


def _at_line(origin: str, name: str, text: str) -> str:
    """Where a setting stands, with its line in a file (found only where it is needed: a parser is loaded for it)."""
    if not text:
        return origin
    from activities.operating_model.toml_lines import key_lines, line_of

    return f"{origin}:{line_of((name,), key_lines(text))}"


def _known(name: str, origin: str, prefix: str = "", text: str = "") -> str:
    """The name, if there is a setting of this name; otherwise a refusal that says what may have been meant."""
    names = [declared.name for declared in _declared()]
    if name in names:
        return name
    close = get_close_matches(name, names, n=1, cutoff=0.6)
    meant = f"did you mean {prefix + close[0].upper() if prefix else close[0]}?" if close else "see `kantadesk doctor`"
    raise SettingsError(f"{_at_line(origin, name, text)}: there is no setting {name!r}; {meant}")

"""Settings: the only reader of the environment.

Each setting has one name everywhere: ``smtp_host`` in ``kantadesk.toml`` is ``KANTADESK_SMTP_HOST`` in the environment.
Later ones win: default, file, environment, command line. Where a value came from is kept for ``kantadesk doctor``.
Secrets are never values: a setting names the file that holds one. How Temporal is reached is Temporal's own matter
(``TEMPORAL_ADDRESS``, profiles: ``workers/connection.py``). The settings themselves: ``workers/setting_list.py``.
"""

from __future__ import annotations

import getpass
import os
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

from activities.edited_file import read_edited
from workers import setting_kinds as kinds
from workers.setting_list import Settings, SettingsError, declared_settings

__all__ = [
    "Settings",
    "SettingsError",
    "account_logged_in",
    "environment_secret",
    "load",
    "packaged_operating_model",
    "setting_in",
]

PREFIX = "KANTADESK_"
CONFIG = "KANTADESK_CONFIG"
NOT_SETTINGS = frozenset({CONFIG, "KANTADESK_NO_SKIPS", "KANTADESK_RETELL"})  # where the file is; for the test suite
TEST_PREFIX = "KANTADESK_TEST_"


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
    values = {d.name: given.get(d.name) or _default(d.name, data_dir) for d in declared_settings()}
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


def setting_in(name: str, environ: Mapping[str, str] | None = None) -> str:
    """A setting as it stands in the environment alone, unread; empty where it doesn't."""
    return (os.environ if environ is None else environ).get(f"{PREFIX}{name.upper()}", "")


def account_logged_in() -> str:
    """The account by which a person came to this machine, before ``sudo``; empty where it has no name."""
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):
        return ""


def packaged_operating_model() -> Path:
    """The example that works out of the box."""
    return Path(str(resources.files("workers") / "example" / "operating-model.toml"))


def _complete(read: Mapping[str, Any]) -> None:
    """Refuse a way of sending mail, or of guarding the codec server, that lacks what it needs."""
    transport = read["mail_transport"]
    needed = {"smtp": "smtp_host", "sendgrid": "sendgrid_api_key_file", "graph": "graph_mailbox"}.get(transport)
    if needed and not read[needed]:
        raise SettingsError(f"mail_transport is {transport!r}, which needs {needed}: set it as well")
    if transport == "graph":
        _has_app(read, "mail_transport is 'graph'")
    if read["smtp_oauth"]:
        _has_app(read, "smtp_oauth is set", "smtp_user")
    if read["bounces"] != "none":
        _has_mailbox(read)
    if bool(read["codec_tls_certificate"]) != bool(read["codec_tls_key"]):
        raise SettingsError("codec_tls_certificate and codec_tls_key belong together: set both")
    if read["codec_client_ca"] and not read["codec_tls_certificate"]:
        raise SettingsError(
            "codec_client_ca is set, which needs codec_tls_certificate and codec_tls_key: set them as well"
        )
    if read["smtp_user"] and not read["smtp_password_file"] and not read["smtp_oauth"]:
        raise SettingsError("smtp_user is set, which needs smtp_password_file (or smtp_oauth): set it as well")
    if read["smtp_user"] and read["smtp_security"] == "none":
        raise SettingsError(
            "smtp_user is set and smtp_security is 'none': a login over an unencrypted connection is not possible"
        )


def _has_mailbox(read: Mapping[str, Any]) -> None:
    """Refuse a mailbox of returned mail that can't be opened."""
    because = f"bounces is {read['bounces']!r}"
    needed = ["bounces_mailbox"] if read["bounces"] == "graph" else ["bounces_mailbox", "imap_host"]
    if missing := [name for name in needed if not read[name]]:
        raise SettingsError(f"{because}, which needs {' and '.join(missing)}: set it as well")
    if read["bounces"] == "graph" or read["imap_oauth"]:
        _has_app(read, because)
    elif not read["imap_password_file"]:
        raise SettingsError(f"{because}, which needs imap_password_file or imap_oauth: set one")
    if not set(read["bounces_folder"]).isdisjoint('"\\'):
        raise SettingsError('bounces_folder must be the name of a folder, without " and \\')


def _has_app(read: Mapping[str, Any], because: str, *also: str) -> None:
    """Refuse a way that needs a token without the app that gets it."""
    if missing := [name for name in (*also, "oauth_tenant", "oauth_client_id") if not read[name]]:
        raise SettingsError(f"{because}, which needs {' and '.join(missing)}: set it as well")
    if bool(read["oauth_client_secret_file"]) == bool(read["oauth_certificate_file"]):
        raise SettingsError(
            f"{because}, which needs one of oauth_client_secret_file and oauth_certificate_file: set one"
        )


class _Given(NamedTuple):
    """A value as it was written, with where and relative to which folder."""

    value: Any
    origin: str
    folder: Path
    text: str = ""
    """The whole file where it stands, if it stands in one."""

    def read(self, name: str) -> Any:
        kind: kinds.Kind = next(d.metadata["kind"] for d in declared_settings() if d.name == name)
        try:
            return kind(self.value, self.folder)
        except ValueError as fault:
            raise SettingsError(f"{name} ({_at_line(self.origin, name, self.text)}): {fault}") from None


def _default(name: str, data_dir: Path) -> _Given:
    written = next(d.metadata["default"] for d in declared_settings() if d.name == name)
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
    names = [declared.name for declared in declared_settings()]
    if name in names:
        return name
    close = get_close_matches(name, names, n=1, cutoff=0.6)
    meant = f"did you mean {prefix + close[0].upper() if prefix else close[0]}?" if close else "see `kantadesk doctor`"
    raise SettingsError(f"{_at_line(origin, name, text)}: there is no setting {name!r}; {meant}")

"""Every setting: its name, kind, default and what it is for. A new one is a line here; ``settings.py`` reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from activities.edited_file import read_edited
from workers import setting_kinds as kinds


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
    language: Literal["", "fi", "sv", "en"] = field(
        metadata=_setting(kinds.language, "", "language of the command line; empty: that of your operating model")
    )
    by: str = field(
        metadata=_setting(kinds.text, "", "who says what is typed here; empty: the shift's person, else the account")
    )
    shared_desk: bool = field(
        metadata=_setting(
            kinds.yes_or_no, False, "many use this account: its name says nobody, each shift is begun by name"
        )
    )
    outbox_dir: Path = field(metadata=_setting(kinds.path, "{data_dir}/outbox", "where mails go as .eml files"))
    evidence_dir: Path = field(
        metadata=_setting(kinds.path, "{data_dir}/evidence", "where each incident's files are kept")
    )
    store: str = field(
        metadata=_setting(
            kinds.store_address, "", "PostgreSQL for workers on several machines; empty: SQLite in data_dir"
        )
    )
    store_password_file: Path | None = field(
        metadata=_setting(kinds.guarded_file, "", "file with the password of the store in PostgreSQL")
    )
    key_file: Path = field(metadata=_setting(kinds.path, "{data_dir}/keys.toml", "the encryption keys"))
    signing_key_file: Path = field(
        metadata=_setting(kinds.path, "{data_dir}/signing.pem", "the key that signs the evidence; its .pub beside it")
    )
    timestamp_authority: str = field(
        metadata=_setting(kinds.web_address, "", "address that time-stamps the evidence (RFC 3161); empty: none")
    )
    key_env: str = field(
        metadata=_setting(kinds.variable, "", "environment variable that holds the text of a key file; empty: key_file")
    )

    mail_transport: Literal["outbox", "smtp", "sendgrid", "graph"] = field(
        metadata=_setting(kinds.one_of("outbox", "smtp", "sendgrid", "graph"), "outbox", "how mail leaves")
    )
    smtp_host: str = field(metadata=_setting(kinds.text, "", "SMTP server"))
    smtp_port: int = field(metadata=_setting(kinds.port, 587, "SMTP port"))
    smtp_security: Literal["starttls", "tls", "none"] = field(
        metadata=_setting(kinds.one_of("starttls", "tls", "none"), "starttls", "how the SMTP connection is protected")
    )
    smtp_user: str = field(metadata=_setting(kinds.text, "", "SMTP user; empty: no login"))
    smtp_password_file: Path | None = field(metadata=_setting(kinds.guarded_file, "", "file with the SMTP password"))
    smtp_oauth: bool = field(
        metadata=_setting(kinds.yes_or_no, False, "SMTP login by OAuth 2.0 (XOAUTH2, Exchange Online), no password")
    )
    smtp_ca_file: Path | None = field(
        metadata=_setting(kinds.guarded_file, "", "SMTP: certificates to trust instead of the system's (PEM)")
    )
    graph_mailbox: str = field(metadata=_setting(kinds.text, "", "Microsoft Graph: the mailbox that sends (address)"))
    graph_host: str = field(
        metadata=_setting(kinds.web_address, "https://graph.microsoft.com", "Microsoft Graph: host (other clouds)")
    )
    exchange_host: str = field(
        metadata=_setting(
            kinds.web_address, "https://outlook.office365.com", "what tokens for SMTP and IMAP are for (other clouds)"
        )
    )
    oauth_tenant: str = field(metadata=_setting(kinds.text, "", "Entra ID: tenant (id or domain)"))
    oauth_client_id: str = field(metadata=_setting(kinds.text, "", "Entra ID: the app's client id"))
    oauth_client_secret_file: Path | None = field(
        metadata=_setting(kinds.guarded_file, "", "Entra ID: file with the app's secret (its value)")
    )
    oauth_certificate_file: Path | None = field(
        metadata=_setting(kinds.guarded_file, "", "Entra ID: file with the app's certificate and private key (PEM)")
    )
    oauth_authority: str = field(
        metadata=_setting(kinds.web_address, "https://login.microsoftonline.com", "Entra ID: host (other clouds)")
    )
    oauth_ca_file: Path | None = field(
        metadata=_setting(
            kinds.guarded_file, "", "Entra ID and Graph: certificates to trust instead of the system's (PEM)"
        )
    )
    sendgrid_api_key_file: Path | None = field(
        metadata=_setting(kinds.guarded_file, "", "file with the SendGrid API key")
    )
    sendgrid_host: str = field(metadata=_setting(kinds.web_address, "", "another SendGrid host; empty: by residency"))
    sendgrid_residency: Literal["eu", "global"] = field(
        metadata=_setting(kinds.one_of("eu", "global"), "eu", "where SendGrid keeps the data")
    )

    bounces: Literal["none", "imap", "graph"] = field(
        metadata=_setting(kinds.one_of("none", "imap", "graph"), "none", "how the mailbox of returned mail is read")
    )
    bounces_mailbox: str = field(
        metadata=_setting(kinds.text, "", "the mailbox of returned mail: IMAP user, or address for Graph")
    )
    bounces_folder: str = field(metadata=_setting(kinds.text, "INBOX", "its folder"))
    imap_host: str = field(metadata=_setting(kinds.text, "", "IMAP server of that mailbox"))
    imap_port: int = field(metadata=_setting(kinds.port, 993, "IMAP port"))
    imap_security: Literal["tls", "starttls"] = field(
        metadata=_setting(kinds.one_of("tls", "starttls"), "tls", "how the IMAP connection is protected")
    )
    imap_password_file: Path | None = field(metadata=_setting(kinds.guarded_file, "", "file with the IMAP password"))
    imap_oauth: bool = field(
        metadata=_setting(kinds.yes_or_no, False, "IMAP login by OAuth 2.0 (XOAUTH2, Exchange Online), no password")
    )
    imap_ca_file: Path | None = field(
        metadata=_setting(kinds.guarded_file, "", "IMAP: certificates to trust instead of the system's (PEM)")
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
        kinds.guarded_file, "", "file with the address that the watchdog pings while all is well; empty: none"
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
    http_port: int = field(metadata=_setting(kinds.port, 7243, "`up`: Temporal's HTTP API, where http_api is set"))
    http_api: bool = field(
        metadata=_setting(kinds.yes_or_no, False, "`up`: open Temporal's HTTP API, for those who show a token")
    )
    metrics_port: int = field(
        metadata=_setting(kinds.port, 0, "`up`: port of the Temporal server's metrics; 0: closed")
    )
    door_port: int = field(
        metadata=_setting(kinds.port, 0, "`up`: port of the page by which contacts acknowledge letters; 0: off")
    )
    door_token_file: Path = field(
        metadata=_setting(kinds.path, "{data_dir}/door.toml", "the door: file of its tokens, made by `up`")
    )
    web_address: str = field(
        metadata=_setting(kinds.web_address, "", "where people open Temporal Web; empty: that of `up`")
    )

    clear_messages: Literal["harmless", "all", "none"] = field(
        metadata=_setting(
            kinds.one_of("harmless", "all", "none"),
            "harmless",
            "what is taken that came without the key: what meets, waives and ends nothing; everything; nothing",
        )
    )

    codec_host: str = field(metadata=_setting(kinds.text, "127.0.0.1", "codec server: address to listen on"))
    codec_port: int = field(metadata=_setting(kinds.port, 8234, "codec server: port"))
    codec_origins: tuple[str, ...] = field(
        metadata=_setting(
            kinds.web_origins, "", "codec server: origins of Temporal Web that may read; empty: that of `up`"
        )
    )
    codec_token_file: Path | None = field(
        metadata=_setting(kinds.guarded_file, "", "codec server: file with the bearer tokens, a line each: NAME TOKEN")
    )
    codec_tls_certificate: Path | None = field(
        metadata=_setting(kinds.guarded_file, "", "codec server: its certificate (PEM); with it, it speaks https")
    )
    codec_tls_key: Path | None = field(
        metadata=_setting(kinds.guarded_file, "", "codec server: the private key of its certificate (PEM)")
    )
    codec_client_ca: Path | None = field(
        metadata=_setting(
            kinds.guarded_file, "", "codec server: only clients with a certificate of this authority (PEM)"
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
        for declared in declared_settings():
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


@cache
def declared_settings() -> tuple[Field[Any], ...]:
    """What is declared of each setting, in order."""
    return tuple(declared for declared in fields(Settings) if declared.metadata)

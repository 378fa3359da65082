"""The connection to Temporal: where it is, how payloads travel, who we are.

Where: Temporal's own environment variables and TOML profiles (``TEMPORAL_ADDRESS``, ``TEMPORAL_PROFILE``, TLS, API
key). Where those name no address, it is the server that ``kantadesk up`` has started on this data folder.
"""

from __future__ import annotations

import json
import os
import socket
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from temporalio.client import Client
from temporalio.envconfig import ClientConfigProfile, ClientConnectConfig
from temporalio.runtime import Runtime
from temporalio.service import GrpcCompression

from workers.codec.codec import EncryptionCodec, data_converter
from workers.keys.live import Keys, LiveKeys, live_keys
from workers.keys.ring import KeyRing
from workers.refused_connection import unreachable
from workers.sdk_workarounds.query_retry import QueryRetry
from workers.settings import Settings, SettingsError

DEFAULT_ADDRESS = "127.0.0.1:7233"
EMBEDDED_FILE = "embedded.json"


class TemporalUnreachable(ConnectionError):
    """Temporal does not answer. The message is one line: which address, and what to do."""


class EmbeddedAddresses(NamedTuple):
    """What ``kantadesk up`` has written down of its server. All but ``address`` are http addresses; empty: off.

    ``seen``: the page by which contacts acknowledge.
    """

    address: str
    web: str
    http: str
    codec: str
    pid: int
    seen: str = ""


def embedded_addresses(data_dir: Path) -> EmbeddedAddresses | None:
    """The server that ``kantadesk up`` runs or last ran on this data folder; None where there was none."""
    try:
        written = json.loads((data_dir / EMBEDDED_FILE).read_text(encoding="utf-8"))
        return EmbeddedAddresses(**written)
    except (OSError, ValueError, TypeError):
        return None


def target(settings: Settings) -> ClientConnectConfig:
    """Address, namespace, TLS and API key. Raises ``SettingsError`` where Temporal's own settings are wrong."""
    config = _temporals_own()
    if "target_host" not in config:
        embedded = embedded_addresses(settings.data_dir)
        config["target_host"] = embedded.address if embedded else DEFAULT_ADDRESS
    return config


def is_address_given() -> bool:
    """Whether Temporal's own settings name the address. Raises ``SettingsError`` where they are wrong."""
    return "target_host" in _temporals_own()


def _temporals_own() -> ClientConnectConfig:
    try:
        return ClientConfigProfile.load().to_client_connect_config()
    except (RuntimeError, OSError) as fault:
        raise SettingsError(f"Temporal's own settings (TEMPORAL_*, profile file) can't be used: {fault}") from None


async def connect(
    settings: Settings, *, keys: Keys | KeyRing | None = None, runtime: Runtime | None = None, role: str = "kantadesk"
) -> Client:
    """A client that encrypts what it sends. ``keys``: those that the settings name where not given.

    ``role`` is the first part of the identity that histories show (they are not encrypted there).
    Raises ``TemporalUnreachable``, ``SettingsError``, ``ring.KeyFileError``.
    """
    return await _connected(target(settings), keys or live_keys(settings), role, runtime)


async def connect_to(
    address: str, keys: Keys | KeyRing, *, role: str = "kantadesk", lazy: bool = False, compressed: bool = False
) -> Client:
    """A client of the server at this address, whatever the environment says: for the server that we run ourselves.

    ``lazy``: it connects when it is first used, and so can be made before the server runs. ``compressed``: as the SDK
    does by itself, which a benchmark holds against ours.
    """
    config: ClientConnectConfig = {"target_host": address}
    return await _connected(config, keys, role, None, lazy=lazy, compressed=compressed)


async def _connected(
    config: ClientConnectConfig,
    keys: Keys | KeyRing,
    role: str,
    runtime: Runtime | None,
    *,
    lazy: bool = False,
    compressed: bool = False,
) -> Client:
    try:
        return await Client.connect(
            **config,
            data_converter=data_converter(keys),
            interceptors=[QueryRetry()],
            identity=identity(role),
            runtime=runtime,
            lazy=lazy,
            # Nearly all that travels is encrypted: gzip makes it no smaller, and both sides pay for the try.
            grpc_compression=GrpcCompression.GZIP if compressed else GrpcCompression.NONE,
        )
    except RuntimeError as fault:
        raise TemporalUnreachable(
            unreachable(config["target_host"], str(fault), is_tls=bool(config.get("tls")))
        ) from fault


def keys_of(client: Client) -> LiveKeys | None:
    """The keys with which a client reads and writes, where they may change."""
    codec = client.data_converter.payload_codec
    return codec.keys if isinstance(codec, EncryptionCodec) and isinstance(codec.keys, LiveKeys) else None


async def is_answering(client: Client, *, within: timedelta = timedelta(seconds=5)) -> bool:
    """Whether the server behind a client is in service now."""
    try:
        return await client.service_client.check_health(timeout=within)
    except Exception:  # noqa: BLE001  # every way of not answering is a no
        return False


def identity(role: str) -> str:
    """Which OS process speaks, as histories show it. No user name: histories keep this unencrypted for years."""
    return f"{role}:{os.getpid()}@{socket.gethostname()}"

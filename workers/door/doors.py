"""The two doors that there are: that of ``kantadesk up`` with all its rooms, and the codec server on its own."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from socket import socket

from temporalio.client import Client

from activities.acknowledging.links import SeenLinkSigner
from activities.operating_model.file import OperatingModelFile
from workers.connection import connect_to
from workers.door.codec_room import Codec, CodecRoom
from workers.door.guard import Guard, guard
from workers.door.proxy import Behind
from workers.door.rooms import Door, Room
from workers.door.secrets_file import DoorFile
from workers.door.seen_room import SeenRoom
from workers.door.serving import serving
from workers.door.temporal_rooms import ApiRoom, WebRoom
from workers.embedded.ports import LOOPBACK, DoorSockets, Inner, bound_socket
from workers.keys.derived import link_keys
from workers.keys.live import Keys
from workers.keys.ring import KeyRing
from workers.settings import Settings


@asynccontextmanager
async def door(settings: Settings, keys: Keys | KeyRing, sockets: DoorSockets, inner: Inner) -> AsyncIterator[None]:
    """Before the embedded server: Temporal Web, the codec server and, where it was asked for, the HTTP API.

    Raises ``SettingsError``, ``DoorFileError``.
    """
    file = DoorFile(settings.door_token_file)
    file.secrets()
    web = _port(sockets.web)
    allowed = guard(settings, (f"http://{LOOPBACK}:{web}",))
    async with AsyncExitStack() as behind:
        to_web = Behind(f"http://{inner.host}:{inner.web}")
        behind.push_async_callback(to_web.close)
        codec = Codec(keys, allowed.payloads_a_minute)
        rooms: dict[int, Room] = {
            web: WebRoom(file, to_web, codec, web),
            _port(sockets.codec): CodecRoom(codec, allowed),
        }
        listening: dict[socket, ssl.SSLContext | None] = {sockets.web: None, sockets.codec: allowed.tls}
        if sockets.http:
            to_api = Behind(f"http://{LOOPBACK}:{inner.http}", inner.name)
            behind.push_async_callback(to_api.close)
            rooms[_port(sockets.http)] = ApiRoom(file, to_api)
            listening[sockets.http] = None
        if sockets.seen:
            seen = _port(sockets.seen)
            client = await connect_to(f"{LOOPBACK}:{inner.grpc}", keys, role="kantadesk-door", lazy=True)
            rooms[seen] = _seen_room(settings, keys, client, seen)
            listening[sockets.seen] = None
        await behind.enter_async_context(serving(Door(rooms), listening))
        yield


def _seen_room(settings: Settings, keys: Keys | KeyRing, client: Client, port: int) -> SeenRoom:
    model = OperatingModelFile(settings.operating_model, settings.clear_messages)
    return SeenRoom(SeenLinkSigner(link_keys(keys)), client, model.current, port)


@asynccontextmanager
async def codec_server(keys: Keys | KeyRing, allowed: Guard, host: str, port: int) -> AsyncIterator[str]:
    """The codec server, listening while inside; gives its address. Port 0 takes any free one. Raises ``OSError``."""
    with bound_socket(host, port) as place:
        rooms = {_port(place): CodecRoom(Codec(keys, allowed.payloads_a_minute), allowed)}
        async with serving(Door(rooms), {place: allowed.tls}):
            yield f"{'https' if allowed.tls else 'http'}://{host}:{_port(place)}"


def _port(place: socket) -> int:
    return int(place.getsockname()[1])

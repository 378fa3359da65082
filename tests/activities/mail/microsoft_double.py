"""Entra ID and one mailbox of Microsoft Graph on 127.0.0.1: it gives tokens, and checks those that come back.

It is as strict as the real ones are documented to be: client and credential, audience, expiry, the size of a request
and of a part, ranges without a gap, a Message-ID that only a draft may set.
"""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

import jwt
from cryptography.x509 import load_pem_x509_certificate

from activities.mail.oauth import AppRegistration, Tokens
from tests.activities.mail.smtp_double import certificate

TENANT, CLIENT, SECRET, MAILBOX = "organisation.example", "app-1", "s3cret-of-the-app", "desk@organisation.example"
MEGABYTE = 1024 * 1024


@dataclass
class Said:
    """One answer that replaces the usual one."""

    status: int
    code: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    message: str = ""
    how: str = "answer"  # "drop": does it, and hangs up without a word

    def body(self) -> Any:
        return {"error": {"code": self.code, "message": self.message}} if self.code else {}


class MicrosoftDouble(ThreadingHTTPServer):
    """Both servers at one address. ``answers``: what to say instead, by "METHOD path-part"."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        server, self.tls = certificate(folder)
        self.ca_file = folder / "mail.pem"
        self.socket = server.wrap_socket(self.socket, server_side=True)
        self.host = f"https://127.0.0.1:{self.server_address[1]}"
        self.known_certificate = b""
        self.issued: dict[str, str] = {}
        self.expired: set[str] = set()
        self.token_answers: list[tuple[int, dict[str, Any]]] = []
        self.answers: dict[str, list[Said]] = {}
        self.heard: list[tuple[str, str]] = []
        self.messages: dict[str, dict[str, Any]] = {}
        self.sessions: dict[str, dict[str, Any]] = {}
        self.numbers = itertools.count(1)
        self.mime: dict[str, bytes] = {}
        self.at_once = self.most_at_once = 0
        self.counting = threading.Lock()

    @contextlib.contextmanager
    def running(self) -> Iterator[MicrosoftDouble]:
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            self.shutdown()
            thread.join()
            self.server_close()

    def handle_error(self, *_: Any) -> None:
        """A client that does not trust us hangs up: nothing to tell."""

    def app(self, **other: Any) -> AppRegistration:
        """The app as it is registered here."""
        known: dict[str, Any] = {
            "tenant": TENANT, "client_id": CLIENT, "secret": lambda: SECRET, "certificate": lambda: None,
            "authority": self.host, "tls": self.tls,
        }  # fmt: skip
        return AppRegistration(**known | other)

    def tokens(self, resource: str = "", **other: Any) -> Tokens:
        return Tokens(self.app(**other), resource or self.host)

    def accepts(self, token: str, resource: str) -> bool:
        """Whether a token was given for this resource and is still good."""
        return self.issued.get(token) == resource and token not in self.expired

    def expire_all(self) -> None:
        self.expired |= set(self.issued)

    def sent(self) -> list[dict[str, Any]]:
        return [message for message in self.messages.values() if not message["isDraft"]]

    def drafts(self) -> list[dict[str, Any]]:
        return [message for message in self.messages.values() if message["isDraft"]]


class _Refused(Exception):
    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(code)
        self.said = Said(status, code, message=message)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: MicrosoftDouble

    def _serve(self) -> None:
        double, parts = self.server, urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = unquote(parts.path)
        double.heard.append((self.command, path))
        with double.counting:
            double.at_once += 1
            double.most_at_once = max(double.most_at_once, double.at_once)
        try:
            said = self._instead(path)
            if said is None or said.how == "drop":
                status, answer = self._done(path, parse_qs(parts.query), body)
                if said is not None:
                    self.close_connection = True
                    self.connection.shutdown(2)
                    return
                self._answer(status, answer)
            else:
                self._answer(said.status, said.body(), said.headers)
        except _Refused as refusal:
            self._answer(refusal.said.status, refusal.said.body())
        finally:
            with double.counting:
                double.at_once -= 1

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815  # the standard library's names

    def _instead(self, path: str) -> Said | None:
        for key, answers in self.server.answers.items():
            method, part = key.split(" ")
            if answers and method == self.command and path.endswith(part):
                return answers.pop(0)
        return None

    def _answer(self, status: int, said: Any, headers: dict[str, str] | None = None) -> None:
        content = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Say nothing on stderr."""

    def _done(self, path: str, query: dict[str, list[str]], body: bytes) -> tuple[int, Any]:
        if path.endswith("/.well-known/openid-configuration"):
            return 200, self._discovered(path)
        if path.endswith("/oauth2/v2.0/token"):
            return self._token(parse_qs(body.decode()))
        if path.startswith("/upload/"):
            return self._uploaded(path, body)
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if not self.server.accepts(token, self.server.host):
            raise _Refused(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")
        if not path.startswith(f"/v1.0/users/{MAILBOX}/"):
            raise _Refused(404, "ErrorInvalidUser", "The requested user 'x@y.example' is invalid.")
        return _mailbox(self, path.removeprefix(f"/v1.0/users/{MAILBOX}"), query, body)

    # --- Entra ID -------------------------------------------------------------------------------------------

    def _discovered(self, path: str) -> dict[str, str]:
        at = f"{self.server.host}/{path.split('/')[1]}"
        if at != f"{self.server.host}/{TENANT}":
            raise _Refused(400, "invalid_tenant")
        return {
            "token_endpoint": f"{at}/oauth2/v2.0/token", "authorization_endpoint": f"{at}/oauth2/v2.0/authorize",
            "issuer": f"{at}/v2.0",
        }  # fmt: skip

    def _token(self, asked: dict[str, list[str]]) -> tuple[int, Any]:
        double = self.server
        if double.token_answers:
            return double.token_answers.pop(0)
        assert asked["grant_type"] == ["client_credentials"]
        if asked["client_id"] != [CLIENT]:
            return _no_token("unauthorized_client", "AADSTS700016: Application with identifier 'x' was not found.")
        if "client_assertion" in asked:
            if not self._is_signed(asked["client_assertion"][0]):
                return _no_token("invalid_client", "AADSTS700027: The certificate is not registered.")
        elif asked["client_secret"] != [SECRET]:
            return _no_token("invalid_client", "AADSTS7000215: Invalid client secret provided. Trace ID: t-1 by a@b.c")
        token = f"token-{len(double.issued) + 1}"
        resource = next(word for word in asked["scope"][0].split() if word.endswith("/.default"))
        double.issued[token] = resource.removesuffix("/.default")
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": 3599}

    def _is_signed(self, assertion: str) -> bool:
        public = load_pem_x509_certificate(self.server.known_certificate).public_key()
        try:
            claims = jwt.decode(
                assertion, cast("Any", public), algorithms=["PS256", "RS256"], options={"verify_aud": False}
            )
        except jwt.InvalidTokenError:
            return False
        return claims["iss"] == claims["sub"] == CLIENT and str(claims["aud"]).startswith(self.server.host)

    # --- uploads --------------------------------------------------------------------------------------------

    def _uploaded(self, path: str, body: bytes) -> tuple[int, Any]:
        assert "Authorization" not in self.headers, "the address itself is the right to write there"
        session = self.server.sessions[path]
        first, last, size = map(int, re.findall(r"\d+", self.headers["Content-Range"]))
        if (first, last - first + 1, size) != (len(session["content"]), len(body), session["size"]):
            raise _Refused(416, "ErrorInvalidRange")
        if len(body) > 4 * MEGABYTE:
            raise _Refused(413, "ErrorRangeTooLarge")
        session["content"] += body
        if len(session["content"]) < size:
            return 200, {"nextExpectedRanges": [str(len(session["content"]))]}
        session["message"]["attachments"].append(
            {"name": session["name"], "contentType": session["kind"], "content": bytes(session["content"])}
        )
        return 201, {}


def _no_token(error: str, description: str) -> tuple[int, Any]:
    return 401, {"error": error, "error_description": description}


def _mailbox(handler: _Handler, path: str, query: dict[str, list[str]], body: bytes) -> tuple[int, Any]:
    double = handler.server
    if len(body) > 4 * MEGABYTE:
        raise _Refused(413, "RequestEntityTooLarge")
    routes: list[tuple[str, Callable[..., tuple[int, Any]]]] = [
        (r"GET /mailFolders/(?:drafts|inbox)", lambda: (200, {"id": "folder"})),
        (r"GET /mailFolders/inbox/messages", lambda: _received(double, query)),
        (r"GET /messages", lambda: _found(double, query)),
        (r"GET /messages/([^/]+)/\$value", lambda id_: (200, double.mime[id_])),
        (r"POST /messages", lambda: _drafted(double, json.loads(body))),
        (r"DELETE /messages/([^/]+)", lambda id_: (204, _known(double, id_) and double.messages.pop(id_) and b"")),
        (r"POST /messages/([^/]+)/attachments", lambda id_: _attached(_known(double, id_), json.loads(body))),
        (
            r"POST /messages/([^/]+)/attachments/createUploadSession",
            lambda id_: _session(double, _known(double, id_), json.loads(body)["AttachmentItem"]),
        ),
        (r"POST /messages/([^/]+)/send", lambda id_: _sent(double, _known(double, id_), id_)),
    ]
    for pattern, route in routes:
        if found := re.fullmatch(pattern, f"{handler.command} {path}"):
            return route(*found.groups())
    raise _Refused(400, "BadRequest", path)


def _known(double: MicrosoftDouble, id_: str) -> dict[str, Any]:
    if id_ not in double.messages:
        raise _Refused(404, "ErrorItemNotFound")
    return double.messages[id_]


def _drafted(double: MicrosoftDouble, said: dict[str, Any]) -> tuple[int, Any]:
    assert all(header["name"].lower().startswith("x-") for header in said["internetMessageHeaders"])
    id_ = f"draft={next(double.numbers)}"
    files = [_file(each) for each in said.pop("attachments", [])]
    double.messages[id_] = {**said, "isDraft": True, "attachments": files}
    return 201, {"id": id_, "isDraft": True}


def _file(said: dict[str, Any]) -> dict[str, Any]:
    content = base64.b64decode(said["contentBytes"], validate=True)
    assert said["@odata.type"] == "#microsoft.graph.fileAttachment"
    if len(content) >= 3 * MEGABYTE:
        raise _Refused(413, "ErrorAttachmentSizeLimitExceeded")
    return {"name": said["name"], "contentType": said["contentType"], "content": content}


def _attached(message: dict[str, Any], said: dict[str, Any]) -> tuple[int, Any]:
    message["attachments"].append(_file(said))
    return 201, {}


def _session(double: MicrosoftDouble, message: dict[str, Any], item: dict[str, Any]) -> tuple[int, Any]:
    path = f"/upload/{next(double.numbers)}"
    double.sessions[path] = {
        "message": message, "name": item["name"], "kind": item["contentType"], "size": item["size"],
        "content": bytearray(),
    }  # fmt: skip
    return 201, {"uploadUrl": double.host + path, "nextExpectedRanges": ["0-"]}


def _sent(double: MicrosoftDouble, message: dict[str, Any], id_: str) -> tuple[int, Any]:
    if not message["isDraft"]:
        raise _Refused(400, "ErrorInvalidOperation")
    message["isDraft"] = False
    double.messages[f"sent={next(double.numbers)}"] = double.messages.pop(id_)  # it moves, and its id with it
    return 202, b""


def _found(double: MicrosoftDouble, query: dict[str, list[str]]) -> tuple[int, Any]:
    wanted = re.fullmatch(r"internetMessageId eq '(.*)'", query["$filter"][0])
    assert wanted
    return 200, {
        "value": [
            {"id": id_, "isDraft": each["isDraft"], "attachments": [{"id": "a"} for _ in each["attachments"]]}
            for id_, each in double.messages.items()
            if each["internetMessageId"] == wanted[1]
        ]
    }


def _received(double: MicrosoftDouble, query: dict[str, list[str]]) -> tuple[int, Any]:
    since = query["$filter"][0].removeprefix("receivedDateTime ge ")
    most = int(query["$top"][0])
    new = sorted((at, id_) for id_, at in ((id_, id_.partition("@")[2]) for id_ in double.mime) if at >= since)
    return 200, {"value": [{"id": id_, "receivedDateTime": at} for at, id_ in new[:most]]}

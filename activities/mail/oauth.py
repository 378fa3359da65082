"""Tokens of Microsoft Entra ID for an app that acts by itself (client credentials), fetched and kept by ``msal``.

Secrets are read from their files at each use and never shown; a secret that changes begins a new conversation.
"""

from __future__ import annotations

import logging
import ssl
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

import httpx
from temporalio.exceptions import ApplicationError

from activities.mail.transport import not_now, refused, without_addresses

WITHIN = 20.0
"""Seconds for one answer of the token server."""
THE_REGISTRATION = "Those who run kantadesk must look at the app's registration (docs/mail.md) and the settings oauth_*"
ADVICE = {
    "AADSTS7000215": "Put the secret's value, not its id, into the file that oauth_client_secret_file names",
    "AADSTS7000222": "The secret has expired: make a new one at Entra ID and put it into oauth_client_secret_file",
    "AADSTS700016": "There is no such app in this tenant: correct oauth_client_id or oauth_tenant",
    "AADSTS90002": "There is no such tenant: correct oauth_tenant (or oauth_authority, for a cloud of its own)",
    "AADSTS700027": "The certificate is not the one that Entra ID knows: upload that of oauth_certificate_file there",
    "AADSTS500011": "This cloud knows no such resource: correct graph_host or exchange_host",
    "AADSTS53003": "A conditional access policy blocks the app: an administrator of Entra ID must let it in",
}
"""What to do, by the code that Entra ID puts into its answer."""
LATER = ("temporarily_unavailable", "server_error", "slow_down")


class AppRegistration(NamedTuple):
    """The app as it is registered at Entra ID. ``secret`` and ``certificate`` are read at each use; one is given.

    ``certificate``: the text of a PEM file that holds the certificate and its private key; ``tls``: whom to trust.
    """

    tenant: str
    client_id: str
    secret: Callable[[], str | None]
    certificate: Callable[[], str | None]
    tls: ssl.SSLContext
    authority: str = "https://login.microsoftonline.com"

    def credential(self) -> str | dict[str, str]:
        """What the app shows to be itself, as ``msal`` takes it. Raises ``RefusedByProvider``."""
        if pem := self.certificate():
            return {"private_key": pem, "public_certificate": pem}
        if secret := self.secret():
            return secret
        raise refused("there is no secret and no certificate of the app", act=THE_REGISTRATION)


class _Https:
    """How ``msal`` asks: each request has a connection of its own, so that none stays open between two letters.

    Its own HTTP library would trust what the environment names (REQUESTS_CA_BUNDLE), whatever it is told to trust.
    """

    def __init__(self, tls: ssl.SSLContext) -> None:
        self._tls = tls

    def get(self, url: str, **about: Any) -> httpx.Response:
        """Ask for something."""
        with httpx.Client(verify=self._tls, timeout=WITHIN) as client:
            return client.get(url, **about)

    def post(self, url: str, *, data: dict[str, Any] | None = None, **about: Any) -> httpx.Response:
        """Ask for a token. ``msal`` hands its signature over as bytes, which httpx would write as Python does."""
        form = {name: value.decode() if isinstance(value, bytes) else value for name, value in (data or {}).items()}
        with httpx.Client(verify=self._tls, timeout=WITHIN) as client:
            return client.post(url, data=form, **about)

    def close(self) -> None:
        """Nothing is open."""


class Tokens:
    """Tokens for one resource (``https://graph.microsoft.com``), each kept for as long as it is valid."""

    def __init__(self, app: AppRegistration, resource: str) -> None:
        self._registration, self._scope = app, f"{resource}/.default"
        self._alone = threading.Lock()
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs each address at INFO
        self._client: Any = None
        self._shown: str | dict[str, str] = ""

    def get(self, *, fresh: bool = False) -> str:
        """A token. ``fresh``: the last one was not accepted, so it is not used again. Blocks while it is fetched.

        Raises ``ApplicationError`` of the types that a transport raises; no secret and no token is in it.
        """
        with self._alone:
            client = self._begun()
            if fresh:
                client.remove_tokens_for_client()
            answer = self._asked(client)
        if token := answer.get("access_token"):
            return str(token)
        raise _not_given(answer)

    def _begun(self) -> Any:
        """The conversation with the token server; another one once the credential has changed."""
        credential = self._registration.credential()
        if self._client is None or credential != self._shown:
            self._client, self._shown = self._begin(credential), credential
        return self._client

    def _begin(self, credential: str | dict[str, str]) -> Any:
        from msal import ConfidentialClientApplication  # loaded only where tokens are used
        from msal.exceptions import MsalError

        app = self._registration
        try:
            return ConfidentialClientApplication(
                app.client_id,
                client_credential=credential,
                authority=f"{app.authority}/{app.tenant}",
                instance_discovery=False,  # asks nobody but the authority that is set
                http_client=_Https(app.tls),
            )
        except (httpx.HTTPError, MsalError) as error:
            raise _unreached(error) from None
        except (ValueError, TypeError) as error:  # msal's words for a tenant that is none; a PEM file that is none
            is_pem = isinstance(credential, dict) and "authority" not in str(error).lower()
            if is_pem:
                raise refused("oauth_certificate_file holds no certificate with its key (PEM)",
                              act=THE_REGISTRATION) from None  # fmt: skip
            raise refused("Entra ID knows no such tenant", act=ADVICE["AADSTS90002"]) from None

    def _asked(self, client: Any) -> dict[str, Any]:
        from msal.exceptions import MsalError

        try:
            return dict(client.acquire_token_for_client([self._scope]) or {})
        except (httpx.HTTPError, MsalError) as error:
            raise _unreached(error) from None
        except ValueError:  # the answer is no JSON: a proxy's page
            raise not_now("Entra ID gave an answer that can't be read") from None


def _unreached(error: Exception) -> ApplicationError:
    """Nothing was sent: without a token no message begins. A certificate that is not trusted stays so."""
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        act = (
            "Those who run kantadesk must set oauth_ca_file to the certificates of the authority that is to be trusted"
        )
        return refused("the certificate of the token server (oauth_authority) is not valid", act=act)
    return not_now(f"Entra ID could not be reached or did not answer ({type(error).__name__})")


def _not_given(answer: dict[str, Any]) -> ApplicationError:
    """Why there is no token, in one line and with what to set."""
    error, said = str(answer.get("error", "")), without_addresses(str(answer.get("error_description", "")))
    first = said.partition(" Trace ID:")[0]
    words = f"Entra ID gives no token ({first or error or 'no reason said'})"
    if error in LATER:
        return not_now(words)
    return refused(words, act=next((act for code, act in ADVICE.items() if f"{code}:" in said), THE_REGISTRATION))

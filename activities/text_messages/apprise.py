"""Text messages through Apprise: one address a call, so that a repeated try never repeats to somebody else.

Apprise answers only whether it worked. What it says in its log entries is read for the provider's status, and for
nothing else: they name addresses and numbers. An address with its secrets in place lives in this call alone.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import quote

from apprise import Apprise, AppriseAsset
from apprise.result import AppriseResult, AppriseResultStatus
from temporalio.exceptions import ApplicationError

from activities.edited_file import read_edited
from activities.mail.transport import not_now, refused, unknown
from activities.text_messages.places import ProviderPlaces
from activities.text_messages.transport import THIS_RECIPIENT, LiveText, TextTransport
from workflows.procedure.operating_model.text_addresses import filled, is_number

SECONDS_TO_ANSWER = 10
THE_OPERATOR = "Those who keep the operating model must correct it"
THE_SECRETS = "Those who keep the folder of secrets must put it there"
_STATUS = re.compile(r"error=(\d{3})\b")
_FOR_GOOD = frozenset({400, 401, 402, 403, 404, 405, 410, 413, 415, 422})
_OF_THE_NUMBER = frozenset({400, 404, 410, 422})
"""Of these, what providers answer about a number that can't be reached; the others are about us."""
# Their lines name addresses and telephone numbers: they reach no log of ours, at whatever level that is.
logging.getLogger("apprise").propagate = False
logging.getLogger("urllib3").setLevel(logging.INFO)


def provider_of(address: str) -> str:
    """Whose places a message takes: scheme and host of an address as it is written; secrets stay references."""
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{rest.partition('/')[0].rpartition('@')[2]}"


# No time-out of Apprise's own: with one it sends in a pool of threads that all providers share, and one that hangs
# stops the others (apprise 2.2). Sockets have theirs, and whoever waits gives up by itself (``deliver``).
_ASSET = AppriseAsset(async_mode=False, secure_logging=True, service_timeout=0)


class AppriseTexts(TextTransport):
    """Sends by whatever provider the address names.

    ``provider_address`` gives the organisation's own, for contacts with a number. ``secrets``: the folder of secrets.
    """

    provider = "the text message provider"

    def __init__(self, provider_address: Callable[[], str], secrets: Path) -> None:
        self._provider_address, self._secrets = provider_address, secrets
        self._places = ProviderPlaces()

    async def deliver(self, message: LiveText, *, is_mailing: bool = False) -> None:
        """Send one message to one recipient."""
        provider = provider_of(self._provider_address() if is_number(message.target) else message.target)
        work = partial(self._send, message)
        try:
            async with asyncio.timeout(3 * SECONDS_TO_ANSWER):
                await self._places.hand_over(provider, work, is_mailing=is_mailing, key=message.file_name)
        except TimeoutError:
            raise unknown(f"{self.provider} did not answer") from None

    def check(self, target: str) -> None:
        """Whether a message could be sent to this address; nothing is sent. Raises ``RefusedByProvider``."""
        self._one_target(self._address(target))

    def _send(self, message: LiveText) -> None:
        target = self._one_target(self._address(message.target))
        result = target.notify(body=message.text, body_format="text")
        if result.status is not AppriseResultStatus.SUCCESS:
            raise self._failure(result)

    def _address(self, target: str) -> str:
        """The address that Apprise takes, with number, secrets and time-outs. Raises ``RefusedByProvider``."""
        address = target
        if is_number(target):
            address = self._provider_address()
            if not address:
                raise refused("the operating model names no provider for numbers (text_messages.url)", act=THE_OPERATOR)
        whole = filled(address, number=target, secret=self._secret)
        return f"{whole}{'&' if '?' in whole else '?'}rto={SECONDS_TO_ANSWER}&cto={SECONDS_TO_ANSWER}"

    def _secret(self, name: str) -> str:
        try:
            secret = read_edited(self._secrets / name).strip()
        except (OSError, UnicodeDecodeError) as fault:
            raise refused(f"the secret {name!r} can't be read ({type(fault).__name__})", act=THE_SECRETS) from None
        if not secret:
            raise refused(f"the secret {name!r} is empty", act=THE_SECRETS)
        return quote(secret, safe="")

    def _one_target(self, address: str) -> Apprise:
        server = Apprise.instantiate(address, asset=_ASSET)
        if server is None:
            raise refused("the address for text messages is not one that is understood", act=THE_OPERATOR)
        if len(server) != 1:
            raise refused("the address for text messages names several recipients, or none", act=THE_OPERATOR)
        target = Apprise()
        target.add(server)
        return target

    def _failure(self, result: AppriseResult) -> ApplicationError:
        """What a failure means: the provider's status where it named one, otherwise nobody knows whether it went."""
        found = [_STATUS.search(str(entry.message)) for entry in result.logs()]
        status = next((int(match[1]) for match in reversed(found) if match), None)
        if status in _FOR_GOOD:
            about = (THIS_RECIPIENT,) if status in _OF_THE_NUMBER else ()
            act = f"{THE_OPERATOR}, or the provider must say why"
            return refused(f"{self.provider} answered {status}", *about, act=act)
        if status is not None:
            return not_now(f"{self.provider} answered {status}")
        return unknown(f"{self.provider} did not answer")

"""Why Temporal lets nobody in, and what to set: read from what the SDK's transport says of a connection that failed.

The words are those of rustls and tonic in temporalio 1.35, each seen with a real server. What is not known is shown as
it came. A server that takes no such client ends the connection; whether its reason is read before is a matter of luck.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from temporalio.service import RPCStatusCode

NOT_LET_IN = (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNAUTHENTICATED)
"""What a call is answered whose role does not suffice, or whose token is out of date: the server says no more."""


class Cause(NamedTuple):
    """A cause: how it is known in the transport's words, what it is, and what to do about it."""

    known_by: str
    why: str
    do: str


CAUSES = (
    Cause("Connection refused", "nothing listens there", "start it (`kantadesk up`) or set TEMPORAL_ADDRESS"),
    Cause("dns error", "its name is not known here", "correct TEMPORAL_ADDRESS"),
    Cause(
        "UnknownIssuer",
        "the authority of its certificate is not known here",
        "set TEMPORAL_TLS_SERVER_CA_CERT_PATH to that authority's certificate",
    ),
    Cause(
        "NotValidForName",
        "its certificate is for another name",
        "set TEMPORAL_TLS_SERVER_NAME to the name in that certificate",
    ),
    Cause(
        r"InvalidCertificate\((Expired|NotValidYet)",
        "its certificate is not valid at this time",
        "have it renewed, and look at the clock of this machine",
    ),
    Cause(
        r"alert: (CertificateRequired|HandshakeFailure)",
        "it wants a client certificate",
        "set TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH",
    ),
    Cause(
        r"alert: (\w*Certificate\w*|UnknownCA|DecryptError|AccessDenied)",
        "it does not take our client certificate",
        "set TEMPORAL_TLS_CLIENT_CERT_PATH to one of the authority that it trusts",
    ),
    Cause("InvalidContentType", "it does not speak TLS", "set TEMPORAL_TLS=false and take out the TEMPORAL_TLS_ paths"),
    Cause(
        "Unauthenticated|PermissionDenied|unauthorized",
        "it does not take the token, or the token is out of date",
        "set TEMPORAL_API_KEY to one that is valid",
    ),
)
ENDED = "BrokenPipe|connection closed|UnexpectedEof|ConnectionReset|close_notify"
ENDED_OVER_TLS = Cause(
    ENDED,
    "it ends the connection at once, as one does that wants a client certificate, or another one",
    "set TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH",
)
ENDED_WITHOUT = Cause(
    ENDED, "it ends the connection at once, as one does that wants TLS", "set TEMPORAL_TLS=true, or start it again"
)


def unreachable(address: str, fault: str, *, is_tls: bool = False) -> str:
    """One line: which address, why, and what to do; ``fault``: what the transport said; ``is_tls``: we spoke TLS."""
    causes = (*CAUSES, ENDED_OVER_TLS if is_tls else ENDED_WITHOUT)
    known = next((each for each in causes if re.search(each.known_by, fault)), None)
    why, do = known[1:] if known else (_short(fault), "start it (`kantadesk up`) or set TEMPORAL_ADDRESS")
    return f"Temporal does not answer at {address} ({why}): {do}"


def _short(fault: str) -> str:
    """The transport's own words without its types: the last text in quotes, or the beginning."""
    quoted = re.findall(r'"([^"]+)"', fault)
    return " ".join((quoted[-1] if quoted else fault).split())[:120]

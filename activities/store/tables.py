"""The tables of the store, as its newest migration makes them. Moments are ISO texts in UTC."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, LargeBinary, MetaData, Table, Text

HEAD = "0001"
"""The newest migration."""
METADATA = MetaData()

LETTERS = Table(
    "letters",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("message_id", Text, nullable=False),
    Column("process", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("first_tried_at", Text, nullable=False),
    Column("is_doubtful", Boolean, nullable=False),
    Column("sent", Text),
)
"""The ledger: what was handed over to a provider. ``key``: a SHA-256; ``sent``: the accepted message as JSON."""
Index("letters_by_message_id", LETTERS.c.message_id)
Index(
    "letters_unanswered",
    LETTERS.c.first_tried_at,
    sqlite_where=LETTERS.c.sent.is_(None),
    postgresql_where=LETTERS.c.sent.is_(None),
)

IN_HAND = Table(
    "letters_in_hand",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
"""The messages themselves, until they lie with the evidence."""

CLAIMS = Table(
    "claims",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("worker", BigInteger, nullable=False),
)
"""Who is at a letter now: which try, of which OS process."""

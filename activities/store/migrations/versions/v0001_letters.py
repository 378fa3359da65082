"""The ledger of sent mail: letters, messages in hand, claims."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables of the ledger."""
    op.create_table(
        "letters",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("process", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("first_tried_at", sa.Text, nullable=False),
        sa.Column("is_doubtful", sa.Boolean, nullable=False),
        sa.Column("sent", sa.Text),
    )
    op.create_index("letters_by_message_id", "letters", ["message_id"])
    none_yet = sa.text("sent IS NULL")
    op.create_index(
        "letters_unanswered", "letters", ["first_tried_at"], sqlite_where=none_yet, postgresql_where=none_yet
    )
    op.create_table(
        "letters_in_hand",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "claims",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("worker", sa.BigInteger, nullable=False),
    )

"""Which processes the book holds to be open, without a model: a list must not load more than it needs."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

FILE = "processes.db"
"""The book's name in the data folder."""
MISSED = ("open", "ended", "gone")
"""States of a run that should be open."""
_QUERY = """
select workflow_id from runs where state in (?, ?, ?) and number in (
    select max(number) from runs where state != 'followed' group by workflow_id
)
"""


def open_ids(data_dir: Path) -> set[str]:
    """The workflow ids of the processes that should be open; none where there is no book, or it can't be read."""
    if not (data_dir / FILE).exists():
        return set()
    try:
        with closing(sqlite3.connect(f"file:{data_dir / FILE}?mode=ro", uri=True, timeout=1)) as book:
            return {row[0] for row in book.execute(_QUERY, MISSED)}
    except sqlite3.Error:
        return set()

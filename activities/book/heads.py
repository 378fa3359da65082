"""The heads of the evidence's chains in the book of processes: what is cut off in a case folder is missed here."""

from __future__ import annotations

import logging
from collections.abc import Callable

from activities.book.port import BookUnreadable
from activities.book.sqlite import SqliteBook
from activities.evidence.chain import Witness
from workflows.process.messages import ChainHead

LOG = logging.getLogger("kantadesk.book")


class HeadsInBook(Witness):
    """Writes each head into the book of the data folder; one that can't be written is logged, and the next follows."""

    def __init__(self, book: SqliteBook) -> None:
        self._book = book

    def keep_head(self, case: str, head: ChainHead, stands: Callable[[ChainHead], bool]) -> None:
        """Keep how far a chain goes now, unless the head that is known no longer stands in it."""
        try:
            known = self._book.head(case)
            if known is None or stands(known):
                self._book.keep_head(case, head)
            else:
                LOG.error("%s: lines of its chain were cut off or changed; see kantadesk evidence verify", case)
        except BookUnreadable as fault:
            LOG.warning("%s: how far its chain goes is not written down: %s", case, fault)

    def head_of(self, case: str) -> ChainHead | None:
        """The head that is known of a chain. Raises ``OSError``."""
        try:
            return self._book.head(case)
        except BookUnreadable as fault:
            raise OSError(str(fault)) from fault

"""The store that the settings name, and the ledger in it."""

from __future__ import annotations

from activities.mail.file_ledger import take_over
from activities.mail.ledger import SentLedger
from activities.store.place import FOLDER
from activities.store.port import Store, StoreFault
from activities.store.sqlite import SqliteStore
from workers.settings import Settings, SettingsError


def store_of(settings: Settings) -> Store:
    """The store; nothing is asked of it yet."""
    if not settings.store:
        return SqliteStore(settings.data_dir / FOLDER)
    from activities.store.postgresql import (
        PostgresStore,  # here: its driver takes as long to load as a short command runs
    )

    def password() -> str | None:
        try:
            return settings.secret("store_password_file")
        except SettingsError as fault:
            raise StoreFault(str(fault)) from None

    return PostgresStore(settings.store, password)


def ledger_in(store: Store, settings: Settings) -> SentLedger:
    """The ledger, with what 0.2.0 has left in its folder. Raises ``StoreFault``."""
    take_over(settings.data_dir / "sent", store)
    return SentLedger(store)

"""Takes a store to the tables of this release, in the transaction of whoever comes first; the others find it done."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from activities.store.port import StoreFault
from activities.store.tables import HEAD

_SCRIPTS = Path(__file__).parent / "migrations"


def is_up_to_date(store: Connection) -> bool:
    """Whether the tables are those of this release."""
    return revision(store) == HEAD


def migrate(store: Connection) -> None:
    """Make or change the tables. Raises ``StoreFault`` where a newer release has been at work."""
    from alembic import command  # here: it takes as long to load as a short command runs
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory(str(_SCRIPTS)).walk_revisions()}
    if (there := revision(store)) and there not in known:
        raise StoreFault(f"the store was made by a newer release (its tables are {there}): install that one")
    config = Config(attributes={"connection": store})
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    command.upgrade(config, "head")


def revision(store: Connection) -> str | None:
    """The newest migration that has been at work there; None where there are no tables yet."""
    if not inspect(store).has_table("alembic_version"):
        return None
    found: str | None = store.execute(text("select version_num from alembic_version")).scalar()
    return found

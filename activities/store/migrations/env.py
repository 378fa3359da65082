"""Run by Alembic: takes the connection of ``migrating.py`` to the newest tables, in its transaction."""

from __future__ import annotations

from alembic import context

if hasattr(context, "config"):  # not where a tool merely loads every module
    context.configure(connection=context.config.attributes["connection"])
    context.run_migrations()

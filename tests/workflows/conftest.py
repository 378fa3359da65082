"""The fixtures of tests that run a process on a real server."""

from tests.desks.temporal_fixtures import breach, contact_review, desk, notice_watch, planned, server, worker, world

__all__ = ["breach", "contact_review", "desk", "notice_watch", "planned", "server", "worker", "world"]

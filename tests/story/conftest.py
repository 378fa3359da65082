"""The fixtures of tests that run a process on a real server."""

from tests.desks.temporal_fixtures import breach, desk, notice_watch, planned, server, worker, world

__all__ = ["breach", "desk", "notice_watch", "planned", "server", "worker", "world"]

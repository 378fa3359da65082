"""The fixtures of tests that run a process on a real server."""

from tests.temporal_fixtures import breach, desk, server, watch, worker, world

__all__ = ["breach", "desk", "server", "watch", "worker", "world"]

"""What each benchmark might find: small results of the shape that it keeps."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

BATCHES = [{"rate": 3.5, "worker_ms": 200.0, "server_ms": 100.0}, {"rate": 4.5, "worker_ms": 210.0, "server_ms": 90.0}]
STEP = {
    "step": "opened", "events": 28, "bytes": 16_100, "actions": 8, "activities": 4, "timers": 1, "messages": 0,
    "upserts": 2, "markers": 0,
}  # fmt: skip
POINT = {
    "size": 100, "opened_per_second": 20.0, "worker_ms": 39.0, "server_ms": 40.0, "worker_mb": 400.0,
    "server_mb": 200.0, "database_mb": 45.0, "idle_worker_cpu": 0.001, "idle_server_cpu": 0.02, "status_p50_ms": 5.0,
    "status_p99_ms": 7.0, "restart_first_s": 11.0, "restart_all_s": 34.0, "load": 2.5,
}  # fmt: skip
LATE = {f"{what}_{at}": 2.0 for what in ("noticed", "told") for at in ("p50", "p99", "max")} | {"early": 0}
COMMANDS = ("python -c pass", "kantadesk --help", "kantadesk incident list --json", "temporal workflow list -o json")
LISTS = ("kantadesk incident list", "kantadesk duty list", "kantadesk board --once")
FOUND: Mapping[str, dict[str, Any]] = MappingProxyType({
    "throughput": {
        "counted": {"messages": 3, "timers": 5, "activities": 23}, "count": 2, "at_once": 1,
        "arms": dict.fromkeys(("desk", "real", "idle"), BATCHES),
    },
    "economy": {"incident": [STEP], "breach": [STEP]},
    "latency": {"took": {arm: {"signal": [0.03, 0.04], "update": [0.01, 0.02]} for arm in ("desk", "bare")}},
    "open_load": {"points": [POINT, POINT | {"size": 200}]},
    "burst": {"count": 20, "open": 100, "desk": LATE, "bare": LATE, "load": 1.5},
    "long_life": {
        "runs": [{"events": 4000, "bytes": 2_000_000, "milliseconds": 3000.0}],
        "status_ms": {"at the beginning": {"p50": 4.0, "p99": 9.0}},
        "messages": 100, "messages_per_second": 300.0, "days": 3, "days_took": 2.0, "letters": 7, "record_bytes": 9000,
    },
    "command_line": {
        "took": {command: [0.01, 0.02] for command in COMMANDS}
    },
    "lists": {"took": {command: [1.0, 1.2] for command in LISTS}, "incidents": 300},
    "start_up": {"took": {"bare server": [0.5, 0.6], "first `up`": [3.0, 3.5], "`up` again": [2.0, 2.5]}},
    "documents": {
        "forms_per_second": {"form": [30.0], "opened and saved": [80.0]},
        "description": {size: {"seconds": 0.1, "megabytes": 90.0} for size in ("100", "1000000")},
        "bundle": [{"seconds": 0.08, "megabytes": 100.0}], "hashed_and_zipped": [{"seconds": 0.05, "megabytes": 90.0}],
        "items": 1000, "item_bytes": 12_000,
    },
    "trials": {
        "parts": {"a form": {"before": [2.0], "after": [1.0]}}, "workers": {"as it is": BATCHES, "no sandbox": BATCHES},
        "count": 40,
    },
})  # fmt: skip

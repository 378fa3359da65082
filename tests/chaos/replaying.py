"""Replay histories on the code that lies on the path: ``python replaying.py FOLDER KEYFILE PART PARTS``, one JSON line.

A programme of its own, so that the code may be another build than the one that tests it, and both cores have work.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from temporalio.client import WorkflowHistory

from workers.codec.codec import data_converter
from workers.keys import ring
from workers.wiring import build_replayer


async def replayed(histories: Sequence[WorkflowHistory], keys: Path) -> dict[str, object]:
    """How many histories were replayed, and why some can't be."""
    replayer = build_replayer(data_converter(ring.load(keys)))
    failures = []
    for history in histories:
        result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
        if result.replay_failure is not None:
            failures.append(f"{history.workflow_id} does not replay: {str(result.replay_failure)[:300]}")
    return {"replayed": len(histories), "failures": failures}


def main() -> None:
    """Replay, answer, and end at once (see temporalio's crash at exit, ``shared/temporal.md`` B6)."""
    logging.disable(logging.CRITICAL)
    folder, keys, part, parts = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    files = sorted(folder.glob("*.json"))[part::parts]
    histories = [WorkflowHistory.from_json(file.stem, file.read_text(encoding="utf-8")) for file in files]
    answer = asyncio.run(replayed(histories, keys))
    gc.collect()
    print(json.dumps(answer), flush=True)  # noqa: T201  # its answer
    os._exit(0)


if __name__ == "__main__":
    main()

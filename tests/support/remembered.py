"""Files of runs as wrappers leave them behind, without running any."""

import uuid
from pathlib import Path
from typing import Any

from cronwrap.event import OF_A_DELIVERY, Event
from cronwrap.state import RUNS, SETTLED


def run_of(check: str = "backup", *, ended_unix_s: float = 1e9, **facts: Any) -> dict[str, Any]:
    """Return what a run has recorded that took a second and ended well, but for *facts*."""
    event = Event(
        check=check,
        run_id=str(uuid.uuid4()),
        phase="success",
        reason="exit",
        started_unix_s=ended_unix_s - 1.0,
        finished_unix_s=ended_unix_s,
        duration_s=1.0,
        exit_status=0,
        command="backup --all",
    ).as_dict()
    kept = {key: value for key, value in event.items() if key not in {"output", *OF_A_DELIVERY}}
    return {**kept, "pid": 1, "uid": 0, **facts}


def leave(state_dir: Path, *runs: dict[str, Any], suffix: str = SETTLED) -> list[Path]:
    """Write the files of *runs*, each facts and, under "output", bytes."""
    directory = state_dir / RUNS
    state_dir.mkdir(mode=0o700, exist_ok=True)
    directory.mkdir(mode=0o700, exist_ok=True)
    paths = []
    for run in runs:
        paths.append(directory / f"{run['run_id']}{suffix}")
        paths[-1].write_bytes(ascii(run).encode() + b"\n")
    return paths

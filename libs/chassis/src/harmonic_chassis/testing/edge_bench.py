"""``python -m harmonic_chassis.testing.edge_bench FOLDER DATABASE_URL PORT [POINT]``: the sample service as a process
that a test may kill, or that kills itself at a marked point of the event path. The keys that it trusts lie in FOLDER.
"""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import uvicorn

from harmonic_chassis import points
from harmonic_chassis.testing.authority import Authority
from harmonic_chassis.testing.house import running
from harmonic_chassis.testing.sample.service import service

KEYS = "keys.json"


def share_keys(authority: Authority, folder: Path) -> None:
    """Let the processes of this folder trust the authority."""
    (folder / KEYS).write_text(json.dumps(authority.keys))


async def _serve(folder: Path, url: str, port: int) -> None:
    authority = Authority()
    authority.keys = json.loads((folder / KEYS).read_text())
    async with running(service, database_url=url, data_dir=folder, authority=authority, roles={"serve"}) as house:
        await uvicorn.Server(uvicorn.Config(house.chassis.front, port=port, log_config=None, lifespan="off")).serve()


def _die_at(wanted: str) -> None:
    def look(point: str) -> None:
        if point == wanted:
            os.kill(os.getpid(), signal.SIGKILL)

    points.arm(look)


if __name__ == "__main__":
    if len(sys.argv) > 4:
        _die_at(sys.argv[4])
    asyncio.run(_serve(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))

"""Records a release: schemas, golden events and migration heads of every service, and the commit, under releases/N/.

The record is what later builds are held against: published versions must not break, golden events must validate.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVICES = ("organization", "physics", "audio", "ai", "export", "gateway")


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def migration_heads() -> dict[str, list[str]]:
    """The newest migration of each service."""
    from harmonic_chassis import migrate
    from harmonic_chassis.main import load_service

    return {name: list(migrate.heads(load_service(name))) for name in SERVICES}


def next_number(releases: Path) -> int:
    return max((int(path.name) for path in releases.glob("[0-9]*")), default=0) + 1


def main() -> int:
    if git("status", "--porcelain"):
        print("There are uncommitted changes: commit them first, so that the release names what it holds.")
        return 1
    releases = ROOT / "releases"
    folder = releases / str(next_number(releases))
    contracts = ROOT / "libs" / "contracts"
    shutil.copytree(contracts / "golden", folder / "golden")
    (folder / "schemas").mkdir()
    for schema in sorted((contracts / "schemas").glob("*.json")):
        shutil.copy(schema, folder / "schemas")
    shutil.copy(contracts / "asyncapi.json", folder)
    record = {"release": int(folder.name), "commit": git("rev-parse", "HEAD"), "migration_heads": migration_heads()}
    (folder / "release.json").write_text(json.dumps(record, indent=2, sort_keys=True) + "\n")
    print(f"Recorded {folder.relative_to(ROOT)}: commit it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

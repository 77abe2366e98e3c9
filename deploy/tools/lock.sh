#!/usr/bin/env bash
# Writes requirements.lock and requirements.dev.lock: universal, hashed, without any index address.
set -euo pipefail
cd "$(dirname "$0")/../.."
uv=${UV:-.venv/bin/uv}
pyprojects=(libs/*/pyproject.toml services/*/pyproject.toml deploy/standalone/pyproject.toml)
direct=$(mktemp)
trap 'rm -f "$direct"' EXIT
cat requirements.in > "$direct"
python3 - "${pyprojects[@]}" >> "$direct" <<'PY'
import sys, tomllib, pathlib
names = {d for p in sys.argv[1:] for d in tomllib.loads(pathlib.Path(p).read_text())["project"]["dependencies"]}
print(*sorted(n for n in names if not n.startswith("harmonic-")), sep="\n")
PY
common=(--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet "$@")
"$uv" pip compile "${common[@]}" "$direct" -o requirements.lock
"$uv" pip compile "${common[@]}" requirements.dev.in -o requirements.dev.lock

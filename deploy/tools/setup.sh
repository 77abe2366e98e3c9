#!/usr/bin/env bash
# Makes .venv from the lock files, installs the house's packages into it and warms the JIT caches.
#   setup.sh run|dev     Does nothing where all of that is up to date.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${PYTHON:-python3}
kind=${1:-run}

refuse() { printf '%s\n  Install it with: %s\n' "$1" "$2" >&2; exit 1; }
command -v "$python" >/dev/null || refuse "python3 is missing." "sudo apt-get install python3 python3-venv"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  refuse "$("$python" --version) is too old: Python 3.11 or newer is needed." "sudo apt-get install python3 (on Debian 12 or newer)"
"$python" -c 'import ensurepip, venv' 2>/dev/null || refuse "python3-venv is missing." "sudo apt-get install python3-venv"

packages=(libs/contracts libs/chassis libs/client services/{gateway,physics,audio,ai,export,organization} deploy/standalone)
pyprojects=("${packages[@]/%//pyproject.toml}")
digest() { { "$python" --version; pwd; cat "$@"; } | sha256sum | cut -d' ' -f1; }
stale() { [ "$(cat ".venv/.made-$1" 2>/dev/null)" != "$2" ]; }
pip() { .venv/bin/python -m pip --quiet --disable-pip-version-check "$@"; }

want=$(digest requirements.lock "${pyprojects[@]}")
if stale run "$want"; then
  echo "Setting up .venv (about a minute, once) ..."
  "$python" -m venv .venv
  pip install --no-deps --require-hashes -r requirements.lock
  pip install --no-deps --no-build-isolation $(printf ' -e %s' "${packages[@]}")
  echo "$want" >.venv/.made-run
fi
if [ "$kind" = dev ]; then
  wantdev=$(digest requirements.dev.lock)
  if stale dev "$wantdev"; then
    echo "Adding what tests and checks need ..."
    pip install --no-deps --require-hashes -r requirements.dev.lock
    echo "$wantdev" >.venv/.made-dev
  fi
fi
# Bytecode and kernels of our own sources, made here so that no start has to make them.
kernels=$(find libs services deploy/standalone -path '*/src/*' -name '*.py' | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -d' ' -f1)
if stale jit "$want-$kernels"; then
  echo "Compiling bytecode and the numeric kernels ..."
  .venv/bin/python -m compileall -q "${packages[@]/%//src}"
  .venv/bin/python -m harmonic_physics.engine.warm
  .venv/bin/python -m harmonic_audio.warm
  echo "$want-$kernels" >.venv/.made-jit
fi

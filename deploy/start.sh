#!/bin/sh
# The entry of every image. The JIT cache is of the image; numba wants it writable, and the image is read-only.
set -e
if [ -n "$(ls -A /opt/harmonic/jit 2>/dev/null)" ]; then
  cp -r --preserve=timestamps /opt/harmonic/jit /tmp/jit
  export NUMBA_CACHE_DIR=/tmp/jit
fi
exec python -m harmonic_chassis "$@"

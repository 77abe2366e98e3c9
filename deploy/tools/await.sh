#!/usr/bin/env bash
# Waits until the gateway is ready, at most two minutes.
set -euo pipefail
url=${1:-http://127.0.0.1:8000}
for _ in $(seq 120); do
  python3 -c "import sys, urllib.request as r; r.urlopen('$url/readyz', timeout=2)" 2>/dev/null && { echo "Ready: $url   API docs: $url/docs"; exit 0; }
  sleep 1
done
echo "The gateway did not become ready at $url: see docker compose logs" >&2
exit 1

#!/usr/bin/env bash
# compose.sh up|down|dev|ARGUMENTS...: docker compose with the secrets generated first.
set -euo pipefail
cd "$(dirname "$0")/../.."
if docker compose version >/dev/null 2>&1; then compose=(docker compose)
elif command -v docker-compose >/dev/null; then compose=(docker-compose)
else echo "docker compose is missing. Install Docker: sudo apt-get install docker.io docker-compose" >&2; exit 1
fi
docker info >/dev/null 2>&1 || { echo "No Docker engine answers. Start one: sudo systemctl start docker" >&2; exit 1; }
python3 deploy/tools/make_secrets.py
export COMPOSE_PROJECT_NAME=${COMPOSE_PROJECT_NAME:-harmonic} DOCKER_BUILDKIT=1 COMPOSE_DOCKER_CLI_BUILD=1
case "${1:-up}" in
  up) "${compose[@]}" up --build --detach; exec deploy/tools/await.sh ;;
  down) exec "${compose[@]}" down ;;
  dev) exec "${compose[@]}" -f compose.yaml -f deploy/compose.dev.yaml up --build ;;
  *) exec "${compose[@]}" "$@" ;;
esac

#!/usr/bin/env bash
# test.sh [lint|report]: the checks, then the tests; `report` writes reports/ beside it.
set -euo pipefail
cd "$(dirname "$0")/../.."
mode=${1:-all}
bin=.venv/bin
python_paths=(libs services deploy tests bench conftest.py)

echo "== lint"; $bin/ruff check "${python_paths[@]}"; $bin/ruff format --check --quiet "${python_paths[@]}"
echo "== import rules"; $bin/lint-imports
echo "== types"; $bin/mypy
[ "$mode" = lint ] && exit 0

echo "== tests"
arguments=(-n "${HARMONIC_TEST_WORKERS:-2}" --dist loadgroup --no-loadscope-reorder -m "not slow" -q --durations 15 --tb native)
if [ "$mode" = report ]; then
  mkdir -p reports
  arguments+=(--junitxml reports/tests.xml --cov --cov-report html:reports/coverage --cov-report xml:reports/coverage.xml)
fi
exec $bin/pytest "${arguments[@]}"

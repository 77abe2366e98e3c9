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

arguments=(-q --durations 10 --tb native)
coverage=()
if [ "$mode" = report ]; then
  mkdir -p reports
  coverage=(--cov --cov-append --cov-report html:reports/coverage --cov-report xml:reports/coverage.xml)
  arguments+=("${coverage[@]}")
  rm -f .coverage
fi
junit() { [ "$mode" = report ] && echo "--junitxml=reports/$1.xml"; true; }

# The tests of the twelve processes run by themselves: they need the cores and the servers' connections.
failed=0
echo "== tests"
$bin/pytest "${arguments[@]}" $(junit tests) -n "${HARMONIC_TEST_WORKERS:-2}" --dist loadscope -m "not slow and not distributed" || failed=1
echo "== tests of the deployed form: twelve processes"
$bin/pytest "${arguments[@]}" $(junit distributed) -m "distributed and not slow" || failed=1
exit $failed

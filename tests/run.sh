#!/usr/bin/env bash
# The tests: bash tests/run.sh [--slow] [pytest's own arguments]
# Makes its own environment beside the code, installs what is missing, and ends with pytest's summary.
set -euo pipefail
cd "$(dirname "$0")/.."

selection=(-m "not slow")
if [ "${1:-}" = "--slow" ]; then
  selection=()
  shift
fi

find_python() {
  local name
  for name in python3.13 python3.12 python3.11 python3 python; do
    if "$name" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
      2>/dev/null; then
      echo "$name"
      return
    fi
  done
  echo "tests/run.sh: Python 3.11 to 3.13 with its venv module is needed." >&2
  return 1
}

# pyproject.toml reads requirements.txt: when either changes, the environment is made up to date.
environment=.venv-test
wanted=$(cat requirements.txt pyproject.toml | cksum)
if [ "$(cat "$environment/installed" 2>/dev/null)" != "$wanted" ]; then
  python=$(find_python)
  [ -x "$environment/bin/python" ] || "$python" -m venv "$environment"
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check -e '.[test]'
  echo "$wanted" > "$environment/installed"
fi
export PATH="$PWD/$environment/bin:$PATH"

# Chromium: Debian's package where apt can install it, Playwright's own elsewhere.
if ! command -v chromium chromium-browser google-chrome >/dev/null; then
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
  else
    python -m playwright install chromium
  fi
fi

failed=0
ruff check . || failed=1
ruff format --check . || failed=1
mypy || failed=1
if command -v node >/dev/null; then
  for script in l2viz/stage/*.js; do node --check "$script" || failed=1; done
fi
python -m pytest "${selection[@]}" "$@" || failed=1
exit "$failed"

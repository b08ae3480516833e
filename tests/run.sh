#!/usr/bin/env bash
# Every check of the project: bash tests/run.sh [--slow] [arguments for pytest]
#
# On a fresh machine it first installs what it needs: a virtual environment of its own (.venv-test,
# made anew when the requirements change) and Chromium. --slow also runs the long proofs.
# pytest comes last, so that its summary is the last thing printed.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

slow=("-m" "not slow")
if [ "${1:-}" = "--slow" ]; then
    slow=()
    export L2VIZ_HYPOTHESIS=thorough # more examples of each property
    shift
fi

as_root() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

find_python() {
    local name
    for name in python3 python3.13 python3.12 python3.11 python; do
        if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
            2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    return 1
}

install_python() {
    local system
    if ! system=$(find_python) || ! "$system" -c 'import ensurepip, venv' 2>/dev/null; then
        as_root && apt-get update -qq && apt-get install -qq -y python3 python3-venv >/dev/null
        system=$(find_python) || { echo "run.sh: no Python 3.11 to 3.13 found" >&2; return 1; }
    fi
    local wanted have=""
    wanted="$("$system" --version) $(cat pyproject.toml assets/requirements/*.txt | cksum)"
    [ -f .venv-test/installed ] && have=$(cat .venv-test/installed)
    if [ "$wanted" != "$have" ]; then
        rm -rf .venv-test
        "$system" -m venv .venv-test || return 1
        ".venv-test/$bin/python" -m pip install -q --disable-pip-version-check -e ".[test]" \
            || return 1
        echo "$wanted" >.venv-test/installed
    fi
}

install_chromium() {
    local name
    for name in chromium chromium-browser google-chrome; do
        command -v "$name" >/dev/null && return
    done
    if as_root && grep -qs '^ID=debian' /etc/os-release; then
        apt-get update -qq \
            && apt-get install -qq -y --no-install-recommends chromium fonts-dejavu-core >/dev/null
    elif as_root; then
        python -m playwright install --with-deps chromium
    else
        python -m playwright install chromium
    fi
}

# For the tests of several servers; where systemd would start it, it is left to the reader.
install_nginx() {
    [ -x /usr/sbin/nginx ] && return
    as_root && [ ! -d /run/systemd/system ] && apt-get update -qq \
        && apt-get install -qq -y --no-install-recommends nginx-light >/dev/null
}

# What the tests of pictures open them with; where they are missing, those tests are skipped.
install_viewers() {
    command -v pdftotext >/dev/null && command -v ffprobe >/dev/null && return
    as_root && apt-get update -qq \
        && apt-get install -qq -y --no-install-recommends poppler-utils ffmpeg >/dev/null
}

# TypeScript checks the JavaScript's types; its version is in the package.json of the scripts.
install_typescript() {
    if as_root && ! command -v npm >/dev/null; then
        apt-get update -qq \
            && apt-get install -qq -y --no-install-recommends nodejs npm >/dev/null
    fi
    command -v npm >/dev/null || return 1
    if [ ! -x "$tsc" ] || ! cmp -s "$frontend/package.json" "$node/package.json"; then
        mkdir -p "$node" && cp "$frontend/package.json" "$node" \
            && npm install --silent --no-audit --no-fund --include=dev --prefix "$node"
    fi
}

check() {
    printf '%-24s' "$1"
    shift
    local output
    if output=$("$@" 2>&1); then
        echo "ok"
    else
        echo "FAILED"
        echo "$output"
        failed=1
    fi
}

skip() { printf '%-24sskipped: %s\n' "$1" "$2"; }

bin=bin
case "$(uname -s)" in MINGW* | MSYS* | CYGWIN*) bin=Scripts ;; esac
install_python || exit 1
PATH="$PWD/.venv-test/$bin:$PATH"
install_chromium || { echo "run.sh: Chromium could not be installed" >&2; exit 1; }

frontend=l2viz/stage/frontend
node=.venv-test/node
tsc=$node/node_modules/.bin/tsc
install_typescript || true
install_nginx || true
install_viewers || true

failed=0
check "ruff check" ruff check .
check "ruff format" ruff format --check .
check "mypy" mypy
check "codespell" codespell app.py README.md CONTRIBUTING.md l2viz tests assets
if [ -x "$tsc" ]; then
    for part in "$frontend" l2viz/site/frontend; do
        check "tsc ${part#l2viz/}" "$tsc" -p "$part/jsconfig.json"
    done
else
    skip "tsc --checkJs" "npm is missing, or could not install TypeScript"
fi
if command -v node >/dev/null; then
    check "node --test" node --test tests/stage/*.test.mjs
else
    skip "node --test" "node is not installed"
fi

# One process for each core; which tests share one: see tests/conftest.py.
python -m pytest -n auto --no-loadscope-reorder ${slow[@]+"${slow[@]}"} "$@"
tests=$?
[ "$failed" = 0 ] || exit 1
exit "$tests"

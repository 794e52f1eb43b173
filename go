#!/bin/sh
# Sets the project up in .venv and runs it: `./go sample` or `./go test [--quick]`.
set -eu
cd "$(dirname "$0")"
UV_VERSION=0.13.9

usage() {
    cat <<'TEXT'
usage: ./go sample           install into .venv, build the graph of the sample papers, ask it two questions
       ./go test [--quick]   install what the tests need and run them all (--quick: only the fast ones)

It needs Python 3.11, 3.12 or 3.13; the full tests also need Java 17 or later and Maven (they start a real Neo4j).
PYTHON=/path/to/python picks an interpreter.
TEXT
}

fail() {
    printf './go: %s\n' "$1" >&2
    exit 2
}

suits() { # does this interpreter run, and is it of a version that we support?
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1
}

find_python() {
    for candidate in ${PYTHON:-} python3.13 python3.12 python3.11 python3 python; do
        if suits "$candidate"; then
            "$candidate" -c 'import ensurepip, venv' >/dev/null 2>&1 ||
                fail "$candidate has no venv module; install it (on Debian: apt-get install python3-venv) and run this again"
            printf '%s\n' "$candidate"
            return
        fi
    done
    fail "found no Python 3.11, 3.12 or 3.13; install one, or name it: PYTHON=/path/to/python ./go $verb"
}

set_up() { # arguments go to `uv sync`
    unset VIRTUAL_ENV PYTHONHOME PYTHONPATH
    export UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=.venv
    if ! suits .venv/bin/python; then
        python=$(find_python)
        printf 'Making .venv with %s\n' "$("$python" --version)" >&2
        "$python" -m venv --clear .venv
    fi
    if [ "$(.venv/bin/uv --version 2>/dev/null | cut -d ' ' -f 2)" != "$UV_VERSION" ]; then
        .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip >/dev/null
        .venv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$UV_VERSION"
    fi
    # --inexact: uv itself lives in the environment and is not one of the project's packages.
    echo 'Installing the locked packages into .venv' >&2
    .venv/bin/uv sync --quiet --locked --inexact --python .venv/bin/python "$@"
}

need_java() {
    command -v java >/dev/null 2>&1 ||
        fail "the full tests start a real Neo4j and need Java 17 or later; install it (on Debian: apt-get install openjdk-17-jre-headless), or run ./go test --quick"
    major=$(java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.specification.version = //p')
    [ "${major%%.*}" -ge 17 ] 2>/dev/null ||
        fail "the full tests need Java 17 or later, and this is Java ${major:-of an unknown version}; put a newer one first on PATH, or run ./go test --quick"
    command -v mvn >/dev/null 2>&1 ||
        fail "the full tests fetch Neo4j with Maven; install it (on Debian: apt-get install maven), or run ./go test --quick"
}

need_chromium() {
    [ -x "${CHROMIUM:-/usr/bin/chromium}" ] && return
    echo 'Installing Chromium, in which the page is tested' >&2
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
        apt-get install -y chromium >/dev/null 2>&1 || { apt-get update >/dev/null && apt-get install -y chromium >/dev/null; }
    else
        fail "the full tests look at the page in Chromium; install it (on Debian: apt-get install chromium) or name it: CHROMIUM=/path/to/chromium ./go test, or run ./go test --quick"
    fi
}

sample() {
    set_up --no-default-groups
    rm -f sample.lbug sample.lbug.*
    show build --sample --graph sample.lbug
    show stats --graph sample.lbug
    show ask 'which methods report on MATH500' --graph sample.lbug
    show ask 'what outperforms GRPO' --graph sample.lbug
    printf '\nThe graph is in sample.lbug. Your own papers: .venv/bin/kg build FILE…\n' >&2
}

show() { # prints the command, then runs it
    printf '\n$ kg' >&2
    for word in "$@"; do
        case $word in *' '*) printf ' "%s"' "$word" >&2 ;; *) printf ' %s' "$word" >&2 ;; esac
    done
    printf '\n' >&2
    .venv/bin/kg "$@"
}

run_tests() {
    case ${1:-} in
    '')
        need_java
        need_chromium
        # A file stays in one process, as its tests share servers.
        set -- -n auto --dist loadfile --no-loadscope-reorder
        ;;
    --quick) set -- -m 'not slow and not neo4j' -n auto ;;
    *) usage >&2 && exit 2 ;;
    esac
    set_up --all-groups
    .venv/bin/ruff check
    .venv/bin/mypy
    .venv/bin/pytest "$@"
}

verb=${1:-}
[ $# -gt 0 ] && shift
case $verb in
sample) [ $# -eq 0 ] || { usage >&2; exit 2; }; sample ;;
test) run_tests "$@" ;;
-h | --help | help) usage ;;
*) usage >&2; exit 2 ;;
esac

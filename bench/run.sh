#!/usr/bin/env bash
# Runs the benches of a build: run.sh BUILD_FOLDER [NAME]. ./dev bench calls it.
set -euo pipefail

build=${1:?usage: run.sh BUILD_FOLDER [NAME]}
name=${2:-}

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

wants() {
    [[ -z $name || $name == "$1" ]]
}

ran=0
if wants events; then
    ran=1
    # Google Benchmark's own preamble about the machine goes to standard error.
    "$build/bin/bench-events" --benchmark_min_time=0.5
fi
if wants serve; then
    ran=1
    "$build/bin/bench-serve" "$build/bin/nearline" "$work"
fi
if wants tape; then
    ran=1
    # In memory where there is some: disks are not what is measured.
    memory=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
    trap 'rm -rf -- "$work" "$memory"' EXIT
    "$build/bin/bench-tape" "$build/bin/nearline" "$memory"
fi
if wants image; then
    ran=1
    "$build/bin/bench-image" "$work"
fi
if wants rsm; then
    ran=1
    memory=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
    trap 'rm -rf -- "$work" "$memory"' EXIT
    "$build/bin/bench-rsm" "$memory"
fi
((ran)) || {
    printf 'bench: no bench called %s: events, serve, tape, image, rsm\n' "$name" >&2
    exit 2
}

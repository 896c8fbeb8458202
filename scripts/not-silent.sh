#!/bin/sh
# Runs a command that may say nothing for long; every three seconds a line says how far it is.
#   sh scripts/not-silent.sh 'a shell command that prints how far' COMMAND ARGUMENT…
set -eu
progress=$1
shift
(
  passed=0
  # It must not hold our output open when it is stopped in its sleep.
  while sleep 3 >/dev/null 2>&1; do
    passed=$((passed + 3))
    echo "  … $passed s: $(sh -c "$progress")" >&2
  done
) &
teller=$!
trap 'kill "$teller" 2>/dev/null' EXIT
"$@"

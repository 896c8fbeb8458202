#!/bin/sh
# Whether the code keeps its rules. eslint has one core for a minute or two, so layout and layers are looked at beside it.
set -u
cd "$(dirname "$0")/.." || exit 1
told=$(mktemp)
trap 'rm -f "$told"' EXIT

{ prettier --check --log-level=warn . && npm run --silent layers; } >"$told" 2>&1 &
beside=$!
status=0
eslint . || status=$?
wait "$beside" || status=$?
cat "$told"
exit "$status"

#!/bin/sh
# Brings the packages, Node 24 among them, unless they are there and as new as the lock file.
set -eu
cd -- "$(dirname -- "$0")/.."
if [ -x node_modules/node/bin/node ] && [ ! package-lock.json -nt node_modules/.package-lock.json ]; then
  exit 0
fi
# Those for other platforms stay away.
total=$(grep -c '^    "node_modules/' package-lock.json)
echo "Installing packages (npm ci), the first time and when they have changed …" >&2
sh scripts/not-silent.sh \
  "echo \"\$(ls -d node_modules/*/package.json node_modules/@*/*/package.json 2>/dev/null | wc -l) packages of $total at most\"" \
  npm ci >&2

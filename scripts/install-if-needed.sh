#!/bin/sh
# Brings the packages, Node 24 among them, unless they are there and as new as the lock file.
set -eu
cd -- "$(dirname -- "$0")/.."
if [ -x node_modules/node/bin/node ] && [ ! package-lock.json -nt node_modules/.package-lock.json ]; then
  exit 0
fi
echo "Installing packages (npm ci) …" >&2
npm ci >&2

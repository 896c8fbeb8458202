#!/bin/sh
# npm test: everything that a fresh machine needs, then all tests.
set -eu
cd -- "$(dirname -- "$0")/.."
sh scripts/install-if-needed.sh
exec node_modules/node/bin/node node_modules/vitest/vitest.mjs run "$@"

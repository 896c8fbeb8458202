#!/bin/sh
# npm run demo: everything that a fresh machine needs, then a tour against the stand-in.
set -eu
cd -- "$(dirname -- "$0")/.."
sh scripts/install-if-needed.sh
echo 'Building the command …' >&2
sh scripts/not-silent.sh 'echo building' node_modules/node/bin/node scripts/build.ts >&2
exec node_modules/node/bin/node scripts/demo.ts

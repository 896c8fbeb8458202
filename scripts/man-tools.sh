#!/bin/sh
# Installs what shows and checks manual pages, for the tests that ask it. Without it they are skipped.
set -eu

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

if command -v groff >/dev/null && command -v mandoc >/dev/null; then exit 0; fi
if ! command -v apt-get >/dev/null; then
  echo "man pages: no apt-get here, so the tests that need groff or mandoc are skipped"
  exit 0
fi
as_root apt-get install --yes --quiet --no-install-recommends groff mandoc ||
  { as_root apt-get update --quiet && as_root apt-get install --yes --quiet --no-install-recommends groff mandoc; } ||
  echo "man pages: groff or mandoc cannot be installed, so the tests that need them are skipped"

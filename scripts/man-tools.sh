#!/bin/sh
# Installs what shows and checks manual pages, for the tests that ask it. Without it they are skipped.
set -eu

. "$(dirname "$0")/debian-packages.sh"

if command -v groff >/dev/null && command -v mandoc >/dev/null; then exit 0; fi
if ! command -v apt-get >/dev/null; then
  echo "man pages: no apt-get here, so the tests that need groff or mandoc are skipped"
  exit 0
fi
install_packages groff mandoc ||
  echo "man pages: groff or mandoc cannot be installed, so the tests that need them are skipped"

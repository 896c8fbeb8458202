#!/bin/sh
# Installs Chromium, for the tests that look at pages of ours in it. Without it they are skipped.
set -eu

. "$(dirname "$0")/debian-packages.sh"

for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null; then exit 0; fi
done
if ! command -v apt-get >/dev/null; then
  echo "browser: no apt-get here, so the tests that need Chromium are skipped"
  exit 0
fi
install_packages chromium ||
  echo "browser: Chromium cannot be installed, so the tests that need it are skipped"

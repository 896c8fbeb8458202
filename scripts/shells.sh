#!/bin/sh
# Installs the shells whose completion is tested with real keys, and what makes the terminals for it. Without one of
# them its tests are skipped.
set -eu

. "$(dirname "$0")/debian-packages.sh"

if command -v zsh >/dev/null && command -v fish >/dev/null && command -v script >/dev/null; then exit 0; fi
if ! command -v apt-get >/dev/null; then
  echo "shells: no apt-get here, so the tests at a terminal that need zsh, fish or script are skipped"
  exit 0
fi
install_packages zsh fish bsdutils ||
  echo "shells: zsh, fish or script cannot be installed, so the tests at a terminal that need them are skipped"

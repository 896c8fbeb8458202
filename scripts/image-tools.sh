#!/bin/sh
# Installs what builds the image without a daemon, and what runs the executable for arm64 on another processor. Fails,
# with the reason on its last line, where they cannot be had.
set -eu

. "$(dirname "$0")/debian-packages.sh"

cannot() {
  echo "image: $1"
  exit 1
}
[ "$(id -u)" = 0 ] || cannot "that takes root"
{ command -v apt-get && command -v dpkg-deb; } >/dev/null || cannot "there is no apt-get here"

packages="buildah"
[ "$(dpkg --print-architecture)" = arm64 ] ||
  packages="$packages qemu-user-static libstdc++6-arm64-cross libgcc-s1-arm64-cross"
# shellcheck disable=SC2086 # each is a word
if ! dpkg-query --show $packages >/dev/null 2>&1; then
  echo "image: installing $packages"
  install_packages $packages >/dev/null 2>&1 || cannot "these packages cannot be had"
fi

#!/bin/sh
# For scripts that need Debian's packages, which read it with `.`; by itself it does nothing.

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif [ -t 0 ]; then
    sudo "$@"
  else
    # Nobody is there to be asked for a password.
    sudo -n "$@"
  fi
}

# The lists of packages of a fresh machine are empty, and those of an old one name what is no longer there.
or_update() {
  "$@" || { as_root apt-get update --quiet=2 && "$@"; }
}

install_packages() {
  or_update as_root apt-get install --yes --quiet=2 --no-install-recommends "$@"
}

# Into the current folder.
download_packages() {
  or_update apt-get download --quiet=2 "$@"
}

#!/bin/sh
# Installs what the tests of `maestro-cli gitops` need beside Node: etcd, an API
# server that serves custom resources, helm, and promtool. What is there already
# stays. All but etcd go into a cache folder outside the repository.
#
#   sh scripts/gitops-rig.sh [etcd|promtool|hook|apiextensions-apiserver|helm|actionlint|krew …]     all without names
set -eu
. "$(dirname "$0")/debian-packages.sh"

api_server=k8s.io/apiextensions-apiserver@v0.34.2
helm=helm.sh/helm/v3/cmd/helm@v3.18.4
# Not for the tests of gitops: what checks the workflows, and what installs the kubectl plugin of a release.
actionlint=github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
krew=sigs.k8s.io/krew/cmd/krew@v0.4.3
folder=${MAESTRO_CLI_RIG:-${XDG_CACHE_HOME:-$HOME/.cache}/maestro-cli/rig}/bin

only=" $* "
wanted() {
  case $only in "  " | *" $1 "*) ;; *) return 1 ;; esac
}

# Go builds beside a test run would slow it down, so it takes second place.
install_go_program() {
  module=$1
  file=$folder/$(basename "${module%@*}")
  wanted "$(basename "$file")" || return 0
  if [ "$(cat "$file.version" 2>/dev/null)" = "$module" ] && [ -x "$file" ]; then
    echo "gitops rig: $module is in $folder"
    return
  fi
  if ! command -v go >/dev/null; then
    echo "gitops rig: no Go here, so $module is not installed and its tests are skipped"
    return
  fi
  echo "gitops rig: installing $module into $folder"
  GOBIN=$folder GOFLAGS=-mod=mod nice go install "$module"
  echo "$module" >"$file.version"
}

mkdir -p "$folder"
if ! wanted etcd; then
  :
elif command -v etcd >/dev/null; then
  echo "gitops rig: etcd is $(command -v etcd)"
elif command -v apt-get >/dev/null; then
  echo "gitops rig: installing the package etcd-server"
  install_packages etcd-server
else
  echo "gitops rig: no etcd and no apt-get here, so the tests that need etcd are skipped"
fi
# Taken out of the package and not installed with it, so that no Prometheus is started.
install_promtool() {
  wanted promtool || return 0
  if [ -x "$folder/promtool" ] || command -v promtool >/dev/null; then
    echo "gitops rig: promtool is there"
    return
  fi
  if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
    echo "gitops rig: no apt-get here, so promtool is not installed and its tests are skipped"
    return
  fi
  echo "gitops rig: taking promtool out of the package prometheus"
  scratch=$(mktemp -d)
  (
    cd "$scratch"
    download_packages prometheus
    dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/promtool
    # In one step: a half written program is found by nobody.
    mv usr/bin/promtool "$folder/promtool.new" && mv "$folder/promtool.new" "$folder/promtool"
  ) || echo "gitops rig: promtool could not be had, so its tests are skipped"
  rm -rf "$scratch"
}

# Not for the tests of gitops either: what runs the hook, and what checks the scripts for a shell.
if ! wanted hook; then
  :
elif command -v pre-commit >/dev/null && command -v shellcheck >/dev/null; then
  echo "gitops rig: pre-commit and shellcheck are there"
elif command -v apt-get >/dev/null; then
  echo "gitops rig: installing the packages pre-commit and shellcheck"
  install_packages pre-commit shellcheck ||
    echo "gitops rig: pre-commit and shellcheck could not be had, so their tests are skipped"
else
  echo "gitops rig: no apt-get here, so pre-commit and shellcheck are not installed and their tests are skipped"
fi

install_promtool
install_go_program "$api_server"
install_go_program "$helm"
install_go_program "$actionlint"
install_go_program "$krew"

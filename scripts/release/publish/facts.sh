#!/bin/sh
# Prints what the jobs of a release need of the commit, as lines of $GITHUB_OUTPUT. IMAGE says the image's name.
set -eu
version=$(sed -n 's/^  "version": "\([0-9A-Za-z.-]*\)",$/\1/p' package.json)
[ -n "$version" ] || { echo 'error: package.json says no version' >&2 && exit 1; }
tags=$IMAGE:$version
# Who asks for no version gets no preview.
case $version in *-*) ;; *) tags=$tags,$IMAGE:latest ;; esac
printf 'version=%s\n' "$version"
printf 'commit=%s\n' "$(git rev-parse HEAD)"
printf 'commit-date=%s\n' "$(git log -1 --format=%cI)"
printf 'tags=%s\n' "$tags"
base=$(sed -n 's/^FROM \([^ ]*\) AS base$/\1/p' Dockerfile)
[ -n "$base" ] || { echo 'error: Dockerfile names no base' >&2 && exit 1; }
printf 'base-name=%s\nbase-digest=%s\n' "${base%@*}" "${base#*@}"

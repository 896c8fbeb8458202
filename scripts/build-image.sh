#!/bin/sh
# Builds the image of the commit that is checked out, with what it says of
# itself: version, commit, date and base. Docker, or what ENGINE names.
#
#   sh scripts/build-image.sh [-t <name>] [--platform linux/arm64] …
#
# Arguments go to `build`; without -t the name is the released image's with the
# version as its tag.
set -eu
cd "$(dirname "$0")/.."

if [ -n "$(git status --porcelain --untracked-files=no)" ]; then
  echo "build-image: files differ from the commit that the image would name; commit or stash them first" >&2
  exit 1
fi
version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)
repository=$(sed -n "s/^export const imageRepository = '\(.*\)';$/\1/p" src/core/jobs/image.ts)
base=$(sed -n 's/^FROM \([^ ]*\) AS base$/\1/p' Dockerfile)

case " $* " in
  *" -t "* | *" --tag"*) ;;
  *) set -- -t "$repository:$version" "$@" ;;
esac

"${ENGINE:-docker}" build \
  --build-arg VERSION="$version" \
  --build-arg COMMIT="$(git rev-parse HEAD)" \
  --build-arg COMMIT_DATE="$(git log -1 --format=%cI)" \
  --label org.opencontainers.image.base.name="${base%@*}" \
  --label org.opencontainers.image.base.digest="${base#*@}" \
  "$@" .

#!/bin/sh
# npm.sh FOLDER: publishes the npm package of a release with its provenance, by the trust between the registry and the
# workflow. Run again it finds that it is there; another package under the version is an error, which nothing can mend
# but a new version.
set -eu
folder=$1
set -- "$folder"/openshift-hyperfleet-maestro-cli-*.tgz
if [ $# -ne 1 ] || [ ! -f "$1" ]; then echo "error: $folder has not one npm package" >&2 && exit 1; fi
tarball=$1
version=${tarball##*/openshift-hyperfleet-maestro-cli-}
version=${version%.tgz}
spec=@openshift-hyperfleet/maestro-cli@$version
ours=sha512-$(openssl dgst -sha512 -binary "$tarball" | base64 | tr -d '\n')

errors=$(mktemp)
trap 'rm -f "$errors"' EXIT
if ! theirs=$(npm view "$spec" dist.integrity 2>"$errors"); then
  # Neither this version nor, the first time, any other.
  grep -q E404 "$errors" || { cat "$errors" >&2 && exit 1; }
  theirs=
fi
if [ "$theirs" = "$ours" ]; then
  echo "$spec is published already"
  exit 0
fi
if [ -n "$theirs" ]; then
  echo "error: $spec is published with other contents ($theirs, not $ours); make a new version" >&2
  exit 1
fi
case $version in *-*) tag=next ;; *) tag=latest ;; esac
# A path without ./ could be taken for a repository.
case $tarball in /* | ./*) ;; *) tarball=./$tarball ;; esac
npm publish "$tarball" --provenance --access=public --tag="$tag"

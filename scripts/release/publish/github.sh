#!/bin/sh
# github.sh FOLDER: publishes the files of a release on GitHub under its tag. They go into a draft first, which nobody
# sees until all of them are there. Run again it fills the draft; a release that is published is left as it is.
set -eu
folder=$1
version=$(sed -n 's/^  "version": "\([0-9A-Za-z.-]*\)",$/\1/p' "$folder/artefacts.json")
[ -n "$version" ] || { echo "error: $folder/artefacts.json says no version" >&2 && exit 1; }
tag=v$version
[ -f "$folder/SHA256SUMS.sigstore.json" ] || { echo 'error: the checksums are not signed' >&2 && exit 1; }
(cd "$folder" && sha256sum --check --strict --quiet SHA256SUMS)

case $version in *-*) kind=--prerelease ;; *) kind=--latest ;; esac
draft=$(gh release view "$tag" --json isDraft --jq .isDraft 2>/dev/null) || draft=
case $draft in
false)
  echo "$tag is published already"
  exit 0
  ;;
true) gh release upload "$tag" "$folder"/* --clobber ;;
*)
  gh release create "$tag" "$folder"/* --draft --verify-tag "$kind" \
    --title="maestro-cli $version" --notes-file="$folder/RELEASE-NOTES.md"
  ;;
esac
gh release edit "$tag" --draft=false "$kind"

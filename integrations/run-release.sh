#!/bin/sh
# Runs the executable of a release: downloads it once, by its checksum, and keeps it. The pre-commit hook and the
# GitHub action start it, so that neither builds anything, nor needs Node, nor changes the Node that is there.
#
#   run-release.sh [COMMAND] [--release-…] [ARGUMENT …]     runs `maestro-cli COMMAND ARGUMENT …`
#   run-release.sh --release-path [--release-…]             prints where the executable lies, and runs nothing
#
# Options of ours stand before all others, or right behind the command:
#
#   --release-version=1.2.3      that release, in place of the one of the commit that this file is of
#   --release-sha256=HEX[,HEX]   the executable has to have one of these checksums; one for each processor in use
#
# What is trusted. With --release-sha256 nothing but that: a file with another checksum is never run, wherever it comes
# from and whatever the release says, and the kept one is looked at each time. Without it the release's own list,
# SHA256SUMS, is believed as HTTPS brings it: it tells of a download that is not whole or was changed on the way, not
# of a release that was replaced as a whole. What is kept was checked when it came, and --release-path, which runs once
# in a job, asks the release's list about it again.
#
# Environment: MAESTRO_CLI_RELEASE_URL, where the folders of releases lie (a mirror); MAESTRO_CLI_RELEASE_CACHE, where
# executables are kept, else `.release` in this clone, which goes when pre-commit throws the clone away.
#
# Exit codes are maestro-cli's: 2 settings that cannot be, 8 the download failed, 9 a wrong checksum.
set -eu

fail() {
  code=$1
  shift
  printf 'error: %s\n' "$*" >&2
  exit "$code"
}

here=$(cd -- "$(dirname -- "$0")/.." && pwd)
url=${MAESTRO_CLI_RELEASE_URL:-https://github.com/openshift-hyperfleet/maestro-cli/releases/download}
# What messages show: a mirror's address may hold a password.
shown=$(printf '%s' "$url" | sed 's,//[^/@]*@,//***@,')
cache=${MAESTRO_CLI_RELEASE_CACHE:-$here/.release}

command='' version='' pins='' path_only=''
case ${1-} in
[a-z]*)
  command=$1
  shift
  ;;
esac
while [ $# -gt 0 ]; do
  case $1 in
  --release-path)
    # A command is to be run: what it was given then is for it to refuse.
    [ -z "$command" ] || break
    path_only=1
    ;;
  --release-version=*)
    [ -z "$version" ] || fail 2 '--release-version is given twice'
    version=${1#*=}
    [ -n "$version" ] || fail 2 '--release-version= names no version'
    ;;
  --release-sha256=*)
    # Names of files follow without a sign between, and one of them must not add a checksum.
    [ -z "$pins" ] || fail 2 '--release-sha256 is given twice; give several checksums with commas between'
    pins=${1#*=}
    [ -n "$pins" ] || fail 2 '--release-sha256= names no checksum'
    ;;
  *) break ;;
  esac
  shift
done

# Of a tag this is the tag's own version, of another commit the version that it led to or followed.
if [ -z "$version" ]; then
  version=$(sed -n 's/^  "version": "\([^"]*\)",$/\1/p' "$here/package.json") || version=
  [ -n "$version" ] || fail 2 "$here/package.json tells no version; give --release-version=1.2.3"
fi
version=${version#v}
# It becomes a part of an address and of a path.
case $version in
'' | *[!0-9A-Za-z.-]* | *..* | [!0-9]*) fail 2 "--release-version=$version is no version; one is 1.2.3" ;;
esac
case $pins in
*[!0-9A-Fa-f,]* | ,* | *, | *,,*) fail 2 '--release-sha256 takes checksums in hexadecimal digits, with commas between' ;;
esac
pins=$(printf '%s' "$pins" | tr 'A-F,' 'a-f\n')
for pin in $pins; do
  [ ${#pin} -eq 64 ] || fail 2 "--release-sha256: $pin is no checksum, which has 64 hexadecimal digits"
done

for tool in curl sha256sum; do
  command -v $tool >/dev/null || fail 2 "there is no $tool on the PATH, which a release is downloaded and checked with"
done
others='where there is Node 24, the npm package @openshift-hyperfleet/maestro-cli does the same'
case $(uname -s)/$(uname -m) in
Linux/x86_64 | Linux/amd64) name=maestro-cli-linux-x64 loader=/lib64/ld-linux-x86-64.so.2 ;;
Linux/aarch64 | Linux/arm64) name=maestro-cli-linux-arm64 loader=/lib/ld-linux-aarch64.so.1 ;;
*) fail 2 "a release has executables for Linux on x64 and arm64, and this is $(uname -s) on $(uname -m); $others" ;;
esac
[ -e "$loader" ] ||
  fail 2 "the executable needs glibc, and this system has no $loader; $others"

temporary='' throwaway=''
# shellcheck disable=SC2317 # The trap calls it.
clean_up() {
  [ -z "$temporary" ] || rm -f -- "$temporary"
  [ -z "$throwaway" ] || rm -rf -- "$throwaway"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# A file of the release; what curl says of a failure stands before our line. $1 is its name, the rest is for curl.
download() {
  file=$1
  shift
  case $url in
  https://*) protocols='=https' ;;
  *) protocols='=http,https' ;;
  esac
  curl --fail --location --silent --show-error --proto "$protocols" --proto-redir "$protocols" --retry 2 \
    --connect-timeout 20 --speed-limit 1024 --speed-time 60 "$@" -- "$url/v$version/$file" ||
    fail 8 "$shown/v$version/$file could not be downloaded (curl ended with $?); is there a release $version?"
}

# Sets `wanted` to the checksums that are allowed, one a line: those given, else the one of the release's own list.
want() {
  wanted=$pins
  [ -z "$wanted" ] || return 0
  list=$(download SHA256SUMS) || exit $?
  wanted=$(printf '%s\n' "$list" | sed -n "s/^\([0-9a-f]\{64\}\) [ *]$name\$/\1/p")
  [ ${#wanted} -eq 64 ] || fail 9 "$shown/v$version/SHA256SUMS has not one checksum of $name"
}

# Sets `sum` to the checksum of a file; whether that is allowed.
check() {
  sum=$(sha256sum <"$1") || fail 8 "$1 cannot be read"
  sum=${sum%% *}
  case "
$wanted
" in
  *"
$sum
"*) ;;
  *) return 1 ;;
  esac
}

folder=$cache/$version
executable=$folder/$name
# Stands beside an executable that was checked when it came.
record=$executable.sha256
is_kept() {
  [ -x "$executable" ] && [ -s "$record" ] || return 1
  [ -n "$pins$path_only" ] || return 0
  want
  check "$executable"
}

# Makes a temporary file beside the place where the executable is kept, or in a folder of this run alone.
open_folder() {
  if { mkdir -p -- "$folder" && temporary=$(mktemp "$executable.part.XXXXXX"); } 2>/dev/null; then
    # Of runs that were killed while they downloaded.
    find "$folder" -name "$name.part.*" -mtime +0 -exec rm -f -- {} + 2>/dev/null || :
    return 0
  fi
  [ -z "$path_only" ] || fail 8 "$folder cannot be written; name another one by MAESTRO_CLI_RELEASE_CACHE"
  throwaway=$(mktemp -d "${TMPDIR:-/tmp}/maestro-cli.XXXXXX") || fail 8 'there is no folder that can be written'
  executable=$throwaway/$name
  temporary=$executable.part
  record=$executable.sha256
}

fetch() {
  want
  open_folder
  download "$name" --output "$temporary"
  check "$temporary" ||
    fail 9 "$shown/v$version/$name has the checksum $sum, and $(printf '%s' "$wanted" | tr '\n' ',') is allowed; it was not run"
  # Whole or not at all, for whoever starts at the same time.
  { chmod 0755 "$temporary" && mv -f -- "$temporary" "$executable"; } || fail 8 "$executable cannot be written"
  temporary=$record.$$
  { printf '%s\n' "$sum" >"$temporary" && mv -f -- "$temporary" "$record"; } || fail 8 "$record cannot be written"
  temporary=''
}

is_kept || fetch
if [ -n "$path_only" ]; then
  printf '%s\n' "$executable"
elif [ -n "$throwaway" ]; then
  "$executable" ${command:+"$command"} "$@"
else
  exec "$executable" ${command:+"$command"} "$@"
fi

#!/bin/sh
# Builds the image from the Dockerfile without a daemon, for this machine's
# processor and for arm64, and runs test/image/ on what came out. The bases are
# made here of Debian's packages in place of those that the Dockerfile names,
# because not every machine reaches their registries: what Debian puts into
# them is the same, and everything else in the Dockerfile is run as it stands.
#
#   sh scripts/check-image.sh
#
# Needs root, for chroot and for Debian's packages. Says so where it cannot run.
set -eu
cd "$(dirname "$0")/.."
. scripts/debian-packages.sh

cannot() {
  echo "image: not checked, because $1"
  exit 0
}
told=$(sh scripts/image-tools.sh) || cannot "${told##*image: }"
native=$(dpkg --print-architecture)

work=$(mktemp -d)
cat >"$work/buildah" <<END
#!/bin/sh
exec buildah --root $work/storage --runroot $work/run --storage-driver \${driver:-overlay} "\$@"
END
chmod +x "$work/buildah"
buildah=$work/buildah
clean_up() {
  "$buildah" umount --all >/dev/null 2>&1 || :
  "$buildah" rm --all >/dev/null 2>&1 || :
  rm -rf "$work"
}
trap clean_up EXIT
# Each step of a build has a copy of the whole file system otherwise.
"$buildah" images >/dev/null 2>&1 || export driver=vfs
export BUILDAH_ISOLATION=chroot

# A file system as packages leave it without their scripts: its root, then the packages.
unpack() {
  root=$1
  shift
  mkdir -p "$root/usr/bin" "$root/usr/sbin" "$root/usr/lib" "$root/usr/lib64" "$root/var/lib/dpkg/status.d"
  for folder in bin sbin lib lib64; do ln -s "usr/$folder" "$root/$folder"; done
  for package in "$@"; do
    dpkg-deb --fsys-tarfile "$work/debs/${package}"_*.deb | tar -x -C "$root" --keep-directory-symlink
    dpkg-deb --field "$work/debs/${package}"_*.deb >"$root/var/lib/dpkg/status.d/$package"
  done
}

# What distroless puts into its base for C++.
runtime="base-files netbase tzdata media-types ca-certificates libc6 libssl3 libstdc++6 libgcc-s1 libgomp1 gcc-12-base"
tools="dash coreutils sed tar gzip libacl1 libattr1 libselinux1 libpcre2-8-0"
mkdir "$work/debs"
# shellcheck disable=SC2086
(cd "$work/debs" && download_packages $runtime $tools) 2>/dev/null ||
  cannot "the packages of its bases cannot be had"
# shellcheck disable=SC2086
unpack "$work/runtime-$native" $runtime
# shellcheck disable=SC2086
unpack "$work/node" base-files libc6 libstdc++6 libgcc-s1 $tools
mkdir -p "$work/node/usr/local/bin" "$work/node/usr/local/lib/node_modules"
cp -L node_modules/node/bin/node "$work/node/usr/local/bin/"
cp -r "$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")" "$work/node/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$work/node/usr/local/bin/npm"
if [ "$native" != arm64 ]; then
  unpack "$work/runtime-arm64" base-files netbase tzdata media-types ca-certificates
  cp -r /usr/aarch64-linux-gnu/lib/. "$work/runtime-arm64/usr/lib/"
  # The Dockerfile installs what emulates arm64 where it is not.
  cp /usr/bin/qemu-aarch64-static "$work/node/usr/bin/"
  mkdir "$work/node/usr/aarch64-linux-gnu"
  cp -r /usr/aarch64-linux-gnu/lib "$work/node/usr/aarch64-linux-gnu/"
fi

# Puts a folder into the local storage as an image: the name, the processor, the folder, then variables of the image.
image() {
  name=$1 arch=$2 folder=$3
  shift 3
  container=$("$buildah" from --arch "$arch" scratch)
  "$buildah" add --quiet "$container" "$folder" / >/dev/null
  "$buildah" config --arch "$arch" --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@" "$container"
  "$buildah" commit --quiet --rm "$container" "localhost/$name" >/dev/null
}

# Where the file system of an image lies for the processor at hand.
mounted() {
  "$buildah" mount "$("$buildah" from --pull-never --arch "$arch" "localhost/$1")"
}

# The build asks the same registry as this machine, and trusts whom it trusts.
set -- --env "npm_config_registry=$(npm config get registry)"
if [ -n "${NODE_EXTRA_CA_CERTS:-}" ]; then
  cp -L "$NODE_EXTRA_CA_CERTS" "$work/node/etc/extra-ca.pem"
  set -- "$@" --env NODE_EXTRA_CA_CERTS=/etc/extra-ca.pem
fi
layouts=
node_base=$(sed -n 's/^FROM --platform=[^ ]* \([^ ]*\) AS build$/\1/p' Dockerfile)
base=$(sed -n 's/^FROM \([^ ]*\) AS base$/\1/p' Dockerfile)
for arch in $native $([ "$native" = arm64 ] || echo arm64); do
  image "runtime-$arch" "$arch" "$work/runtime-$arch"
  # Old versions of buildah ask for the stage on the building machine's processor as for the other; nothing looks at the
  # processor that it names.
  image "node-$arch" "$arch" "$work/node" "$@"
  echo "image: building for $arch"
  ENGINE=$buildah sh scripts/build-image.sh --tag "localhost/maestro-cli:$arch" --platform "linux/$arch" \
    --pull-never \
    --build-context "$base=docker-image://localhost/runtime-$arch:latest" \
    --build-context "$node_base=docker-image://localhost/node-$arch:latest" >"$work/build.log" 2>&1 ||
    { cat "$work/build.log"; exit 1; }
  base_root=$(mounted "runtime-$arch")
  root=$(mounted "maestro-cli:$arch")
  "$buildah" inspect --type image "localhost/maestro-cli:$arch" >"$work/$arch.json"
  layouts="$layouts${layouts:+,}\"$arch\":{\"root\":\"$root\",\"base\":\"$base_root\",\"config\":\"$work/$arch.json\"}"
done
echo "{$layouts}" >"$work/layouts.json"
MAESTRO_CLI_IMAGE_LAYOUTS=$work/layouts.json npx --no-install vitest run test/image

#!/bin/sh
# chart.sh FOLDER REGISTRY: pushes the chart of a release as an OCI artefact below REGISTRY and signs its digest.
set -eu
folder=$1
registry=$2
set -- "$folder"/multicluster-maestro-integrations-*.tgz
if [ $# -ne 1 ] || [ ! -f "$1" ]; then echo "error: $folder has not one chart" >&2 && exit 1; fi
told=$(helm push "$1" "oci://$registry" 2>&1) || { printf '%s\n' "$told" >&2 && exit 1; }
printf '%s\n' "$told"
digest=$(printf '%s\n' "$told" | sed -n 's/^Digest: \(sha256:[0-9a-f]\{64\}\)$/\1/p')
[ -n "$digest" ] || { echo 'error: helm told no digest, so the chart is not signed' >&2 && exit 1; }
cosign sign --yes "$registry/multicluster-maestro-integrations@$digest"

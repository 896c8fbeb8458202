# syntax=docker/dockerfile:1
# Makes the single executable with the packages of the lock file, and puts it on a base that holds the C++ library it
# needs and no shell. scripts/build-image.sh gives the arguments. Each base is an index of several platforms, named by
# its digest; Dependabot raises both, and `docker buildx imagetools inspect` shows what a tag leads to.
FROM gcr.io/distroless/cc-debian12:nonroot@sha256:9dac0a79194e45a7da0158a9c6da57b217585af0786db3845d1f0ec1a0dd182f AS base

# Runs on the building machine also when the image is for another processor.
FROM --platform=$BUILDPLATFORM docker.io/library/node:24.18.0-bookworm-slim@sha256:6f7b03f7c2c8e2e784dcf9295400527b9b1270fd37b7e9a7285cf83b6951452d AS build
WORKDIR /src
ARG BUILDARCH
ARG TARGETARCH
# What emulates arm64 makes the code caches of its executable, without which it costs twice as much to start.
RUN [ "$TARGETARCH" != arm64 ] || [ "$BUILDARCH" = arm64 ] || [ -x /usr/bin/qemu-aarch64-static ] \
 || { apt-get update \
 && apt-get install --yes --no-install-recommends qemu-user-static libstdc++6-arm64-cross libgcc-s1-arm64-cross; }
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci
COPY . .
COPY --from=base /var/lib/dpkg/status.d /base
ARG VERSION
ARG COMMIT
ARG COMMIT_DATE
# The node of the lock file, not the image's, is what the executable is made of.
RUN node_modules/node/bin/node scripts/image-root.ts --out /out --base-packages /base --arch "$TARGETARCH"

FROM base
COPY --from=build /out /
ARG VERSION
ARG COMMIT
ARG COMMIT_DATE
LABEL org.opencontainers.image.title="maestro-cli" \
      org.opencontainers.image.description="Applies, waits for, reads and deletes ManifestWorks through Maestro, and tells the truth about them" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$COMMIT" \
      org.opencontainers.image.created="$COMMIT_DATE" \
      org.opencontainers.image.source="https://github.com/openshift-hyperfleet/maestro-cli" \
      org.opencontainers.image.licenses="Apache-2.0"
# What the status-reporter beside us reads.
ENV MAESTRO_RESULTS_FORMAT=adapter-result
# By number, so that runAsNonRoot can be checked. Nothing is written but the
# result file that was asked for, so the root may be read-only.
USER 65532:65532
ENTRYPOINT ["maestro-cli"]
CMD ["--help"]

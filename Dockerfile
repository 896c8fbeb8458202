# syntax=docker/dockerfile:1
# Two stages: make the single executable with the packages of the lock file,
# then keep it on a base that holds the C++ library it needs and no shell.
# Runs on the building machine also when the image is for another processor.
FROM --platform=$BUILDPLATFORM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
ARG COMMIT=unknown
ARG COMMIT_DATE=unknown
ARG TARGETARCH
# The node of the lock file, not the image's, is what the executable is made of.
RUN arch=$(echo "$TARGETARCH" | sed s/amd64/x64/) \
 && node_modules/node/bin/node scripts/package.ts --out /out ${arch:+--arch "$arch"} \
 && rm /out/*.sha256 \
 && mv /out/maestro-cli-linux-* /out/maestro-cli

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build --chmod=0755 /out/maestro-cli /usr/local/bin/maestro-cli
COPY --from=build --chmod=0644 /out/maestro-cli.cdx.json /usr/share/doc/maestro-cli/maestro-cli.cdx.json
COPY LICENSE /licenses/maestro-cli/LICENSE
# What the status-reporter beside us reads.
ENV MAESTRO_RESULTS_FORMAT=adapter-result
# By number, so that runAsNonRoot can be checked. Nothing is written but the
# result file that was asked for, so the root may be read-only.
USER 65532:65532
CMD ["maestro-cli", "--help"]

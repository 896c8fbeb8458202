# Two stages: build the one-file command with the packages of the lock file,
# then keep only Node and that file.
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
ARG COMMIT=unknown
ARG COMMIT_DATE=unknown
RUN node scripts/build.ts

FROM node:24-bookworm-slim
COPY --from=build --chmod=0755 /src/dist/maestro-cli.cjs /usr/local/bin/maestro-cli
COPY LICENSE /licenses/maestro-cli/LICENSE
# What the status-reporter beside us reads.
ENV MAESTRO_RESULTS_FORMAT=adapter-result
USER 65532:65532
CMD ["maestro-cli", "--help"]

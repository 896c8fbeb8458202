import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { architectureOf, executableName } from '../../../scripts/artefacts/names.ts';
import { checksums, checksumsFile } from '../../../scripts/release/artefacts.ts';
import { packagedExecutable } from '../../support/executable.ts';
import { projectRoot } from '../../support/run-cli.ts';

/** The version of this commit, which hook and action take without being told one. */
export const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string };

export const thisMachines = executableName(architectureOf(process.arch));

export function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** What a server of releases does with a request for a file; it sends the file without it. */
export type Answer = { readonly status: number } | { readonly cutAfterBytes: number };

/** A server of releases on loopback. */
export interface ReleaseServer {
  /** For MAESTRO_CLI_RELEASE_URL. */
  readonly url: string;
  /** Paths that were asked for, `/v1.2.3/SHA256SUMS`. */
  readonly requests: readonly string[];
  /** Files by their path, `v1.2.3/SHA256SUMS`. */
  readonly files: Map<string, Buffer>;
  /** How the file of this name is answered from now on. */
  readonly answers: Map<string, Answer>;
  close(): Promise<void>;
}

export async function startReleaseServer(): Promise<ReleaseServer> {
  const requests: string[] = [];
  const files = new Map<string, Buffer>();
  const answers = new Map<string, Answer>();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push(path);
    const content = files.get(path.slice(1));
    const answer: Partial<{ status: number; cutAfterBytes: number }> = answers.get(basename(path)) ?? {};
    if (answer.status !== undefined || content === undefined) {
      response.writeHead(answer.status ?? 404).end();
      return;
    }
    response.writeHead(200, { 'content-length': content.length });
    if (answer.cutAfterBytes !== undefined)
      response.write(content.subarray(0, answer.cutAfterBytes), () => response.destroy());
    else response.end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    files,
    answers,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Puts a release into the server: executables by their name, and the checksums as the release script lists them. */
export function publish(
  server: ReleaseServer,
  executables: Readonly<Record<string, string | Buffer>>,
  of = version,
): void {
  const artefacts = Object.entries(executables).map(([name, content]) => ({
    name,
    kind: 'executable' as const,
    size: content.length,
    sha256: sha256(content),
  }));
  for (const [name, content] of Object.entries(executables)) server.files.set(`v${of}/${name}`, Buffer.from(content));
  server.files.set(`v${of}/${checksumsFile}`, Buffer.from(checksums(artefacts)));
}

/** The executable as it ships. */
export async function realExecutable(): Promise<Buffer> {
  return readFileSync(await packagedExecutable());
}

/** What a clone of this repository at a tag has of what hook and action use. */
export function cloneOfRepository(): string {
  const clone = mkdtempSync(join(tmpdir(), 'maestro-cli-clone-'));
  mkdirSync(join(clone, 'integrations'));
  for (const file of ['package.json', 'action.yml', '.pre-commit-hooks.yaml', 'integrations/run-release.sh'])
    copyFileSync(join(projectRoot, file), join(clone, file));
  chmodSync(join(clone, 'integrations/run-release.sh'), 0o755);
  return clone;
}

const work = `apiVersion: work.open-cluster-management.io/v1
kind: ManifestWork
metadata: {name: a, finalizers: [example.com/x]}
spec: {workload: {manifests: [{apiVersion: example.com/v1, kind: Gadget, metadata: {name: a, namespace: a}, spec: {size: 1, sise: 1}}]}}
`;

/** A user's repository: a work with a warning, and with an error for whom the schema beside it is given. */
export function usersRepository(): string {
  const repository = mkdtempSync(join(tmpdir(), 'maestro-cli-repository-'));
  mkdirSync(join(repository, 'deploy dir'));
  writeFileSync(join(repository, 'deploy dir/work.yaml'), work);
  copyFileSync(join(projectRoot, 'test/fixtures/validate/schemas/gadgets.yaml'), join(repository, 'gadgets.yaml'));
  return repository;
}

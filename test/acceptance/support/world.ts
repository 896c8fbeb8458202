import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startStandIn, type StandIn, type StandInOptions } from '../../../src/standin/index.ts';

const folders: string[] = [];
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that goes away with the test worker, so that tests may run side by side. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-cli-acceptance-'));
  folders.push(folder);
  return folder;
}

/** A stand-in that closes with the test. */
export async function testStandIn(options: StandInOptions = {}): Promise<StandIn> {
  const standIn = await startStandIn({ consumers: ['c1'], ...options });
  onTestFinished(() => standIn.close());
  return standIn;
}

/** The environment by which the program reaches a stand-in. */
export function endpoints(
  standIn: Pick<StandIn, 'httpEndpoint' | 'grpcEndpoint' | 'certificates'>,
): Record<string, string> {
  const { certificates } = standIn;
  return {
    MAESTRO_HTTP_ENDPOINT: standIn.httpEndpoint,
    MAESTRO_GRPC_ENDPOINT: `${certificates === undefined ? 'grpc' : 'grpcs'}://${standIn.grpcEndpoint}`,
    ...(certificates === undefined ? {} : { MAESTRO_GRPC_SERVER_CA_FILE: certificates.caFile }),
  };
}

/** A ManifestWork with one ConfigMap, as a user writes it. */
export function configMapWork(name: string, data: Readonly<Record<string, string>> = { key: 'one' }): string {
  const values = Object.entries(data).map(([key, value]) => `            ${key}: ${JSON.stringify(value)}\n`);
  return `apiVersion: work.open-cluster-management.io/v1
kind: ManifestWork
metadata:
  name: ${name}
spec:
  workload:
    manifests:
      - apiVersion: v1
        kind: ConfigMap
        metadata:
          name: ${name}
          namespace: default
        data:
${values.join('').replace(/^ {2}/gm, '')}`;
}

/** Writes a manifest into a folder and gives its path. */
export function manifestFile(folder: string, name: string, data?: Readonly<Record<string, string>>): string {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, configMapWork(name, data));
  return file;
}

/** A row as REST shows it, as far as tests look at it. */
export interface StoredRow {
  readonly id: string;
  readonly version: number;
  readonly deleted_at?: string;
  readonly metadata: { readonly name: string };
  readonly manifests: readonly { readonly data?: Record<string, string> }[];
  readonly status?: {
    readonly ObservedVersion: number;
    readonly conditions: readonly {
      readonly type: string;
      readonly status: string;
      readonly observedGeneration: number;
    }[];
  };
}

/** Every row of a stand-in that is served in plaintext. */
export async function storedRows(standIn: StandIn): Promise<readonly StoredRow[]> {
  const answer = await fetch(`${standIn.httpEndpoint}/api/maestro/v1/resource-bundles?size=1000`);
  return ((await answer.json()) as { items: StoredRow[] }).items;
}

export async function storedRow(standIn: StandIn, name: string): Promise<StoredRow | undefined> {
  const rows = (await storedRows(standIn)).filter((row) => row.metadata.name === name);
  if (rows.length > 1) throw new Error(`${rows.length} rows are named ${name}`);
  return rows[0];
}

/** The result file, parsed; undefined while there is none. */
export function readResult(file: string): Record<string, unknown> | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>) : undefined;
}

import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { connectInProcess } from '../../../src/clients/in-process.ts';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import { createStandIn, type InProcessOptions, type InProcessStandIn } from '../../../src/standin/index.ts';
import { runCli, type CliRun } from '../../support/run-cli.ts';
import { testFolder } from './world.ts';

export const source = 'hyperfleet';

/** A ManifestWork of ConfigMaps as an adapter writes it; `spec` is more of its spec, in YAML. */
export function adapterWork(name: string, objects: Readonly<Record<string, string>>, spec = ''): string {
  const manifests = Object.entries(objects).map(
    ([object, value]) =>
      `    - {apiVersion: v1, kind: ConfigMap, metadata: {name: ${object}, namespace: default}, data: {v: ${JSON.stringify(value)}}}\n`,
  );
  return `apiVersion: work.open-cluster-management.io/v1
kind: ManifestWork
metadata: {name: ${JSON.stringify(name)}}
spec:
${spec}  workload:
    manifests:
${manifests.join('')}`;
}

/** An object as it stands on a simulated cluster, for comparing before and after. */
export interface SeenObject {
  readonly name: string;
  readonly uid: string;
  readonly value: unknown;
  readonly owners: number;
}

/** A world of one plan: a stand-in without ports, a folder, and the command. */
export interface MigrationWorld {
  readonly standIn: InProcessStandIn;
  readonly folder: string;
  /** Runs the command as the source of the works; a plan is `plan.json`. */
  run(...argv: readonly string[]): Promise<CliRun>;
  /** As `run`, for what has to succeed. */
  done(...argv: readonly string[]): Promise<CliRun>;
  /** Writes a work as a manager, and waits until it is applied. */
  apply(consumer: string, manager: string, document: string): Promise<void>;
  /** Writes a work as a client that knows nothing of migrations; gives the version that is stored then. */
  writeBeside(name: string, objects: Readonly<Record<string, string>>): Promise<number>;
  names(consumer: string): Promise<readonly string[]>;
  objects(consumer?: string): readonly SeenObject[];
}

export async function migrationWorld(options: InProcessOptions = {}): Promise<MigrationWorld> {
  const standIn = await createStandIn({ consumers: ['c1'], ...options });
  onTestFinished(() => standIn.close());
  const folder = testFolder();
  const env = { MAESTRO_SOURCE_ID: source };
  const run = (...argv: readonly string[]): Promise<CliRun> => runCli(argv, { cwd: folder, maestro: standIn, env });
  const done = async (...argv: readonly string[]): Promise<CliRun> => {
    const ended = await run(...argv);
    expect(ended.exitCode, `${argv.join(' ')}\n${ended.stderr}`).toBe(0);
    return ended;
  };
  return {
    standIn,
    folder,
    run,
    done,
    apply: async (consumer, manager, document) => {
      const ended = await runCli(
        ['apply', '-f', 'w.yaml', `--consumer=${consumer}`, `--manager=${manager}`, '--watch', '--timeout=20s'],
        { cwd: folder, maestro: standIn, env, files: { 'w.yaml': document } },
      );
      expect(ended.exitCode, ended.stderr).toBe(0);
    },
    writeBeside: async (name, objects) => {
      const maestro = connectInProcess(standIn);
      const { reader, writer } = maestro;
      const options = { signal: new AbortController().signal, deadlineMs: systemClock.monotonicMs() + 10_000 };
      const id = bundleId(source, 'c1', name);
      const { version = 0 } = (await reader.getBundle(id, options)) ?? {};
      const manifests = Object.entries(objects).map(([object, v]) => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: object, namespace: 'default' },
        data: { v },
      }));
      const work = { name, labels: {}, annotations: {}, manifests, manifestConfigs: [] };
      await writer.publish({ kind: 'update', target: { id, consumer: 'c1', source }, work, version }, options);
      await maestro.close();
      return version + 1;
    },
    names: async (consumer) => {
      const { stdout } = await done('list', `--consumer=${consumer}`, '-o', 'name');
      return stdout
        .trim()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.slice(line.lastIndexOf('/') + 1))
        .sort();
    },
    objects: (consumer = 'c1') =>
      standIn
        .objects(consumer)
        .map(({ uid, manifest, owners }) => ({
          name: (manifest['metadata'] as { name: string }).name,
          uid,
          value: (manifest['data'] as { v?: unknown } | undefined)?.v,
          owners: owners.length,
        }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** The plan file of a world. */
export function planFile({ folder }: Pick<MigrationWorld, 'folder'>): string {
  return join(folder, 'plan.json');
}

/** The three works of three adapters on a cluster. */
export async function threeAdapters(world: MigrationWorld, consumer = 'c1'): Promise<void> {
  await world.apply(consumer, 'ns', adapterWork(`hyperfleet-${consumer}-ns`, { base: '1' }));
  await world.apply(consumer, 'np', adapterWork(`hyperfleet-${consumer}-np`, { pool: '1', size: '1' }));
  await world.apply(consumer, 'idp', adapterWork(`hyperfleet-${consumer}-idp`, { idp: '1' }));
}

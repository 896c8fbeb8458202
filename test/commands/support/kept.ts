import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StandIn } from '../../../src/standin/index.ts';
import { expect } from 'vitest';
import { runCli, type CliOptions, type CliRun } from '../../support/run-cli.ts';

/** Runs of one person: all have the same folder for what is remembered. */
export interface Person {
  /** XDG_STATE_HOME. */
  readonly state: string;
  run(argv: readonly string[], options?: CliOptions): Promise<CliRun>;
  /** The same, and it must succeed. */
  done(argv: readonly string[], options?: CliOptions): Promise<CliRun>;
  apply(text: string, ...argv: readonly string[]): Promise<CliRun>;
}

export function personWith(maestro: () => StandIn): Person {
  const state = mkdtempSync(join(tmpdir(), 'maestro-cli-state-'));
  const run: Person['run'] = (argv, options = {}) =>
    runCli(argv, { endpoints: maestro(), ...options, env: { XDG_STATE_HOME: state, ...options.env } });
  const done: Person['done'] = async (argv, options) => {
    const ended = await run(argv, options);
    expect(ended.exitCode, ended.stderr).toBe(0);
    return ended;
  };
  return {
    state,
    run,
    done,
    apply: (text, ...argv) => done(['apply', '-f', 'w.yaml', '-c', 'c1', ...argv], { files: { 'w.yaml': text } }),
  };
}

/** Every file below a folder, with its text. */
export function filesBelow(
  folder: string,
): readonly { readonly path: string; readonly text: string; readonly mode: number }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => ({ path, text: readFileSync(path, 'utf8'), mode: statSync(path).mode & 0o777 }));
}

/** Kept versions, without what is said of the work. */
export const versionFiles = (folder: string): readonly string[] =>
  filesBelow(folder)
    .map(({ path }) => path)
    .filter((path) => /\d{10}\.json$/.test(path))
    .sort();

export function secretYaml(name: string, password: string, value = 'one'): string {
  return `apiVersion: work.open-cluster-management.io/v1
kind: ManifestWork
metadata: {name: ${name}}
spec:
  workload:
    manifests:
    - apiVersion: v1
      kind: Secret
      metadata:
        name: db
        namespace: default
        annotations: {copy: "password is ${password}"}
      stringData: {password: ${password}}
    - apiVersion: v1
      kind: ConfigMap
      metadata: {name: settings, namespace: default}
      data: {key: ${value}}
`;
}

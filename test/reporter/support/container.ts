import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { StandIn } from '../../../src/standin/index.ts';
import { containerOf, envOf, type JobObject } from '../../jobs/support/objects.ts';
import { commandWords, startProcess, type Running } from '../../support/process.ts';
import type { ContainerState } from './status-reporter.ts';

/** The user of the image, and another one who reads. */
export const commandUser = 65_532;
export const readingUser = 65_531;

/** Words that start a program as another user; undefined with the reason when this machine cannot. */
export function asUser(user: number): { readonly prefix: readonly string[] } | { readonly missing: string } {
  if (process.getuid?.() !== 0) return { missing: 'not root' };
  const prefix = ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups'];
  try {
    execFileSync('setpriv', [...prefix.slice(1), process.execPath, '--version'], { stdio: 'ignore' });
    return { prefix };
  } catch {
    return { missing: 'setpriv cannot start Node as another user' };
  }
}

/** Reads a file as a user who is neither root nor its owner. */
export function readAsAnother(file: string): Uint8Array {
  const other = asUser(readingUser);
  if ('missing' in other) throw new Error(other.missing);
  const [program = '', ...argv] = other.prefix;
  return execFileSync(program, [...argv, 'cat', file], {
    maxBuffer: 4 * 1_048_576,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** A pod's volumes as folders: everybody may enter, only the command's user may write to /shared. */
export interface Pod {
  readonly folder: string;
  readonly shared: string;
  readonly results: string;
}

export function pod(manifest?: string): Pod {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-cli-pod-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  for (const name of ['shared', 'config', 'tls', 'token']) mkdirSync(join(folder, name), { mode: 0o755 });
  const shared = join(folder, 'shared');
  if (process.getuid?.() === 0) chownSync(shared, commandUser, commandUser);
  if (manifest !== undefined) writeFileSync(join(folder, 'config/manifest.yaml'), manifest);
  return { folder, shared, results: join(shared, 'results.json') };
}

export interface ContainerRun {
  readonly running: Running;
  readonly state: () => ContainerState;
}

/**
 * Runs the command of a Job as its container would, with the folders of the pod
 * in place of its mounts and a stand-in in place of Maestro.
 */
export async function startContainer(job: JobObject, place: Pod, standIn: StandIn): Promise<ContainerRun> {
  mountCredentials(place, standIn);
  const container = containerOf(job, 'maestro-cli');
  const [, command = ''] = container.command ?? [];
  const here = (text: string): string => inFolder(text, place);
  const argv = [command, ...(container.args ?? []).map((text) => here(elsewhere(text, standIn)))];
  const env = Object.fromEntries(Object.entries(envOf(container)).map(([name, value]) => [name, here(value)]));
  return start(argv, env);
}

/** Runs any command line as the user of the image. */
export async function start(argv: readonly string[], env: Readonly<Record<string, string>>): Promise<ContainerRun> {
  const command = await commandWords();
  // The bundle lies in a folder for its owner only; the image has it for everybody.
  if (process.env['MAESTRO_CLI_UNDER_TEST'] === undefined) chmodSync(dirname(command.at(-1) ?? ''), 0o755);
  const user = asUser(commandUser);
  const words = [...('prefix' in user ? user.prefix : []), ...command, ...argv];
  const running = startProcess(words[0] ?? '', words.slice(1), { env: { ...env, HOME: '/' } });
  let state: ContainerState = 'running';
  void running.done.then(({ exitCode }) => (state = { exitCode: exitCode ?? 137 }));
  return { running, state: () => state };
}

function inFolder(text: string, { folder }: Pod): string {
  return text
    .replace(/(^|=)\/(shared|config)\//, (_whole, before: string, name: string) => `${before}${folder}/${name}/`)
    .replace(/^\/etc\/maestro\/tls\//, `${folder}/tls/`)
    .replace(/^\/var\/run\/secrets\/maestro\//, `${folder}/token/`);
}

function elsewhere(text: string, standIn: StandIn): string {
  return text
    .replace('=maestro-grpc:8090', `=${standIn.grpcEndpoint}`)
    .replace('=maestro-http:8000', `=${standIn.httpEndpoint}`);
}

function mountCredentials({ folder }: Pod, { certificates }: StandIn): void {
  if (certificates === undefined) return;
  const { caFile, clientCertFile, clientKeyFile } = certificates;
  const put = (from: string, to: string): void => {
    copyFileSync(from, join(folder, to));
    chmodSync(join(folder, to), 0o644);
  };
  put(caFile, 'tls/ca.crt');
  put(clientCertFile, 'tls/tls.crt');
  put(clientKeyFile, 'tls/tls.key');
  writeFileSync(join(folder, 'token/token'), 'a-token');
}

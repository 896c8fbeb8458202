/**
 * A tour for newcomers: starts the stand-in, runs real commands against it and
 * shows what each prints. Exits 0 only when every step ended as it should.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const command = join(root, 'bin/maestro-cli');
const folder = mkdtempSync(join(tmpdir(), 'maestro-demo-'));

const manifest = (replicas: number): string => `apiVersion: work.open-cluster-management.io/v1
kind: ManifestWork
metadata:
  name: hyperfleet-cluster-west-1-nodepool
spec:
  workload:
    manifests:
    - apiVersion: v1
      kind: Namespace
      metadata:
        name: nodepool
    - apiVersion: v1
      kind: ConfigMap
      metadata:
        name: workers
        namespace: nodepool
      data:
        replicas: "${replicas}"
`;

async function main(): Promise<number> {
  const standIn = spawn(command, ['dev', '--http-port=0', '--grpc-port=0', '--consumers=cluster-west-1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const endpoints = await endpointsOf(standIn);
    console.log(
      `A stand-in for Maestro runs with a simulated agent for cluster-west-1 (${endpoints.MAESTRO_HTTP_ENDPOINT}).\n`,
    );
    return (await tour({ ...process.env, ...endpoints })) ? 0 : 1;
  } finally {
    await stopped(standIn);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function tour(env: NodeJS.ProcessEnv): Promise<boolean> {
  const work = ['--name=hyperfleet-cluster-west-1-nodepool', '--consumer=cluster-west-1'];
  const results = join(folder, 'results.json');
  writeFileSync(join(folder, 'work.yaml'), manifest(3));
  const steps: readonly { readonly about: string; readonly args: readonly string[] }[] = [
    {
      about: 'Create a work and wait until the cluster has applied it',
      args: ['apply', '-f', 'work.yaml', '--consumer=cluster-west-1', '--watch', '--results-path=results.json'],
    },
    {
      about: 'Apply it again: nothing changed, so nothing is sent',
      args: ['apply', '-f', 'work.yaml', '--consumer=cluster-west-1'],
    },
    { about: 'Change it', args: ['apply', '-f', 'changed.yaml', '--consumer=cluster-west-1'] },
    { about: 'Wait until the change is available', args: ['wait', ...work, '--for=Available', '--timeout=1m'] },
    { about: 'List the works of the cluster', args: ['list', '--consumer=cluster-west-1'] },
    { about: 'See it whole', args: ['get', ...work, '-o', 'manifestwork'] },
    { about: 'Delete it and wait until it is gone', args: ['delete', ...work, '--all', '--watch'] },
    { about: 'List again', args: ['list', '--consumer=cluster-west-1'] },
  ];
  for (const step of steps) {
    if (step.args.includes('changed.yaml')) writeFileSync(join(folder, 'changed.yaml'), manifest(4));
    console.log(`# ${step.about}\n$ maestro-cli ${step.args.join(' ')}`);
    const exitCode = await run(step.args, env);
    if (exitCode !== 0) {
      console.log(`exit ${exitCode}, expected 0`);
      return false;
    }
    if (step.args.includes('--results-path=results.json'))
      console.log(
        `\n# What it left for other programs\n$ cat results.json\n${readFileSync(results, 'utf8').trimEnd()}`,
      );
    console.log('');
  }
  console.log(
    'That was maestro-cli. The same commands work against a real Maestro: give --http-endpoint and --grpc-endpoint.',
  );
  return true;
}

async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number | null> {
  const child = spawn(command, [...args], { cwd: folder, env, stdio: ['ignore', 'inherit', 'inherit'] });
  return new Promise((resolve, reject) => child.on('error', reject).on('exit', resolve));
}

/** Reads the two addresses that the stand-in prints once it listens. */
async function endpointsOf(standIn: ChildProcess): Promise<Record<string, string>> {
  let text = '';
  for await (const chunk of standIn.stdout ?? []) {
    text += String(chunk);
    const found: Record<string, string> = {};
    for (const [, name = '', value = ''] of text.matchAll(/export (\w+)=(\S+)\n/g)) found[name] = value;
    if (found['MAESTRO_HTTP_ENDPOINT'] !== undefined && found['MAESTRO_GRPC_ENDPOINT'] !== undefined) {
      return found;
    }
  }
  throw new Error(`the stand-in did not start:\n${text}`);
}

async function stopped(standIn: ChildProcess): Promise<void> {
  if (standIn.exitCode !== null) return;
  const ended = new Promise((resolve) => standIn.on('exit', resolve));
  standIn.kill('SIGTERM');
  await ended;
}

process.exitCode = await main();

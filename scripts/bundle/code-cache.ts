/**
 * Writes V8's code caches beside the scripts of a bundle. Run as a process of
 * its own, without flags as the command is, because V8 takes a cache only under
 * the flags that made it. It runs ordinary commands against the stand-in first,
 * so that the caches hold what commands use, compiled.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import { createLoader, type BundleIndex } from '../../bin/load.ts';
import type { Host, main as realMain } from '../../src/main.ts';

type Main = typeof realMain;

const manifest = (value: string): string => `apiVersion: work.open-cluster-management.io/v1
kind: ManifestWork
metadata:
  name: warm-up
spec:
  workload:
    manifests:
    - apiVersion: v1
      kind: ConfigMap
      metadata: { name: warm-up, namespace: default }
      data: { key: "${value}" }
  manifestConfigs:
  - resourceIdentifier: { group: '', resource: configmaps, name: warm-up, namespace: default }
    updateStrategy: { type: ServerSideApply }
    feedbackRules:
    - type: JSONPaths
      jsonPaths: [{ name: key, path: .data.key }]
`;

/**
 * A cache also says of each function how hot it was when the cache was made, and V8 then compiles it a second time as
 * soon as it runs, in a short run too. So nothing becomes hot here, and nothing that ran is thrown away.
 */
const whileWarmingUp = ['sparkplug', 'maglev', 'opt', 'flush-bytecode'];

function setWarmUp(isOn: boolean): void {
  for (const name of whileWarmingUp) setFlagsFromString(isOn ? `--no-${name}` : `--${name}`);
}

async function makeCaches(outfile: string, standInNode: string): Promise<void> {
  const folder = outfile.replace(/\.cjs$/, '');
  const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as BundleIndex;
  const loader = createLoader(
    index,
    (file) => (file.endsWith('.cache') ? undefined : readFileSync(join(folder, file))),
    createRequire(import.meta.url),
  );
  const before = new Script('0').createCachedData();
  setWarmUp(true);
  const { main } = loader.require('./main.js') as { main: Main };
  const work = mkdtempSync(join(tmpdir(), 'maestro-cli-warm-up-'));
  try {
    await withStandIn([standInNode, outfile], [], async (endpoints) => runCommands(main, work, endpoints, usual));
    // Over TLS gRPC goes by another way, which is as common.
    const tls = ['--access=mtls', `--access-dir=${join(work, 'access')}`];
    await withStandIn([standInNode, outfile], tls, async (endpoints) => runCommands(main, work, endpoints, secured));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  // V8 takes a cache only under the flags that made it.
  setWarmUp(false);
  // Another text, as V8 remembers the first; it compares only the length.
  if (new Script('1', { cachedData: before }).cachedDataRejected === true)
    throw new Error('V8 has other flags than before the warm-up, and the command would refuse its caches');
  for (const [name, script] of loader.scripts) writeFileSync(join(folder, `${name}.cache`), script.createCachedData());
}

async function withStandIn(
  [node, outfile]: readonly [string, string],
  flags: readonly string[],
  use: (endpoints: NodeJS.ProcessEnv) => Promise<void>,
): Promise<void> {
  const argv = ['dev', '--http-port=0', '--grpc-port=0', '--consumers=c1', '--agent-delay=10ms', ...flags];
  const standIn = spawn(node, [outfile, ...argv], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await use(await endpointsOf(standIn, flags.length > 0));
  } finally {
    standIn.kill('SIGTERM');
  }
}

interface Step {
  /** What the work holds from then on. */
  readonly value?: string;
  readonly argv: readonly string[];
}

const apply = ['apply', '-f', 'work.yaml', '--consumer=c1', '--results-path=result.json'];
const one = ['--name=warm-up', '--consumer=c1'];
const usual: readonly Step[] = [
  { argv: ['version'] },
  { value: 'a', argv: [...apply, '--watch'] },
  { value: 'b', argv: apply },
  { argv: apply },
  { argv: ['wait', ...one, '--for=Applied'] },
  { argv: ['get', ...one] },
  { argv: ['list', '--consumer=c1'] },
  { argv: ['__complete', '--', 'get', '--consumer=c1', ''] },
  { argv: ['delete', ...one, '--all', '--watch'] },
  // A second round finds the pools and parsers used, as the polls of a wait do.
  { value: 'c', argv: [...apply, '--watch'] },
];
const secured: readonly Step[] = [
  { value: 'd', argv: [...apply, '--watch'] },
  { value: 'e', argv: apply },
];

async function runCommands(
  main: Main,
  work: string,
  endpoints: NodeJS.ProcessEnv,
  steps: readonly Step[],
): Promise<void> {
  for (const { value, argv } of steps) {
    if (value !== undefined) writeFileSync(join(work, 'work.yaml'), manifest(value));
    const ended = await run(main, argv, work, endpoints);
    if (ended.exitCode !== 0)
      throw new Error(`warm-up: ${argv.join(' ')} ended with ${String(ended.exitCode)}: ${ended.text}`);
  }
}

async function run(
  main: Main,
  argv: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ exitCode: Host['exitCode']; text: string }> {
  let text = '';
  const stream = (): NodeJS.WriteStream =>
    new Writable({
      write: (chunk, _encoding, done) => {
        text += String(chunk);
        done();
      },
    }) as NodeJS.WriteStream;
  const { version, platform, arch, stdin, pid } = process;
  const host = {
    argv: ['node', 'maestro-cli', ...argv],
    version,
    platform,
    arch,
    stdin,
    pid,
    env,
    stdout: stream(),
    stderr: stream(),
    cwd: () => cwd,
    on: () => host,
    exit: () => undefined,
    exitCode: undefined,
  } as unknown as Host;
  await main(host);
  return { exitCode: host.exitCode, text };
}

/** Reads what the stand-in prints once it listens: two addresses, and with TLS the files to use, a token the last. */
async function endpointsOf(standIn: ChildProcess, secure: boolean): Promise<NodeJS.ProcessEnv> {
  const awaited = ['MAESTRO_HTTP_ENDPOINT', 'MAESTRO_GRPC_ENDPOINT', ...(secure ? ['MAESTRO_HTTP_TOKEN_FILE'] : [])];
  let text = '';
  for await (const chunk of standIn.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    text += String(chunk);
    const found: NodeJS.ProcessEnv = {};
    for (const [, name = '', value = ''] of text.matchAll(/export (\w+)=(\S+)\n/g)) found[name] = value;
    if (awaited.every((name) => found[name] !== undefined)) return found;
  }
  throw new Error(`the stand-in did not start:\n${text}`);
}

// An emulated Node makes caches for its processor, and cannot start another one like itself.
const [outfile, standInNode = process.execPath] = process.argv.slice(2);
if (outfile === undefined) throw new Error('give the loader whose bundle gets caches');
await makeCaches(outfile, standInNode);

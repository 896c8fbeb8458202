import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { planLines } from '../../src/gitops/handover/plan-lines.ts';
import { plan as handoverPlan } from '../commands/gitops/migrate/support.ts';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { commands } from '../../src/commands/index.ts';
import { shellWords } from '../support/shell-words.ts';
import { MaestroError } from '../../src/errors.ts';
import { systemClock, type Clock } from '../../src/clock.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { emptyFolder, runCli, type CliRun } from '../support/run-cli.ts';

/** Codes that an example rightly ends with, besides 0. */
const alsoRight: Readonly<Record<string, readonly number[]>> = {
  diff: [1],
  watch: [130],
  list: [130],
  events: [130],
  dev: [130],
  // There is no terminal here.
  ui: [2],
  'gitops controller': [130],
  // Of a hub that is away.
  // Its example reads a file that its neighbour would have written, had there been a hub.
  'gitops baseline': [4, 8],
  'gitops freeze': [8],
  'gitops unfreeze': [8],
  'gitops uninstall': [8],
  'gitops check': [8],
  ...Object.fromEntries(['plan', 'run', 'finish', 'rollback', 'status'].map((name) => [`gitops migrate ${name}`, [8]])),
};
/** These go on until they are interrupted. */
const endless =
  /^maestro-cli (watch|dev|gitops controller)\b|^maestro-cli list .*--watch|^maestro-cli events .*--follow/s;

const job = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'init', namespace: 'default' },
  spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'busybox' }] } } },
};
const feedback = {
  resourceIdentifier: { group: 'batch', resource: 'jobs', namespace: 'default', name: 'init' },
  feedbackRules: [
    { type: 'WellKnownStatus' },
    { type: 'JSONPaths', jsonPaths: [{ name: 'Complete', path: '.status.conditions[0].status' }] },
  ],
};
const work = (name: string): unknown => ({
  apiVersion: 'work.open-cluster-management.io/v1',
  kind: 'ManifestWork',
  metadata: { name, labels: { release: '7' } },
  spec: { workload: { manifests: [job] }, manifestConfigs: [feedback] },
});
const crd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
};

/** A hub that is away, which a controller waits for. */
const kubeconfig = {
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'hub',
  contexts: [{ name: 'hub', context: { cluster: 'hub', user: 'hub' } }],
  clusters: [{ name: 'hub', cluster: { server: 'https://127.0.0.1:1' } }],
  users: [{ name: 'hub', user: {} }],
};

/** Time that goes by twenty times as fast, because --feedback-settle has a default of 20 s. */
function fastClock(): Clock {
  const startMs = performance.now();
  const startWallMs = Date.now();
  const elapsedMs = (): number => (performance.now() - startMs) * 20;
  return {
    wallMs: () => startWallMs + elapsedMs(),
    monotonicMs: elapsedMs,
    sleep: async (ms, signal) => systemClock.sleep(ms / 20, signal),
  };
}

const running: StandIn[] = [];
afterEach(async () => {
  for (const standIn of running.splice(0)) await standIn.close();
});

/** A Maestro and a working folder in which every example makes sense. */
async function prepared(): Promise<{ readonly cwd: string; readonly env: Record<string, string> }> {
  const standIn = await startStandIn({
    consumers: [
      { name: 'cluster-west-1', labels: { env: 'prod' } },
      { name: 'c1', labels: { ring: 'canary' } },
    ],
  });
  running.push(standIn);
  const cwd = emptyFolder();
  const env = {
    MAESTRO_HTTP_ENDPOINT: standIn.httpEndpoint,
    MAESTRO_GRPC_ENDPOINT: `grpc://${standIn.grpcEndpoint}`,
    XDG_CONFIG_HOME: cwd,
    XDG_STATE_HOME: cwd,
    MAESTRO_EDITOR: 'true',
    KUBECONFIG: join(cwd, 'hub.yaml'),
  };
  mkdirSync(join(cwd, 'deploy'));
  mkdirSync(join(cwd, 'crds'));
  mkdirSync(join(cwd, 'manifests'));
  const files: Record<string, unknown> = {
    'work.yaml': work('hyperfleet-c1-job'),
    'job.yaml': job,
    'nodepool.yaml': { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'np', namespace: 'default' } },
    'manifests/np.yaml': { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'np', namespace: 'default' } },
    'deploy/work.yaml': work('deployed'),
    'crds/widgets.yaml': crd,
    'clusters.json': [{ name: 'cluster-west-1', labels: { env: 'prod' } }],
    'hub.yaml': kubeconfig,
    'team.yaml': { 'current-context': 'dev', contexts: { dev: {}, prod: {} } },
  };
  for (const [name, value] of Object.entries(files)) writeFileSync(join(cwd, name), JSON.stringify(value));
  writeFileSync(join(cwd, 'to-maestro.plan'), [...planLines(handoverPlan)].map((line) => `${line}\n`).join(''));
  for (const name of ['w', 'hyperfleet-c1-job']) {
    const applied = await runCli(['apply', '-f', 'work.yaml', `--name=${name}`, '--consumer=c1', '--watch'], {
      cwd,
      env,
    });
    expect(applied).toMatchObject({ exitCode: 0 });
  }
  for (const name of ['dev', 'prod'])
    await runCli(['config', 'set-context', name, '--source-id=maestro-cli', '--use'], { cwd, env });
  return { cwd, env };
}

/** Runs what stands before the first pipe of each part, as a shell would; `>` writes the file. */
async function runExample(
  command: string,
  world: { readonly cwd: string; readonly env: Record<string, string> },
): Promise<CliRun> {
  let last: CliRun | undefined;
  for (const part of partsOf(shellWords(command))) {
    const [program, ...words] = part.words;
    expect(program).toBe('maestro-cli');
    const stop = new AbortController();
    const options = { ...world, signal: stop.signal, clock: fastClock() };
    const run = runCli(words, options);
    if (endless.test(command)) {
      await Promise.race([run, new Promise((resolve) => setTimeout(resolve, 700))]);
      stop.abort(new MaestroError('interrupted', 'interrupted by SIGINT'));
    }
    last = await run;
    if (part.target !== undefined) writeFileSync(join(world.cwd, part.target), last.stdout);
    if (last.exitCode !== 0) break;
  }
  if (last === undefined) throw new Error(`${command} runs nothing`);
  return last;
}

function partsOf(words: readonly string[]): readonly { readonly words: readonly string[]; readonly target?: string }[] {
  const parts: string[][] = [[]];
  for (const word of words) {
    if (word === '&&') parts.push([]);
    else parts.at(-1)?.push(word);
  }
  return parts.map((part) => {
    const end = part.findIndex((word) => word === '|' || word === '>');
    const target = part[end] === '>' ? part[end + 1] : undefined;
    return { words: end < 0 ? part : part.slice(0, end), ...(target === undefined ? {} : { target }) };
  });
}

/**
 * Examples stand for a setting; ports, ids and paths that only hold on one machine are replaced by those of the test.
 */
async function fitted(
  command: string,
  world: { readonly cwd: string; readonly env: Record<string, string> },
): Promise<string> {
  if (command.startsWith('maestro-cli gitops controller'))
    return `${command} --health-address=127.0.0.1:0 --metrics-address=none`;
  const id = /--id=[0-9a-f-]{36}/.exec(command)?.[0];
  if (id === undefined && !command.startsWith('maestro-cli dev')) return command;
  if (id === undefined)
    return `${command.replace('dev.db', join(world.cwd, 'dev.db')).replace('./certs', join(world.cwd, 'certs'))} --http-port 0 --grpc-port 0`;
  const read = await runCli(['get', '--name=w', '--consumer=c1', '-o', 'json'], world);
  const { metadata } = JSON.parse(read.stdout) as { metadata: { uid: string } };
  return command.replace(id, `--id=${metadata.uid}`);
}

/** The plan that the commands of a migration are about, carried out as far as the command supposes. */
async function migrationOf(
  command: string,
  world: { readonly cwd: string; readonly env: Record<string, string> },
): Promise<void> {
  expect(await runCli(['migrate', 'plan', '--to=C', '--plan=plan.json', '--consumer=c1'], world)).toMatchObject({
    exitCode: 0,
  });
  const isBack = command.startsWith('maestro-cli migrate plan');
  for (const goal of isBack ? ['run', 'finish'] : command.startsWith('maestro-cli migrate finish') ? ['run'] : [])
    expect(await runCli(['migrate', goal, '--plan=plan.json', '-y'], world)).toMatchObject({ exitCode: 0 });
}

/** Versions of the work that commands about its history name. */
async function historyOf(world: { readonly cwd: string; readonly env: Record<string, string> }): Promise<void> {
  for (const label of ['a', 'b', 'c']) {
    const labelled = { ...(work('w') as object), metadata: { name: 'w', labels: { label } } };
    writeFileSync(join(world.cwd, 'kept.yaml'), JSON.stringify(labelled));
    const argv = ['apply', '-f', 'kept.yaml', '--consumer=c1', '--keep-history'];
    expect(await runCli(argv, world)).toMatchObject({ exitCode: 0 });
  }
}

describe('every example of every command runs as it is written', () => {
  const examples = commands.flatMap(({ name, examples: all }) => all.map(({ command }) => [name, command] as const));

  test.each(examples)('%s: %s', async (name, command) => {
    const world = await prepared();
    // These write what is to be there already for their neighbours.
    if (/^maestro-cli consumer create/.test(command))
      await runCli(['consumer', 'delete', 'cluster-west-1', '-y'], world);
    if (/^maestro-cli migrate (?!plan --to C|inventory)/.test(command)) await migrationOf(command, world);
    if (/^maestro-cli (?:history|rollback) /.test(command)) await historyOf(world);
    const interactive =
      /^maestro-cli (?:consumer delete (?!.*-y)|(?:edit|rollback) (?!.*--yes)|migrate run (?!.*--yes))/.test(command);
    const run = await runExample(interactive ? `${command} -y` : await fitted(command, world), world);
    const right = [0, ...(alsoRight[name] ?? [])];
    expect(right, `${command}\n${run.stdout.slice(0, 500)}\n${run.stderr}`).toContain(run.exitCode);
    expect(readdirSync(world.cwd)).toContain('work.yaml');
  });
});

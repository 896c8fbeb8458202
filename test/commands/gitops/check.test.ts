import { afterEach, describe, expect, it } from 'vitest';
import { gitopsCheckCommand } from '../../../src/commands/gitops/check/command.ts';
import type { GitopsCheckOptions } from '../../../src/commands/gitops/check/options.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { usageErrorOf } from '../../command-line/support.ts';
import {
  addOn,
  agentWithArgo,
  deliver,
  deployment,
  healthyHubServer,
  hubApplication,
  managedCluster,
} from '../../gitops/check/healthy-world.ts';
import type { ServedHub } from '../../gitops/check/served-hub.ts';
import { parseFor } from '../../support/parse-for.ts';
import { runCli, type CliRun } from '../../support/run-cli.ts';

const parse = (argv: readonly string[], env: Readonly<Record<string, string>> = {}): GitopsCheckOptions =>
  parseFor(gitopsCheckCommand, argv, env);

describe('argv to options', () => {
  it('without flags looks at everything that the model concerns', () => {
    const { settings: _settings, log: _log, ...options } = parse([]);
    expect(options).toEqual({
      source: 'app-work-client',
      timeoutMs: 900_000,
      hub: { inCluster: false },
      purpose: 'running',
      clusters: { kind: 'concerned' },
      places: {
        controllerNamespace: 'open-cluster-management',
        classicNamespace: 'open-cluster-management',
        maestroNamespace: 'maestro',
        leaseName: 'multicluster-maestro-integrations',
      },
      agentWithinMs: 900_000,
      probe: false,
      all: false,
      output: 'text',
    });
  });

  it.each<{ argv: readonly string[]; options: object }>([
    { argv: ['--for=to-maestro'], options: { purpose: 'to-maestro' } },
    {
      argv: ['--cluster=c2', '--cluster=c1', '--cluster=c2'],
      options: { clusters: { kind: 'named', names: ['c2', 'c1'] } },
    },
    { argv: ['--cluster-selector=env=prod'], options: { clusters: { kind: 'selected', text: 'env=prod' } } },
    { argv: ['--agent-within=1h', '--probe', '--all'], options: { agentWithinMs: 3_600_000, probe: true, all: true } },
    { argv: ['-o', 'wide'], options: { output: 'wide', all: true } },
    {
      argv: ['--kubeconfig=hub.yaml', '--kube-context=hub', '--hub-id=h'],
      options: { hub: { kubeconfig: 'hub.yaml', context: 'hub', inCluster: false }, hubId: 'h' },
    },
    {
      argv: ['--controller-namespace=a', '--classic-namespace=b', '--maestro-namespace=c', '--lease-name=d'],
      options: { places: { controllerNamespace: 'a', classicNamespace: 'b', maestroNamespace: 'c', leaseName: 'd' } },
    },
    { argv: ['--source-id=mine', '--timeout=1m'], options: { source: 'mine', timeoutMs: 60_000 } },
  ])('$argv', ({ argv, options }) => {
    expect(parse(argv)).toMatchObject(options);
  });

  it.each([
    { argv: ['--for=ever'], message: '--for does not know "ever"' },
    { argv: ['--cluster=c1', '--cluster-selector=a=b'], message: /both choose clusters/ },
    { argv: ['--cluster=C_1'], message: /no name of a cluster/ },
    { argv: ['--agent-within=0s'], message: '--agent-within must be more than 0' },
    { argv: ['--maestro-namespace=A'], message: /^--maestro-namespace takes/ },
  ])('$argv is refused', ({ argv, message }) => {
    expect(usageErrorOf(() => parse(argv)).message).toMatch(message);
  });
});

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface World {
  readonly hub: ServedHub;
  readonly maestro: StandIn;
  readonly check: (...argv: readonly string[]) => Promise<CliRun>;
}

const apps = [hubApplication('guestbook'), hubApplication('shop')];

async function healthyWorld(): Promise<World> {
  const maestro = await startStandIn({ consumers: ['c1'], agent: agentWithArgo });
  closers.push(() => maestro.close());
  const hub = await healthyHubServer(apps);
  closers.push(() => hub.close());
  await deliver(maestro, apps);
  const check: World['check'] = (...argv) =>
    runCli(['gitops', 'check', '--kubeconfig=hub.json', ...argv], {
      endpoints: maestro,
      files: { 'hub.json': hub.kubeconfig },
    });
  return { hub, maestro, check };
}

interface Printed {
  readonly holds: boolean;
  readonly clusters: number;
  readonly applications: number;
  readonly aside: number;
  readonly checks: readonly {
    readonly name: string;
    readonly passed: number;
    readonly healthy?: readonly string[];
    readonly findings: readonly {
      readonly standing: string;
      readonly subject: string;
      readonly message: string;
      readonly mend?: string;
    }[];
  }[];
}

const printed = ({ stdout }: CliRun): Printed => JSON.parse(stdout) as Printed;
const toldIn = (run: CliRun): readonly string[] =>
  printed(run).checks.flatMap(({ name, findings }) =>
    findings.map(({ standing, subject }) => `${name} ${standing} ${subject}`.trim()),
  );

describe('options to effects', () => {
  it('a hub on which all is well: a line for each check, exit code 0, and nothing is written', async () => {
    const { check, hub, maestro } = await healthyWorld();
    const before = maestro.publishes().length;
    const run = await check();
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.stdout).toMatch(/^pass {5}access {13}everything may be looked at\n/);
    expect(run.stdout).toMatch(/pass +placed +.*: 2 of 2 applications\n/);
    expect(run.stdout).not.toMatch(/fail|unknown|could not/);
    expect(run.stdout.trimEnd().split('\n').at(-1)).toBe('31 checks for running: all hold; 1 cluster, 2 applications');
    // Of the probe of doctor Maestro can make nothing.
    expect(
      maestro
        .publishes()
        .slice(before)
        .map(({ type }) => type),
    ).toEqual(['maestro-cli.probe']);
    expect(
      hub.asked.filter((line) => !line.startsWith('GET ')).every((line) => line.endsWith('/subjectaccessreviews')),
    ).toBe(true);
  });

  it('names what does not hold, with what mends it, and ends with 7', async () => {
    const { check, hub } = await healthyWorld();
    hub.serve('managedclusteraddons', [addOn('maestro-addon', 'c1'), addOn('gitops-addon', 'c1', 'False')]);
    hub.serve('applications', [...apps, hubApplication('late')]);
    const run = await check();
    expect(run.exitCode).toBe(7);
    expect(run.stdout).toMatch(
      /fail +addon-gitops +.*: 0 of 1 cluster, 1 not\n +fail {2}c1: ManagedClusterAddOn gitops-addon is not Available: Available is False\n +kubectl -n c1 describe managedclusteraddon gitops-addon\n/,
    );
    expect(run.stdout).toMatch(
      /fail +one-model .*: 2 of 3 applications, 1 not\n +fail {2}argocd\/late on c1: Maestro has no work of it/,
    );
    expect(run.stdout).toContain('2 failed');
  });

  it('tells a right that is missing as what could not be looked at, never as a success', async () => {
    const { check, hub } = await healthyWorld();
    hub.refused.add('placementdecisions');
    hub.refused.add('multiclusterhubs');
    const run = await check('-o', 'json');
    expect(run.exitCode).toBe(7);
    expect(toldIn(run)).toEqual([
      'access unknown MultiClusterHubs',
      'access unknown PlacementDecisions',
      'kinds unknown placementdecisions.cluster.open-cluster-management.io',
      'classic-model unknown',
      'placed unknown',
    ]);
  });

  it('asks about the caller where it may not ask about the controller, and says so', async () => {
    const { check, hub } = await healthyWorld();
    hub.refused.add('subjectaccessreviews');
    const run = await check('-o', 'json');
    expect(toldIn(run)).toEqual(['controller-rights unknown']);
    expect(run.stdout).toContain('the caller of this check has all');
    hub.refused.clear();
    hub.lacking.add('patch applications');
    expect(toldIn(await check('-o', 'json'))).toEqual(['controller-rights fail patch applications.argoproj.io']);
  });

  it('looks at the clusters that were named, or have the labels, and counts those that nothing concerns', async () => {
    const { check, hub } = await healthyWorld();
    hub.serve('managedclusters', [managedCluster('c1'), managedCluster('c2')]);
    expect(printed(await check('-o', 'json'))).toMatchObject({ holds: true, clusters: 1, aside: 1 });
    const named = await check('-o', 'json', '--cluster=c2');
    expect(printed(named)).toMatchObject({ holds: false, clusters: 1, applications: 0, aside: 0 });
    expect(toldIn(named)).toContain('consumer fail c2');
    expect(printed(await check('-o', 'json', '--cluster-selector=env=test'))).toMatchObject({ clusters: 2 });
    const none = await check('--cluster-selector=env=none');
    expect(none).toMatchObject({ exitCode: 2, stdout: '' });
  });

  it('names everything with --all, in JSON and YAML the same', async () => {
    const { check } = await healthyWorld();
    const json = printed(await check('-o', 'json', '--all'));
    expect(json.checks.find(({ name }) => name === 'placed')).toMatchObject({
      passed: 2,
      healthy: ['argocd/guestbook', 'argocd/shop'],
    });
    const { stdout } = await check('-o', 'wide');
    expect(stdout).toMatch(/\n +pass {2}argocd\/shop\n/);
    const yaml = await check('-o', 'yaml');
    expect(yaml.stdout).toContain('for: running\nholds: true\n');
  });

  it('gives JUnit a case for each finding', async () => {
    const { check, hub } = await healthyWorld();
    hub.serve('applications', [...apps, hubApplication('late')]);
    const { stdout, exitCode } = await check('-o', 'junit');
    expect(exitCode).toBe(7);
    expect(stdout).toContain('<testsuites name="maestro-cli gitops check for running"');
    expect(stdout).toMatch(/<testsuite name="one-model" tests="2" failures="1" errors="0" skipped="0">/);
    expect(stdout).toMatch(
      /<testcase name="argocd\/late" classname="application.one-model">\s+<failure message="Maestro has no work of it on cluster c1"/,
    );
  });

  it('tells that Maestro is away as a finding, and what was not checked because of it', async () => {
    const { hub } = await healthyWorld();
    const run = await runCli(['gitops', 'check', '--kubeconfig=hub.json', '-o', 'json'], {
      files: { 'hub.json': hub.kubeconfig },
      env: { MAESTRO_HTTP_ENDPOINT: 'http://127.0.0.1:1', MAESTRO_GRPC_ENDPOINT: 'grpc://127.0.0.1:1' },
    });
    expect(run.exitCode).toBe(7);
    expect(toldIn(run)).toEqual(
      expect.arrayContaining([
        'maestro-rest fail',
        'maestro-publish fail',
        'maestro-subscribe fail',
        'consumer unknown',
        'one-model unknown',
      ]),
    );
  });

  it('asks a hub that is away for a moment again, and ends with 8 when it stays away', async () => {
    const { check, hub } = await healthyWorld();
    hub.failures.set('managedclusters', 2);
    expect((await check()).exitCode).toBe(0);
    hub.failures.set('placementdecisions', 100);
    expect((await check()).exitCode).toBe(8);
  });

  it('--for=to-maestro holds while the classic model runs', async () => {
    const { check, hub } = await healthyWorld();
    const others = hub
      .of('deployments')
      .filter((one) => (one['metadata'] as { readonly name: string }).name !== 'multicluster-integrations');
    hub.serve('deployments', [...others, deployment('multicluster-integrations', 'open-cluster-management', 1)]);
    expect((await check()).exitCode).toBe(7);
    const run = await check('--for=to-maestro');
    expect(run.stdout).toContain('--pause-classic');
    expect(run.exitCode).toBe(0);
  });
});

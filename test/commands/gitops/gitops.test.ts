import { describe, expect, it } from 'vitest';
import { parseFor } from '../../support/parse-for.ts';
import { gitopsControllerCommand } from '../../../src/commands/gitops/controller/command.ts';
import type { GitopsControllerOptions } from '../../../src/commands/gitops/controller/options.ts';
import { gcLimit, targetNamespaceAllowed, type ControllerSettings } from '../../../src/gitops/run/settings.ts';
import { usageErrorOf } from '../../command-line/support.ts';
import { runCli } from '../../support/run-cli.ts';

const parse = (argv: readonly string[], env: Readonly<Record<string, string>> = {}): GitopsControllerOptions =>
  parseFor(gitopsControllerCommand, argv, env);
const settingsOf = (argv: readonly string[], env: Readonly<Record<string, string>> = {}): ControllerSettings =>
  parse(argv, env).settings;

describe('argv to settings', () => {
  it('without flags is the whole default', () => {
    const { maestro, ...rest } = settingsOf([]);
    expect(maestro).toMatchObject({
      grpcEndpoint: { host: 'localhost', port: 8090, plaintext: false },
      httpEndpoint: 'http://localhost:8000',
    });
    expect(rest).toEqual({
      controllers: { propagation: true, aggregation: true },
      hub: { inCluster: false },
      sourceId: 'app-work-client',
      callTimeoutMs: 30_000,
      election: {
        namespace: 'open-cluster-management',
        name: 'multicluster-maestro-integrations',
        identity: 'maestro-cli',
        leaseMs: 15_000,
        renewMs: 10_000,
        retryMs: 2_000,
      },
      healthAddress: { host: '', port: 8081 },
      metricsAddress: { host: '', port: 8386 },
      maxConcurrency: 16,
      hubWritesPerSecond: 200,
      statusMode: 'full',
      setReports: 'auto',
      deletion: { policy: 'confirmed', fallbackMs: 600_000 },
      noise: 'never',
      staleAfterMs: 600_000,
      classicWorksIntervalMs: 600_000,
      gc: { intervalMs: 600_000, brake: { kind: 'share', share: 0.01 }, overrideBrake: false },
      deliverNamespace: false,
      deliverProject: false,
      allowedTargetNamespaces: '*',
      authorisation: 'placement',
      allowClassicCoexistence: false,
      classicNamespace: 'open-cluster-management',
      ownNamespace: 'open-cluster-management',
      resyncIntervalMs: 2_700_000,
      shutdownMs: 20_000,
    });
  });

  it.each<{ argv: readonly string[]; env?: Readonly<Record<string, string>>; settings: object; absent?: string }>([
    { argv: ['--controllers=aggregation'], settings: { controllers: { propagation: false, aggregation: true } } },
    {
      argv: ['--controllers=aggregation, propagation'],
      settings: { controllers: { propagation: true, aggregation: true } },
    },
    {
      argv: [],
      env: { MAESTRO_GITOPS_CONTROLLERS: 'propagation' },
      settings: { controllers: { propagation: true, aggregation: false } },
    },
    {
      argv: ['--kubeconfig=a.yaml', '--kube-context=hub'],
      env: { KUBECONFIG: 'b.yaml' },
      settings: { hub: { kubeconfig: 'a.yaml', context: 'hub', inCluster: false } },
    },
    { argv: [], env: { KUBECONFIG: 'b.yaml' }, settings: { hub: { inCluster: false } } },
    { argv: ['--in-cluster'], env: { KUBECONFIG: 'b.yaml' }, settings: { hub: { inCluster: true } } },
    { argv: ['--source-id=mine'], env: { MAESTRO_SOURCE_ID: 'theirs' }, settings: { sourceId: 'mine' } },
    { argv: [], env: { MAESTRO_SOURCE_ID: 'theirs' }, settings: { sourceId: 'theirs' } },
    { argv: ['--hub-id=hub-1'], settings: { hubId: 'hub-1' } },
    { argv: ['--timeout=5s'], settings: { callTimeoutMs: 5_000 } },
    { argv: ['--leader-elect=false'], settings: {}, absent: 'election' },
    { argv: ['--leader-elect'], settings: { election: { leaseMs: 15_000 } } },
    {
      argv: [
        '--leader-elect=true',
        '--lease-namespace=ns',
        '--lease-name=l',
        '--lease-duration=60s',
        '--renew-deadline=40s',
        '--retry-period=5s',
      ],
      env: { POD_NAME: 'pod-1', POD_NAMESPACE: 'other' },
      settings: {
        ownNamespace: 'ns',
        election: { namespace: 'ns', name: 'l', identity: 'pod-1', leaseMs: 60_000, renewMs: 40_000, retryMs: 5_000 },
      },
    },
    {
      argv: [],
      env: { POD_NAMESPACE: 'argo' },
      settings: { ownNamespace: 'argo', classicNamespace: 'open-cluster-management', election: { namespace: 'argo' } },
    },
    {
      argv: ['--health-address=127.0.0.1:9000', '--metrics-address=none'],
      settings: { healthAddress: { host: '127.0.0.1', port: 9000 } },
      absent: 'metricsAddress',
    },
    {
      argv: ['--health-address=[::1]:0', '--metrics-address=9'],
      settings: { healthAddress: { host: '::1', port: 0 }, metricsAddress: { host: '', port: 9 } },
    },
    {
      argv: ['--max-concurrency=8', '--hub-writes-per-second=50'],
      settings: { maxConcurrency: 8, hubWritesPerSecond: 50 },
    },
    {
      argv: ['--status-mode=summary', '--noise=10m', '--stale-after=never'],
      settings: { statusMode: 'summary', noise: { everyMs: 600_000 } },
      absent: 'staleAfterMs',
    },
    { argv: ['--appset-report=never'], settings: { setReports: 'never' } },
    { argv: ['--appset-report=always'], settings: { setReports: 'always' } },
    {
      argv: ['--deletion-policy=requested', '--deletion-fallback=1m'],
      settings: { deletion: { policy: 'requested', fallbackMs: 60_000 } },
    },
    {
      argv: ['--gc-interval=never', '--gc-brake=25', '--gc-override-brake'],
      settings: { gc: { brake: { kind: 'count', count: 25 }, overrideBrake: true } },
    },
    { argv: ['--classic-works-interval=1h'], settings: { classicWorksIntervalMs: 3_600_000 } },
    { argv: ['--classic-works-interval=never'], settings: {}, absent: 'classicWorksIntervalMs' },
    { argv: ['--gc-brake=0'], settings: { gc: { brake: { kind: 'count', count: 0 } } } },
    { argv: ['--gc-brake=2.5%'], settings: { gc: { brake: { kind: 'share', share: 0.025 } } } },
    { argv: ['--deliver-namespace', '--deliver-project'], settings: { deliverNamespace: true, deliverProject: true } },
    {
      argv: ['--allowed-target-namespaces=a, b', '--allowed-target-namespaces=c,a'],
      settings: { allowedTargetNamespaces: ['a', 'b', 'c'] },
    },
    { argv: ['--allowed-target-namespaces=*'], settings: { allowedTargetNamespaces: '*' } },
    {
      argv: ['--authorisation=none', '--allow-classic-coexistence', '--classic-namespace=ocm'],
      settings: { authorisation: 'none', allowClassicCoexistence: true, classicNamespace: 'ocm' },
    },
    { argv: ['--resync-interval=1m'], settings: { resyncIntervalMs: 60_000 } },
  ])('$argv $env', ({ argv, env, settings, absent }) => {
    const read = settingsOf(argv, env);
    expect(read).toMatchObject(settings);
    if (absent !== undefined) expect(Object.keys(read)).not.toContain(absent);
  });

  it.each([
    { argv: ['--controllers=all'], message: '--controllers does not know "all"' },
    { argv: ['--controllers=,'], message: '--controllers does not know ","' },
    { argv: ['--in-cluster', '--kubeconfig=a'], message: '--in-cluster and --kubeconfig name two ways to the hub' },
    { argv: ['--in-cluster', '--kube-context=a'], message: '--in-cluster and --kube-context name two ways to the hub' },
    { argv: ['--hub-id=a b'], message: /^--hub-id takes/ },
    { argv: ['--leader-elect=perhaps'], message: '--leader-elect is true or false, not "perhaps"' },
    { argv: ['--lease-namespace=A'], message: /^--lease-namespace takes a name/ },
    { argv: ['--lease-duration=10s'], message: '--lease-duration must be more than --renew-deadline' },
    {
      argv: ['--lease-duration=500ms', '--renew-deadline=400ms', '--retry-period=100ms'],
      message: '--lease-duration must be at least 1s: a Lease counts in seconds',
    },
    { argv: ['--retry-period=9s'], message: '--renew-deadline must be more than 1.2 times --retry-period' },
    { argv: ['--retry-period=0'], message: '--retry-period must be more than 0' },
    { argv: ['--health-address=8081x'], message: /^--health-address takes \[host]:port or none/ },
    { argv: ['--metrics-address=:70000'], message: /^--metrics-address takes/ },
    { argv: ['--max-concurrency=0'], message: '--max-concurrency takes a whole number of at least 1, not "0"' },
    { argv: ['--max-concurrency=5000'], message: '--max-concurrency can be at most 1024, not 5000' },
    { argv: ['--status-mode=compact'], message: '--status-mode does not know "compact"' },
    { argv: ['--deletion-policy=maybe'], message: '--deletion-policy does not know "maybe"' },
    { argv: ['--noise=10'], message: /^--noise: "10" is not a duration/ },
    { argv: ['--stale-after=0'], message: '--stale-after must be never, or at least 1s' },
    { argv: ['--gc-brake=101%'], message: /^--gc-brake takes/ },
    { argv: ['--gc-brake=0%'], message: /^--gc-brake takes/ },
    { argv: ['--gc-brake=-1'], message: /^--gc-brake takes/ },
    { argv: ['--allowed-target-namespaces=*,a'], message: '--allowed-target-namespaces names * beside others' },
    { argv: ['--allowed-target-namespaces=,'], message: '--allowed-target-namespaces is empty' },
    { argv: ['--allowed-target-namespaces=A_b'], message: /^--allowed-target-namespaces takes a name/ },
    { argv: ['--resync-interval=1s'], message: '--resync-interval must be at least 60s' },
    { argv: ['--grpc-endpoint=http://maestro:8090'], message: /is an HTTP URL/ },
    { argv: ['--authorization=none'], message: /unknown option '--authorization'/ },
  ])('$argv is a usage error', ({ argv, message }) => {
    expect(usageErrorOf(() => parse(argv)).message).toEqual(
      typeof message === 'string' ? message : expect.stringMatching(message),
    );
  });

  it.each<{ argv: readonly string[]; env: Readonly<Record<string, string>>; log: object }>([
    { argv: [], env: {}, log: { level: 'info', format: 'json' } },
    { argv: ['-v'], env: {}, log: { level: 'debug', format: 'json' } },
    { argv: ['--quiet', '--log-format=text'], env: {}, log: { level: 'error', format: 'text' } },
    { argv: [], env: { LOG_LEVEL: 'warn', LOG_FORMAT: 'text' }, log: { level: 'warn', format: 'text' } },
    { argv: [], env: { LOG_LEVEL: 'trace' }, log: { level: 'trace', format: 'json' } },
    { argv: [], env: { LOG_LEVEL: 'loud' }, log: { level: 'info', format: 'json' } },
  ])('logs with $argv $env are $log', ({ argv, env, log }) => {
    expect(parse(argv, env).log).toEqual(log);
  });
});

describe('a mistake ends the run with 2 before anything is sent', () => {
  it.each([
    [['gitops']],
    [['gitops', 'nonsense']],
    [['gitops', 'controller', '--gc-brake=x']],
    [['gitops', 'controller', 'now']],
  ])('%s', async (argv) => {
    const run = await runCli(argv, { connect: () => Promise.reject(new Error('something was connected to')) });
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain('error: ');
  });
});

describe('settings', () => {
  it.each([
    { brake: { kind: 'count', count: 3 } as const, of: 1_000, limit: 3 },
    { brake: { kind: 'count', count: 0 } as const, of: 1_000, limit: 0 },
    { brake: { kind: 'share', share: 0.01 } as const, of: 150_000, limit: 1_500 },
    { brake: { kind: 'share', share: 0.01 } as const, of: 12, limit: 10 },
  ])('the brake $brake of $of bundles is $limit', ({ brake, of, limit }) => {
    expect(gcLimit(brake, of)).toBe(limit);
  });

  it('allow every namespace, or those that are named', () => {
    expect(targetNamespaceAllowed({ allowedTargetNamespaces: '*' }, 'kube-system')).toBe(true);
    expect(targetNamespaceAllowed({ allowedTargetNamespaces: ['argocd'] }, 'argocd')).toBe(true);
    expect(targetNamespaceAllowed({ allowedTargetNamespaces: ['argocd'] }, 'argocd-2')).toBe(false);
  });
});

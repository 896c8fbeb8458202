import { describe, expect, it } from 'vitest';
import { gitopsBaselineCommand } from '../../../src/commands/gitops/baseline/command.ts';
import { gitopsFreezeCommand } from '../../../src/commands/gitops/freeze/command.ts';
import { gitopsUnfreezeCommand } from '../../../src/commands/gitops/unfreeze/command.ts';
import { gitopsUninstallCommand } from '../../../src/commands/gitops/uninstall/command.ts';
import { usageErrorOf } from '../../command-line/support.ts';
import { parseFor } from '../../support/parse-for.ts';
import { runCli } from '../../support/run-cli.ts';

describe('argv to options', () => {
  it.each([
    {
      argv: [],
      options: {
        source: 'app-work-client',
        hub: { inCluster: false },
        choice: {},
        maxConcurrency: 16,
        timeoutMs: 270_000,
        wait: true,
        yes: false,
        dryRun: false,
        touch: false,
        output: 'text',
      },
    },
    { argv: ['--cluster=c1', '--cluster=c2', '--cluster=c1'], options: { choice: { clusters: ['c1', 'c2'] } } },
    { argv: ['--cluster-selector=env in (a,b)'], options: { choice: { clusterSelector: 'env in (a,b)' } } },
    { argv: ['--application=argocd/web'], options: { choice: { applications: ['argocd/web'] } } },
    { argv: ['--wait=false', '-y', '--dry-run'], options: { wait: false, yes: true, dryRun: true } },
    {
      argv: ['--source-id=s', '--hub-id=h', '--max-concurrency=4'],
      options: { source: 's', hubId: 'h', maxConcurrency: 4 },
    },
    { argv: ['--kubeconfig=k', '--kube-context=x'], options: { hub: { kubeconfig: 'k', context: 'x' } } },
    { argv: ['-o', 'json'], options: { output: 'json' } },
  ])('freeze and unfreeze $argv', ({ argv, options }) => {
    expect(parseFor(gitopsFreezeCommand, argv)).toMatchObject({ ...options, goal: 'freeze' });
    expect(parseFor(gitopsUnfreezeCommand, argv)).toMatchObject({ ...options, goal: 'unfreeze' });
  });

  it('unfreeze --touch', () => {
    expect(parseFor(gitopsUnfreezeCommand, ['--touch'])).toMatchObject({ touch: true });
  });

  it.each([
    { argv: ['--cluster=c1', '--cluster-selector=a=b'], says: '--cluster and --cluster-selector both choose clusters' },
    { argv: ['--cluster=Not_One'], says: '"Not_One" is no name of a cluster' },
    { argv: ['--cluster-selector=('], says: 'selector' },
    { argv: ['--application=web'], says: '--application takes namespace/name of the hub, not "web"' },
    { argv: ['--wait=perhaps'], says: '--wait is true or false, not "perhaps"' },
    { argv: ['--in-cluster', '--kubeconfig=k'], says: 'name two ways to the hub' },
  ])('freeze and unfreeze $argv are refused', ({ argv, says }) => {
    for (const command of [gitopsFreezeCommand, gitopsUnfreezeCommand])
      expect(usageErrorOf(() => parseFor(command, argv)).message).toContain(says);
  });
});

describe('options to effects, beside those that the scenarios show on a hub', () => {
  it.each(['freeze', 'unfreeze'])('%s asks first, and reads nothing where nobody can answer', async (goal) => {
    const run = await runCli(['gitops', goal]);
    expect([run.exitCode, run.stderr]).toEqual([2, expect.stringContaining('there is no terminal to ask on')]);
  });
});

describe('uninstall', () => {
  const backup = '--backup=b.jsonl';

  it.each([
    {
      argv: ['--keep-workloads', backup],
      options: {
        goal: 'keep-workloads',
        backup: 'b.jsonl',
        source: 'app-work-client',
        disable: false,
        places: {
          controllerNamespace: 'open-cluster-management',
          leaseName: 'multicluster-maestro-integrations',
          classicNamespace: 'open-cluster-management',
        },
      },
    },
    { argv: ['--delete-workloads', backup], options: { goal: 'delete-workloads', yes: false } },
    { argv: ['--delete-workloads', backup, '-y', '--at-most=0'], options: { yes: true, atMost: 0 } },
    { argv: ['--keep-workloads', '--dry-run'], options: { dryRun: true } },
    {
      argv: ['--keep-workloads', backup, '--disable', '--cluster=c1'],
      options: { disable: true, choice: { clusters: ['c1'] } },
    },
    {
      argv: ['--keep-workloads', backup, '--lease-name=l', '--controller-namespace=n', '--classic-namespace=c'],
      options: { places: { leaseName: 'l', controllerNamespace: 'n', classicNamespace: 'c' } },
    },
  ])('$argv', ({ argv, options }) => {
    expect(parseFor(gitopsUninstallCommand, argv)).toMatchObject(options);
  });

  it.each([
    { argv: [backup], says: 'say what becomes of what runs on the clusters' },
    { argv: ['--keep-workloads', '--delete-workloads', backup], says: 'contradict each other' },
    { argv: ['--keep-workloads'], says: '--backup is required' },
    { argv: ['--delete-workloads', backup, '-y'], says: '--delete-workloads with -y needs --at-most' },
    { argv: ['--keep-workloads', backup, '--lease-name=No_Name'], says: '--lease-name takes a name' },
  ])('$argv is refused', ({ argv, says }) => {
    expect(usageErrorOf(() => parseFor(gitopsUninstallCommand, argv)).message).toContain(says);
  });

  it('asks first, and reads nothing where nobody can answer', async () => {
    const run = await runCli(['gitops', 'uninstall', '--keep-workloads', backup]);
    expect([run.exitCode, run.stderr]).toEqual([2, expect.stringContaining('there is no terminal to ask on')]);
  });
});

describe('baseline', () => {
  it.each([
    { argv: [], options: { metricsUrls: [], output: 'text', source: 'app-work-client', timeoutMs: 270_000 } },
    { argv: ['--out=o', '--compare=c'], options: { out: 'o', compare: 'c' } },
    {
      argv: ['--metrics-url=http://a:1/m', '--metrics-url=http://b/', '--for=5m'],
      options: { metricsUrls: ['http://a:1/m', 'http://b/'], forMs: 300_000, timeoutMs: 570_000 },
    },
    { argv: ['--timeout=10s', '-o', 'json'], options: { timeoutMs: 10_000, output: 'json' } },
  ])('$argv', ({ argv, options }) => {
    expect(parseFor(gitopsBaselineCommand, argv)).toMatchObject(options);
  });

  it.each([
    { argv: ['--metrics-url=a:8386'], says: '--metrics-url takes http://host:port/metrics, not "a:8386"' },
    { argv: ['--metrics-url=http://me:hidden@a:1/m'], says: '--metrics-url takes no user and password' },
    { argv: ['--for=5m'], says: '--for is how long --metrics-url is looked at' },
    { argv: ['--for=10ms', '--metrics-url=http://a'], says: '--for must be at least 1s' },
  ])('$argv is refused', ({ argv, says }) => {
    expect(usageErrorOf(() => parseFor(gitopsBaselineCommand, argv)).message).toContain(says);
  });
});

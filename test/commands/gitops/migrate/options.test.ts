import { describe, expect, it } from 'vitest';
import { gitopsMigrateFinishCommand } from '../../../../src/commands/gitops/migrate/finish/command.ts';
import { gitopsMigratePlanCommand } from '../../../../src/commands/gitops/migrate/plan/command.ts';
import { gitopsMigrateRollbackCommand } from '../../../../src/commands/gitops/migrate/rollback/command.ts';
import { gitopsMigrateRunCommand } from '../../../../src/commands/gitops/migrate/run/command.ts';
import { gitopsMigrateStatusCommand } from '../../../../src/commands/gitops/migrate/status/command.ts';
import { usageErrorOf } from '../../../command-line/support.ts';
import { parseFor } from '../../../support/parse-for.ts';

const plan = '--plan=p.plan';
const to = ['--to=maestro', '--out=p.plan'];

describe('argv to options', () => {
  it.each([
    {
      argv: to,
      options: {
        out: 'p.plan',
        accepted: [],
        output: 'table',
        source: 'app-work-client',
        selection: {
          direction: 'to-maestro',
          source: 'app-work-client',
          settings: {
            deliverNamespace: false,
            deliverProject: false,
            leaveProjects: false,
            classicNamespace: 'open-cluster-management',
            ownNamespace: 'open-cluster-management',
          },
        },
      },
    },
    { argv: ['--to=classic', '--out=p.plan'], options: { selection: { direction: 'to-classic' } } },
    { argv: [...to, '--cluster=c1', '--cluster=c2'], options: { selection: { clusters: ['c1', 'c2'] } } },
    { argv: [...to, '--cluster-selector=env=prod'], options: { selection: { clusterSelector: [{ key: 'env' }] } } },
    { argv: [...to, '--application=a/b', '--application=a/c'], options: { applications: ['a/b', 'a/c'] } },
    { argv: [...to, '--accept-differences'], options: { accepted: 'all' } },
    { argv: [...to, '--accept-differences=a/b,a/c'], options: { accepted: ['a/b', 'a/c'] } },
    {
      argv: [...to, '--deliver-project', '--deliver-namespace', '--leave-projects', '--classic-namespace=ocm'],
      options: {
        selection: {
          settings: { deliverProject: true, deliverNamespace: true, leaveProjects: true, classicNamespace: 'ocm' },
        },
      },
    },
    { argv: [...to, '--source-id=s', '--hub-id=h', '-ojson'], options: { source: 's', hubId: 'h', output: 'json' } },
  ])('plan $argv', ({ argv, options }) => {
    expect(parseFor(gitopsMigratePlanCommand, argv)).toMatchObject(options);
  });

  it.each([
    { argv: ['--out=p'], says: '--to is required' },
    { argv: ['--to=maestro'], says: '--out is required' },
    { argv: ['--to=maestro', '--out=-'], says: '--out names a file here' },
    { argv: ['--to=other', '--out=p'], says: '--to does not know "other"' },
    { argv: [...to, '--application=shop'], says: '--application takes namespace/name' },
    { argv: [...to, '--accept-differences=a/b,c'], says: '--accept-differences takes namespace/name' },
    { argv: [...to, '--cluster=c1', '--cluster-selector=a'], says: 'both choose clusters' },
    { argv: [...to, '--in-cluster', '--kubeconfig=k'], says: 'two ways to the hub' },
    { argv: [...to, '--classic-namespace=A'], says: '--classic-namespace takes a name' },
  ])('plan $argv is refused', ({ argv, says }) => {
    expect(usageErrorOf(() => parseFor(gitopsMigratePlanCommand, argv)).message).toContain(says);
  });

  const commands = [
    [gitopsMigrateRunCommand, 'run'],
    [gitopsMigrateFinishCommand, 'finish'],
    [gitopsMigrateRollbackCommand, 'rollback'],
  ] as const;

  it.each([
    {
      argv: [plan],
      options: {
        plan: 'p.plan',
        backup: 'p.plan.backup',
        clusters: [],
        yes: false,
        dryRun: false,
        pauseClassic: false,
        startClassic: false,
        canary: 0,
        output: 'table',
      },
    },
    {
      argv: [plan, '-y', '--dry-run', '--backup=b', '-o', 'yaml'],
      options: { yes: true, dryRun: true, backup: 'b', output: 'yaml' },
    },
    {
      argv: [plan, '--canary=2', '--waves=10%'],
      options: { canary: 2, waves: { kind: 'percent', percent: 10 }, maxFailures: 1 },
    },
    { argv: [plan, '--max-failures=3', '--max-concurrency=4'], options: { maxFailures: 3, maxConcurrency: 4 } },
    {
      argv: [plan, '--failure-grace=5s', '--cluster=a', '--cluster=b', '--cluster=a', '--kubeconfig=k'],
      options: { failureGraceMs: 5_000, clusters: ['a', 'b'], hub: { kubeconfig: 'k', inCluster: false } },
    },
  ])('run, finish and rollback $argv', ({ argv, options }) => {
    for (const [command, goal] of commands) expect(parseFor(command, argv)).toMatchObject({ ...options, goal });
  });

  it('run and rollback stop the classic model or start it, and finish does neither', () => {
    for (const command of [gitopsMigrateRunCommand, gitopsMigrateRollbackCommand]) {
      expect(parseFor(command, [plan, '--pause-classic'])).toMatchObject({ pauseClassic: true, startClassic: false });
      expect(parseFor(command, [plan, '--start-classic'])).toMatchObject({ pauseClassic: false, startClassic: true });
      expect(usageErrorOf(() => parseFor(command, [plan, '--start-classic', '--pause-classic'])).message).toContain(
        'lead to different models',
      );
    }
    expect(gitopsMigrateFinishCommand.flags.some(({ flags }) => /classic/.test(flags))).toBe(false);
  });

  it('all but plan read one from a file', () => {
    for (const command of [...commands.map(([one]) => one), gitopsMigrateStatusCommand]) {
      expect(usageErrorOf(() => parseFor(command, [])).message).toContain('--plan is required');
      expect(usageErrorOf(() => parseFor(command, ['--plan=-'])).message).toContain('--plan names a file here');
    }
    expect(parseFor(gitopsMigrateStatusCommand, [plan, '--cluster=c1', '-owide'])).toMatchObject({
      plan: 'p.plan',
      clusters: ['c1'],
      output: 'wide',
    });
  });
});

import { describe, expect, it } from 'vitest';
import { narrowed } from '../../../../src/commands/gitops/migrate/plan/narrow.ts';
import { printPlan } from '../../../../src/commands/gitops/migrate/plan/output.ts';
import { openHandoverOutput } from '../../../../src/commands/gitops/migrate/shared/output.ts';
import { openStatusOutput } from '../../../../src/commands/gitops/migrate/status/output.ts';
import { exitCodeOfOutcome } from '../../../../src/core/outcome/outcome.ts';
import { ExitCode } from '../../../../src/exit-code.ts';
import type { HandoverGoal } from '../../../../src/gitops/handover/plan.ts';
import { resultText } from '../../../../src/output/result-file/text.ts';
import { ManualClock } from '../../../support/fake-clock.ts';
import { usageErrorOf } from '../../../command-line/support.ts';
import {
  collector,
  events,
  heldBack,
  leftOut,
  parked,
  plan,
  resultOf,
  statuses,
  stoppedEvents,
  tellings,
} from './support.ts';

const log = { verbose: false, quiet: false, format: 'text' } as const;

function carriedOut(output: 'table' | 'json' | 'yaml', goal: HandoverGoal = 'run', all = events) {
  const stdout = collector();
  const reporter = tellings();
  const context = { stdout, stderr: collector(), clock: new ManualClock(), env: {} };
  const opened = openHandoverOutput(plan, { goal, output, log, dryRun: false, staged: true }, context, { reporter });
  for (const event of all) opened.take(event);
  const works = opened.end({ stoppedBy: '2 clusters failed (the limit is 2)', notBegun: ['c3'] });
  return { stdout: stdout.text(), told: reporter.lines, works, isDone: opened.isDone() };
}

describe('what a handover prints', () => {
  it('as a table: one line for each Application, as its cluster ends; steps and waits are for -v', () => {
    const { stdout, told } = carriedOut('table');
    expect(stdout.split('\n')).toEqual([
      'CLUSTER   APPLICATION                OUTCOME   REASON    WHAT',
      'c2        openshift-gitops/shop-c2   pending   Timeout   its agent has not reported in time',
      'c1        openshift-gitops/shop-c1   done      BothOwn            both models own it',
      'c1        openshift-gitops/blog-c1   parked    OperationRunning   it runs an operation',
      '',
    ]);
    expect(told).toEqual([
      'info: canary: 1 cluster',
      'debug: c1: its Applications are asked who owns them',
      'debug: c1: openshift-gitops/shop-c1: bundle published',
      'debug: c1: waiting: 1 bundle is to be applied',
      'error: c2: its agent has not reported in time',
      'warn: stopped, because 2 clusters failed (the limit is 2): 1 cluster not begun (c3)',
      'info: 3 applications on 2 clusters: 1 both own, 1 parked, 1 pending',
    ]);
  });

  it('for a program: in the order of the plan, with the same in JSON and YAML', () => {
    const value = JSON.parse(carriedOut('json').stdout) as { applications: { application: string }[] };
    expect(value).toMatchObject({
      runId: plan.runId,
      direction: 'to-maestro',
      goal: 'run',
      dryRun: false,
      faults: [{ cluster: 'c2', error: { code: 'timeout' } }],
      heldBack: [],
      stoppedBy: '2 clusters failed (the limit is 2)',
      summary: { applications: 3, clusters: 2, done: 1, parked: 1, pending: 1, failed: 0, notBegun: 0, planned: 0 },
    });
    expect(value.applications.map(({ application }) => application)).toEqual([
      'openshift-gitops/shop-c1',
      'openshift-gitops/blog-c1',
      'openshift-gitops/shop-c2',
    ]);
    expect(carriedOut('yaml').stdout).toContain('reason: OperationRunning\n');
  });

  it('names clusters that are through and stay switched off, with the reason', () => {
    const ended = { kind: 'cluster', result: heldBack, left: 0 } as const;
    expect(JSON.parse(carriedOut('json', 'finish', [ended]).stdout)).toMatchObject({
      heldBack: [{ cluster: 'c1', message: heldBack.heldBack }],
      faults: [],
    });
  });

  it('is no success while an Application is parked, whatever the goal and the format', () => {
    for (const goal of ['run', 'finish', 'rollback'] as const)
      for (const output of ['table', 'json', 'yaml'] as const) {
        const only = resultOf('openshift-gitops/blog-c1', {
          outcome: 'parked',
          reason: 'OperationRunning',
          exitCode: ExitCode.Conflict,
        });
        const result = {
          cluster: 'c1',
          applications: [resultOf('openshift-gitops/shop-c1'), only],
          done: false,
          wrote: true,
        };
        const { works, isDone } = carriedOut(output, goal, [{ kind: 'cluster', result, left: 0 }]);
        expect(exitCodeOfOutcome({ works })).toBe(ExitCode.Conflict);
        expect(isDone).toBe(false);
      }
  });

  it('tells the result file each Application by its bundle, and what was cut short as under way', () => {
    const { works } = carriedOut('table');
    expect(
      [...works].map(({ manifestWorkName, consumer, phase, reason }) => [manifestWorkName, consumer, phase, reason]),
    ).toEqual([
      ['openshift-gitops-shop-c1', 'c1', 'Applied', 'BothOwn'],
      ['blog', 'c1', 'Failed', 'OperationRunning'],
      ['openshift-gitops-shop-c1', 'c2', 'InProgress', 'Timeout'],
    ]);
    expect(exitCodeOfOutcome({ works })).toBe(ExitCode.OutcomeFailed);
  });

  it('tells what was not begun as no success, apart from what failed', () => {
    const { stdout, told, works } = carriedOut('json', 'run', stoppedEvents);
    expect(JSON.parse(stdout)).toMatchObject({
      applications: [{ exitCode: 7 }, { exitCode: 7 }, { outcome: 'not-begun', reason: 'NotBegun', exitCode: 7 }],
      faults: [],
      summary: { failed: 2, notBegun: 1 },
    });
    expect(told.at(-1)).toBe('info: 3 applications on 2 clusters: 2 failed, 1 not begun');
    const { message } = JSON.parse(resultText({ works }, 'status-result', 0)) as { readonly message: string };
    expect(message).toMatch(
      /^2 of 3 works failed, and 1 were not begun: .*Application openshift-gitops\/shop-c1 on c1: /,
    );
  });
});

describe('what a plan prints', () => {
  const made = { plan, leftOut: [leftOut], parked: [parked] };

  it('as a table: its size by cluster, and on standard error what stands in the way', () => {
    const stdout = collector();
    const reporter = tellings();
    printPlan(made, { output: 'table', out: 'p.plan' }, stdout, reporter);
    expect(stdout.text().split('\n')).toEqual([
      'CLUSTER   APPLICATIONS   PARKED   LEFT-OUT',
      'c1        2              1        1',
      'c2        1              0        0',
      '',
    ]);
    expect(reporter.lines).toEqual([
      'warn: c1: application openshift-gitops/shop-c1: Maestro would change spec.destination.namespace of it (it would be parked: SpecDiffers)',
      'warn: c1: application openshift-gitops/old-c1: it is being deleted on the hub (not in the plan: BeingDeleted)',
    ]);
  });

  it('keeps the Applications that were named, and notes what was agreed to', () => {
    const { plan: one, parked: left } = narrowed(made, ['openshift-gitops/shop-c1'], ['openshift-gitops/shop-c1']);
    expect(one.clusters.map(({ name, applications }) => [name, applications.map(({ key }) => key)])).toEqual([
      ['c1', ['openshift-gitops/shop-c1']],
    ]);
    expect(one.clusters[0]?.applications[0]?.differences.accepted).toBe(true);
    expect(left).toEqual([]);
    const other = narrowed(made, undefined, ['openshift-gitops/blog-c1']);
    expect(other.plan.clusters[0]?.applications.map(({ differences }) => differences.accepted)).toEqual([false, true]);
    expect(other.parked).toEqual([parked]);
    expect(narrowed(made, undefined, 'all').parked).toEqual([]);
    expect(usageErrorOf(() => narrowed(made, ['openshift-gitops/none'], [])).message).toBe(
      'there is no Application openshift-gitops/none to be handed over',
    );
  });
});

describe('what status prints', () => {
  function shown(output: 'table' | 'wide' | 'json' | 'yaml'): {
    readonly stdout: string;
    readonly hints: readonly string[];
  } {
    const stdout = collector();
    const opened = openStatusOutput(plan, { output, plan: 'p.plan' }, stdout);
    for (const status of statuses) opened.cluster(status);
    const hints = opened.end();
    return { stdout: stdout.text(), hints };
  }

  it('as a table: where each cluster is, what is parked and why, and which command goes on', () => {
    const { stdout, hints } = shown('table');
    expect(stdout.split('\n')).toEqual([
      'CLUSTER   APPLICATIONS   POSITIONS              PULL-MODEL   NEXT',
      'c1        2              1 both-own, 1 parked   classic      finish',
      'c2        1              1 finished             -            -',
      '',
      'CLUSTER   PARKED                     REASON             WHY',
      'c1        openshift-gitops/blog-c1   OperationRunning   it runs an operation',
      '',
    ]);
    expect(hints).toEqual(['next, for 1 cluster: maestro-cli gitops migrate finish --plan=p.plan']);
  });

  it('wide: each Application; for a program: all of it', () => {
    expect(shown('wide').stdout.split('\n')).toHaveLength(5);
    expect(JSON.parse(shown('json').stdout)).toMatchObject({
      clusters: [
        {
          cluster: 'c1',
          next: 'finish',
          positions: [
            { position: 'both-own', count: 1 },
            { position: 'parked', count: 1 },
          ],
        },
        { cluster: 'c2', next: 'none', positions: [{ position: 'finished', count: 1 }] },
      ],
    });
    expect(shown('yaml').stdout).toContain('position: both-own');
  });
});

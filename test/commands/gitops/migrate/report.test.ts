import { describe, expect, it } from 'vitest';
import { gitopsMigrateRunCommand } from '../../../../src/commands/gitops/migrate/run/command.ts';
import { tellingHandover } from '../../../../src/commands/gitops/migrate/shared/facts.ts';
import { openHandoverOutput } from '../../../../src/commands/gitops/migrate/shared/output.ts';
import { stagesOf } from '../../../../src/core/fleet/waves.ts';
import { RollOutRecord, type RollOutPicture } from '../../../../src/core/roll-out/record.ts';
import type { HandoverEvent } from '../../../../src/gitops/handover/run-handover.ts';
import { usageErrorOf } from '../../../command-line/support.ts';
import { ManualClock } from '../../../support/fake-clock.ts';
import { parseFor } from '../../../support/parse-for.ts';
import { collector, events, heldBack, plan, stoppedEvents, tellings } from './support.ts';

/** What a report shows of a handover, and the counts that the command prints of it. */
function told(all: readonly HandoverEvent[]): {
  readonly picture: RollOutPicture;
  readonly summary: Readonly<Record<string, number>>;
} {
  const { settings } = parseFor(gitopsMigrateRunCommand, ['--plan=p', '--grpc-endpoint=maestro:8090']);
  const record = new RollOutRecord();
  const stages = stagesOf(plan.clusters, 1);
  const clock = new ManualClock();
  const teller = tellingHandover(plan, { stages, goal: 'run', settings }, record, { clock, commandLine: 'typed' });
  const stdout = collector();
  const context = { stdout, stderr: collector(), clock, env: {} };
  const log = { verbose: false, quiet: true, format: 'text' } as const;
  const options = { goal: 'run', output: 'json', log, dryRun: false, staged: true } as const;
  const output = openHandoverOutput(plan, options, context, { reporter: tellings() });
  for (const event of all) {
    teller.take(event);
    output.take(event);
  }
  const end = { stoppedBy: '1 cluster failed (the limit is 1)', notBegun: [] };
  teller.end(end);
  output.end(end);
  const { summary } = JSON.parse(stdout.text()) as { readonly summary: Readonly<Record<string, number>> };
  return { picture: record.picture(), summary };
}

describe('the report of a handover', () => {
  it.each([
    { what: 'what is parked has not failed, nor what was cut short', all: events, counts: [1, 1, 1, 0, 0] },
    { what: 'what was not begun has not failed', all: stoppedEvents, counts: [0, 0, 0, 2, 1] },
  ])('has the counts that are printed: $what', ({ all, counts }) => {
    const { picture, summary } = told(all);
    const { met, parked, pending, failed, notBegun } = picture.counts;
    expect([met, parked, pending, failed, notBegun]).toEqual(counts);
    const printed = ['done', 'parked', 'pending', 'failed', 'notBegun'].map((kind) => summary[kind]);
    expect(printed).toEqual(counts);
    expect(picture.total).toBe(summary['applications']);
  });

  it('tells what it is about, and why it is not as asked', () => {
    const { picture } = told(events);
    expect(picture).toMatchObject({
      plan: { noun: 'application', hub: 'https://hub:6443', server: 'maestro:8090', command: 'typed' },
      over: { stoppedBy: '1 cluster failed (the limit is 1)' },
      stages: [
        { name: 'canary', awaits: 'both own' },
        { name: 'wave', awaits: 'both own' },
      ],
    });
    expect(picture.reasons.map(({ message, works }) => [message, works.length])).toEqual([
      ['it runs an operation', 1],
      ['its agent has not reported in time', 1],
    ]);
    // The error of the cluster is what its application says.
    expect(picture.notes).toEqual([]);
  });

  it('says of a cluster that is through that it was not given to the controllers', () => {
    const { picture } = told([{ kind: 'cluster', result: heldBack, left: 0 }]);
    expect(picture.notes).toEqual([{ cluster: 'c1', text: heldBack.heldBack }]);
    expect(picture.counts).toMatchObject({ met: 1, toCome: 2 });
  });

  it('is not made of a dry run', () => {
    const parse = (): unknown => parseFor(gitopsMigrateRunCommand, ['--plan=p', '--dry-run', '--report=r.html']);
    expect(usageErrorOf(parse).message).toBe('--dry-run does nothing that a --report could show');
  });
});

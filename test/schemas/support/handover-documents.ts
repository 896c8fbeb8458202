import { printPlan } from '../../../src/commands/gitops/migrate/plan/output.ts';
import { openHandoverOutput } from '../../../src/commands/gitops/migrate/shared/output.ts';
import { openStatusOutput } from '../../../src/commands/gitops/migrate/status/output.ts';
import { backupHead, backupLine } from '../../../src/gitops/handover/backup-lines.ts';
import { planLines } from '../../../src/gitops/handover/plan-lines.ts';
import {
  collector,
  events,
  heldBack,
  leftOut,
  parked,
  plan,
  record,
  statuses,
  stoppedEvents,
  tellings,
} from '../../commands/gitops/migrate/support.ts';
import { ManualClock } from '../../support/fake-clock.ts';
import type { SeenDocument } from '../../support/output-schemas.ts';

/**
 * What a handover prints and writes, by its printers: between them every member is seen. That runs print so is shown by
 * the tests that carry handovers out on the rig.
 */
export function handoverDocuments(): readonly SeenDocument[] {
  const printed = (schema: string, print: (stdout: ReturnType<typeof collector>) => void): SeenDocument => {
    const stdout = collector();
    print(stdout);
    return { schema, value: JSON.parse(stdout.text()) as unknown };
  };
  const line =
    (schema: string) =>
    (text: string): SeenDocument => ({ schema, value: JSON.parse(text) as unknown });
  return [
    printed('handover-plan', (stdout) =>
      printPlan({ plan, leftOut: [leftOut], parked: [parked] }, { output: 'json', out: 'p' }, stdout, tellings()),
    ),
    ...[events, stoppedEvents, [{ kind: 'cluster', result: heldBack, left: 0 } as const]].map((told) =>
      printed('handover', (stdout) => {
        const context = { stdout, stderr: collector(), clock: new ManualClock(), env: {} };
        const log = { verbose: false, quiet: false, format: 'text' } as const;
        const options = { goal: 'run', output: 'json', log, dryRun: false, staged: false } as const;
        const output = openHandoverOutput(plan, options, context, { reporter: tellings() });
        for (const event of told) output.take(event);
        output.end({ stoppedBy: 'the time was up', notBegun: [] });
      }),
    ),
    printed('handover-status', (stdout) => {
      const output = openStatusOutput(plan, { output: 'json', plan: 'p' }, stdout);
      for (const status of statuses) output.cluster(status);
      output.end();
    }),
    ...[...planLines(plan)].map(line('handover-plan-line')),
    ...[backupHead(plan.runId), backupLine(record)].map(line('backup-line')),
  ];
}

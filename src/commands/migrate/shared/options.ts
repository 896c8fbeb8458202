import { connectionOptions, waitTimeoutMs, type ConnectionOptions } from '../../../command-line/connection-options.ts';
import { stagedOptions, type StagedOptions } from '../../../command-line/consumer-choice.ts';
import type { ParseInput } from '../../../command-line/command-spec.ts';
import { flagReader } from '../../../command-line/flag-values.ts';
import { refuseReportOfDryRun } from '../../../command-line/report-flag.ts';
import { failureGraceMs } from '../../../command-line/wait-options.ts';
import type { Goal } from '../../../core/migration/advance.ts';
import { present } from '../../../core/present.ts';

export const carryOutOutputs = ['text', 'json'] as const;

/** How a plan is carried out. */
export interface CarryOutOptions extends ConnectionOptions, StagedOptions {
  readonly goal: Goal;
  readonly plan: string;
  /** Names of clusters; empty: all of the plan. */
  readonly consumers: readonly string[];
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly ownerProof: boolean;
  readonly failureGraceMs?: number;
  readonly output: (typeof carryOutOutputs)[number];
}

export function parseCarryOut(input: ParseInput, goal: Goal): CarryOutOptions {
  const flags = flagReader(input);
  refuseReportOfDryRun(flags, flags.on('dryRun'));
  return {
    ...connectionOptions(input, waitTimeoutMs),
    ...stagedOptions(flags),
    goal,
    plan: flags.required('plan', 'migrate plan writes it'),
    consumers: [...new Set(flags.list('consumer'))],
    yes: flags.on('yes'),
    dryRun: flags.on('dryRun'),
    ownerProof: !flags.without('ownerProof'),
    ...present({ failureGraceMs: failureGraceMs(flags) }),
    output: flags.output(carryOutOutputs),
  };
}

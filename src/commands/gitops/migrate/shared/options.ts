import { hubConnection } from '../../../shared/hub-connection.ts';
import {
  connectionOptions,
  waitTimeoutMs,
  type ConnectionOptions,
} from '../../../../command-line/connection-options.ts';
import { stagedOptions, type StagedOptions } from '../../../../command-line/consumer-choice.ts';
import type { ParseInput } from '../../../../command-line/command-spec.ts';
import { flagReader, type FlagReader } from '../../../../command-line/flag-values.ts';
import { refuseReportOfDryRun } from '../../../../command-line/report-flag.ts';
import { failureGraceMs } from '../../../../command-line/wait-options.ts';
import { present } from '../../../../core/present.ts';
import { MaestroError } from '../../../../errors.ts';
import type { HandoverGoal } from '../../../../gitops/handover/plan.ts';
import type { KubeSettings } from '../../../../gitops/kube/kubeconfig.ts';

export const carryOutOutputs = ['table', 'json', 'yaml'] as const;

/** How a plan is carried out. */
export interface CarryOutOptions extends ConnectionOptions, StagedOptions {
  readonly goal: HandoverGoal;
  readonly hub: KubeSettings;
  readonly plan: string;
  /** Names of clusters; empty: all of the plan. */
  readonly clusters: readonly string[];
  readonly backup: string;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly pauseClassic: boolean;
  readonly startClassic: boolean;
  readonly failureGraceMs?: number;
  readonly output: (typeof carryOutOutputs)[number];
}

export function parseCarryOut(input: ParseInput, goal: HandoverGoal): CarryOutOptions {
  const flags = flagReader(input);
  const plan = planOption(flags);
  const pauseClassic = flags.on('pauseClassic');
  const startClassic = flags.on('startClassic');
  if (pauseClassic && startClassic)
    throw new MaestroError('usage', '--pause-classic and --start-classic lead to different models; leave one out');
  refuseReportOfDryRun(flags, flags.on('dryRun'));
  return {
    ...connectionOptions(input, waitTimeoutMs),
    ...stagedOptions(flags),
    goal,
    hub: hubConnection(flags),
    plan,
    clusters: plannedClusters(flags),
    backup: flags.text('backup') ?? `${plan}.backup`,
    yes: flags.on('yes'),
    dryRun: flags.on('dryRun'),
    pauseClassic,
    startClassic,
    ...present({ failureGraceMs: failureGraceMs(flags) }),
    output: flags.output(carryOutOutputs),
  };
}

/** @throws MaestroError usage without one, and for standard input, which has no place for a backup beside it */
export function planOption(flags: FlagReader): string {
  const plan = flags.required('plan', 'gitops migrate plan writes it');
  if (plan === '-') throw new MaestroError('usage', '--plan names a file here: it is read again by later commands');
  return plan;
}

export function plannedClusters(flags: FlagReader): readonly string[] {
  return [...new Set(flags.list('cluster'))];
}

import { foldStatus, type WorkState } from '../core/status/fold.ts';
import type { ResourceBundle } from '../core/works/resource-bundle.ts';
import { workName } from '../core/works/resource-bundle.ts';
import { ExitCode } from '../exit-code.ts';
import type { ManifestWork } from '../core/works/manifest-work.ts';
import type { Applied } from './apply/carry-out.ts';
import type { ApplyPlan } from './apply/plan.ts';
import type { WaitResult } from './wait/waiting.ts';
import { withEffects, type Effects } from './effects.ts';
import { failedWork, isUnfinished, type WorkOutcome } from '../core/outcome/outcome.ts';
import { resourceOutcomes } from './resources.ts';
import type { SharedObject } from '../core/ownership/shared-object.ts';

/**
 * The outcome of an apply that was not waited for. "Accepted" is all that is
 * known of a write; of an unchanged work the stored status may prove more.
 */
export function acceptedOutcome(applied: Applied, consumer: string): WorkOutcome {
  const name = applied.work.name;
  const base = {
    manifestWorkName: name,
    consumer,
    operation: applied.operation,
    id: applied.id,
    version: applied.version,
    exitCode: ExitCode.Done,
  } as const;
  if (applied.stored === undefined) {
    const message = `ManifestWork ${name} on ${consumer}: ${applied.operation} (version ${applied.version}), accepted by Maestro, outcome not awaited`;
    return withEffects({ ...base, phase: 'InProgress', reason: 'Accepted', message }, applied);
  }
  const { text, ...found } = foundOutcome(applied.stored, applied.version);
  const message = `ManifestWork ${name} on ${consumer}: unchanged (version ${applied.version}), ${text}`;
  return { ...base, ...found, reason: 'Unchanged', message };
}

/**
 * What is known of a work that nothing had to be written to, where nobody waits: what an earlier run wrote may still be
 * on its way, so only the stored status proves that it has arrived.
 */
export function foundOutcome(
  stored: ResourceBundle,
  version: number,
): Pick<WorkOutcome, 'phase' | 'resources' | 'observedVersion' | 'conditions'> & { readonly text: string } {
  const proven = isApplied(foldStatus(stored, version));
  return {
    ...seen(stored, version),
    phase: proven ? 'Applied' : 'InProgress',
    text: proven ? 'applied' : 'not yet seen applied',
  };
}

/** The outcome of a server dry run. */
export function predictedOutcome(
  plan: ApplyPlan,
  consumer: string,
  sharedWith: readonly SharedObject[] = [],
): WorkOutcome {
  const { name } = plan.work;
  const verb = { create: 'would be created', update: 'would be updated', unchanged: 'unchanged' }[plan.action];
  const outcome: WorkOutcome = {
    manifestWorkName: name,
    consumer,
    id: plan.target.id,
    ...(plan.action === 'create' ? {} : { version: plan.stored.version }),
    phase: 'InProgress',
    action: plan.action,
    reason: 'DryRun',
    message: `ManifestWork ${name} on ${consumer}: ${verb} (server dry run, nothing sent)`,
    exitCode: ExitCode.Done,
  };
  return withEffects(outcome, { ...(plan.action === 'update' ? plan : {}), sharedWith }, true);
}

/** The outcome of a client dry run. */
export function validatedOutcome(work: ManifestWork, consumer: string): WorkOutcome {
  return {
    manifestWorkName: work.name,
    consumer,
    phase: 'InProgress',
    reason: 'DryRun',
    message: `ManifestWork ${work.name} on ${consumer}: valid (client dry run, nothing sent)`,
    exitCode: ExitCode.Done,
  };
}

/** The outcome of a wait; `accepted` says that Maestro had taken a write of ours before. */
export function waitedOutcome(
  result: WaitResult,
  about: {
    readonly operation: NonNullable<WorkOutcome['operation']>;
    readonly text: string;
    readonly accepted: boolean;
    /** Of the write that was waited for. */
    readonly effects?: Effects;
  },
): WorkOutcome {
  const { target, bundle, version } = result;
  const name = target.name === '' && bundle !== undefined ? workName(bundle) : target.name;
  const consumer = target.consumer === '' && bundle !== undefined ? bundle.consumerName : target.consumer;
  const base = {
    manifestWorkName: name,
    consumer,
    operation: about.operation,
    id: target.id,
    ...(version === undefined ? {} : { version }),
    ...(bundle === undefined ? {} : seen(bundle, version ?? bundle.version)),
  };
  if (result.error !== undefined)
    return withEffects(
      cutShort(failedWork(base, result.error, about.accepted || bundle !== undefined), result),
      about.effects ?? {},
    );
  const at = version === undefined ? '' : ` (version ${version})`;
  const outcome: WorkOutcome = {
    ...base,
    phase: 'Applied',
    reason: conditionReason(about.text),
    message: `ManifestWork ${name} on ${consumer}: ${about.text}${at}`,
    exitCode: ExitCode.Done,
  };
  return withEffects(outcome, about.effects ?? {});
}

/** What was waited for, as one word of a progress line: `Applied`, or `Met` for an expression. */
export function conditionWord(text: string): string {
  const reason = conditionReason(text);
  return reason === 'ConditionMet' ? 'Met' : reason;
}

/** Of a wait that was cut short it is told where the work stood. */
export function cutShort(outcome: WorkOutcome, { standing }: Pick<WaitResult, 'standing'>): WorkOutcome {
  return standing === undefined || !isUnfinished(outcome) ? outcome : { ...outcome, standing };
}

/** `Applied` stays `Applied`; an expression that is no CamelCase word becomes `ConditionMet`. */
export function conditionReason(text: string): string {
  return /^[A-Z][A-Za-z0-9]*$/.test(text) ? text : 'ConditionMet';
}

function seen(
  bundle: ResourceBundle,
  version: number,
): Pick<WorkOutcome, 'resources' | 'observedVersion' | 'conditions'> {
  return {
    resources: resourceOutcomes(bundle, version),
    ...(bundle.status === undefined
      ? {}
      : { observedVersion: bundle.status.observedVersion, conditions: bundle.status.conditions }),
  };
}

function isApplied(state: WorkState): boolean {
  return state.kind === 'applied' || state.kind === 'available';
}

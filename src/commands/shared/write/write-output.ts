import type { OutputStream } from '../../../context.ts';
import { formatSelector } from '../../../core/expressions/format.ts';
import { matchesSelector } from '../../../core/expressions/selectors.ts';
import type { WorkOutcome } from '../../../core/outcome/outcome.ts';
import { describeLoss } from '../../../core/ownership/losses.ts';
import { counted } from '../../../core/text.ts';
import { manifestKey, type ManifestWork } from '../../../core/works/manifest-work.ts';
import { describeDifferences } from '../../../operations/apply/describe-difference.ts';
import type { ApplyPlan } from '../../../operations/apply/plan.ts';
import type { Written } from '../../../operations/apply/write-work.ts';
import { effectTexts, type Effects } from '../../../operations/effects.ts';
import { sharedTexts } from '../../../operations/shared-objects.ts';
import { nameLine, workLine } from '../../../output/outcome.ts';
import type { Reporter } from '../../../output/reporter.ts';
import type { WriteOptions, WriteOutput } from './write-options.ts';

/** What a dry run says of each work. */
export const plannedText = { create: 'would be created', update: 'would be updated', unchanged: 'unchanged' } as const;

/** What others lose is said before it happens, and how the work changes; what was removed is said when it was. */
export function announce(
  plan: ApplyPlan,
  about: string,
  say: { readonly warn: (text: string) => void; readonly tell: (text: string) => void },
): void {
  if (plan.action !== 'update') return;
  for (const loss of plan.losses) say.warn(`${about}: ${describeLoss(loss)} (forced)`);
  for (const { text, removes } of describeDifferences(plan)) if (!removes) say.tell(`${about}: ${text}`);
}

/**
 * An agent does not apply again what differs in annotations of the work alone, so a wait for this version can take
 * longer than its time, and nothing is wrong.
 */
export function tellLate(plan: ApplyPlan, about: string, tell: (text: string) => void): void {
  if (plan.action !== 'update' || plan.differences.length === 0) return;
  if (plan.differences.some(({ part }) => part !== 'annotations')) return;
  tell(
    `${about}: only annotations of the work change; its agent reports that when it next applies all, within 6 minutes`,
  );
}

/** What --remove names and the work does not hold; the second of two same Jobs finds it so. */
export function tellAbsent(plan: ApplyPlan, { drops = [] }: WriteOptions, reporter: Reporter): void {
  const keys = plan.action === 'create' ? [] : plan.stored.manifests.map((manifest) => manifestKey(manifest));
  const absent = drops.filter((selector) => !keys.some((key) => matchesSelector(selector, key)));
  for (const selector of absent)
    reporter.info(`${plan.work.name}: holds no ${formatSelector(selector)}; nothing to remove`);
}

/** A work that a line is about. */
export interface ToldWork {
  readonly name: string;
  readonly consumer: string;
  /** All works of the command are on one consumer. */
  readonly isOfOne: boolean;
}

/**
 * One line per work as soon as it is known, as kubectl does. Maestro has no dry
 * run of its own, so what is predicted was not checked by it.
 */
export function printWritten(work: ToldWork, written: Written, output: WriteOutput, stdout: OutputStream): void {
  if (output === 'json') return;
  const { name } = work;
  const text =
    'applied' in written
      ? `${written.applied.operation} (version ${written.applied.version})`
      : `${plannedText[written.plan.action]} (server dry run, not checked by the server)`;
  stdout.write(output === 'name' ? nameLine(name, work.consumer, work.isOfOne) : `${workLine(name)} ${text}\n`);
  if (output !== 'text') return;
  for (const line of effectTexts(written.outcome, !('applied' in written))) stdout.write(`${workLine(name)} ${line}\n`);
}

export function printValidated(
  work: ManifestWork,
  { consumer, isOfOne }: Pick<ToldWork, 'consumer' | 'isOfOne'>,
  output: WriteOutput,
  stdout: OutputStream,
): void {
  if (output === 'json') return;
  const text = `valid, ${counted(work.manifests.length, 'manifest')} (client dry run, nothing sent)`;
  stdout.write(output === 'name' ? nameLine(work.name, consumer, isOfOne) : `${workLine(work.name)} ${text}\n`);
}

export function printWaited(outcome: WorkOutcome, condition: string, output: WriteOutput, stdout: OutputStream): void {
  if (output !== 'text' || outcome.error !== undefined) return;
  stdout.write(`${workLine(outcome.manifestWorkName)} condition met: ${condition} (version ${outcome.version})\n`);
}

/**
 * What has to be told and has no line on standard output: objects that other
 * works hold too, and beside `-o name`, which holds names alone, what was removed
 * and what others lost, with --quiet too.
 */
export function tellEffects(
  name: string,
  effects: Effects,
  output: WriteOutput,
  { reporter, dryRun }: { readonly reporter: Pick<Reporter, 'warn' | 'warnAlways'>; readonly dryRun: boolean },
): void {
  for (const text of sharedTexts(effects.sharedWith ?? [])) reporter.warn(`${name}: ${text}`);
  if (output === 'name') for (const text of effectTexts(effects, dryRun)) reporter.warnAlways(`${name}: ${text}`);
}

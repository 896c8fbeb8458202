import { printedJson } from '../../output/json.ts';
import type { Context, OutputStream } from '../../context.ts';
import type { ManifestWork } from '../../core/works/manifest-work.ts';
import type { Applied } from '../../operations/apply/carry-out.ts';
import type { ApplyPlan } from '../../operations/apply/plan.ts';
import { effectTexts, type Effects } from '../../operations/effects.ts';
import type { WorkOutcome } from '../../core/outcome/outcome.ts';
import { sharedTexts } from '../../operations/shared-objects.ts';
import type { Reporter } from '../../output/reporter.ts';
import { outcomesValue, workLine } from '../../output/outcome.ts';
import type { applyOutputs } from './command.ts';

type ApplyOutput = (typeof applyOutputs)[number];

/** One line per work as soon as it is known, as kubectl does. */
export function printApplied(name: string, applied: Applied, output: ApplyOutput, stdout: OutputStream): void {
  if (output === 'json') return;
  stdout.write(
    output === 'name' ? `${workLine(name)}\n` : `${workLine(name)} ${applied.operation} (version ${applied.version})\n`,
  );
  if (output === 'text') for (const text of effectTexts(applied)) stdout.write(`${workLine(name)} ${text}\n`);
}

/** What a server dry run predicts; Maestro has no dry run of its own, so it has checked nothing. */
export function printPlanned(name: string, plan: ApplyPlan, output: ApplyOutput, stdout: OutputStream): void {
  if (output === 'json') return;
  const verb = { create: 'would be created', update: 'would be updated', unchanged: 'unchanged' }[plan.action];
  stdout.write(
    output === 'name'
      ? `${workLine(name)}\n`
      : `${workLine(name)} ${verb} (server dry run, not checked by the server)\n`,
  );
  if (output === 'text' && plan.action === 'update')
    for (const text of effectTexts(plan, true)) stdout.write(`${workLine(name)} ${text}\n`);
}

export function printValidated(work: ManifestWork, output: ApplyOutput, stdout: OutputStream): void {
  if (output === 'json') return;
  const text = `valid, ${work.manifests.length} ${work.manifests.length === 1 ? 'manifest' : 'manifests'} (client dry run, nothing sent)`;
  stdout.write(output === 'name' ? `${workLine(work.name)}\n` : `${workLine(work.name)} ${text}\n`);
}

export function printWaited(outcome: WorkOutcome, condition: string, output: ApplyOutput, stdout: OutputStream): void {
  if (output !== 'text' || outcome.error !== undefined) return;
  stdout.write(`${workLine(outcome.manifestWorkName)} condition met: ${condition} (version ${outcome.version})\n`);
}

/**
 * What has to be told and has no line on standard output: objects that other
 * works hold too, and beside `-o name`, which holds names alone, what was removed.
 */
export function tellEffects(
  name: string,
  effects: Effects,
  output: ApplyOutput,
  reporter: Pick<Reporter, 'warn'>,
  dryRun = false,
): void {
  for (const text of sharedTexts(effects.sharedWith ?? [])) reporter.warn(`${name}: ${text}`);
  if (output === 'name') for (const text of effectTexts(effects, dryRun)) reporter.warn(`${name}: ${text}`);
}

/** With -o json, one value at the end. */
export function printOutcomes(
  outcomes: readonly WorkOutcome[],
  output: ApplyOutput,
  { stdout, facts }: Pick<Context, 'stdout' | 'facts'>,
): void {
  if (output === 'json') stdout.write(`${printedJson(outcomesValue(outcomes, facts?.()), 2)}\n`);
}

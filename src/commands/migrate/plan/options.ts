import { connectionOptions, callTimeoutMs, type ConnectionOptions } from '../../../command-line/connection-options.ts';
import type { ConsumersOption } from '../../../command-line/consumer-choice.ts';
import type { ParseInput } from '../../../command-line/command-spec.ts';
import { flagReader } from '../../../command-line/flag-values.ts';
import { parseLabelSelector, type LabelSelector } from '../../../core/label-selector.ts';
import { checkNameTemplate } from '../../../core/migration/names.ts';
import { patterns, type Pattern } from '../../../core/migration/old-work.ts';
import { present } from '../../../core/present.ts';
import { MaestroError } from '../../../errors.ts';
import { clustersOption } from '../shared/choose.ts';

export const planOutputs = ['text', 'json'] as const;

export interface PlanOptions extends ConnectionOptions {
  readonly to: Pattern;
  readonly plan: string;
  readonly consumers: ConsumersOption;
  readonly works?: readonly string[];
  readonly selector?: LabelSelector;
  readonly name?: string;
  readonly managerOf: Readonly<Record<string, string>>;
  readonly prefer?: string;
  readonly output: (typeof planOutputs)[number];
}

export function parseMigratePlan(input: ParseInput): PlanOptions {
  const flags = flagReader(input);
  const to = flags.oneOf('to', patterns);
  if (to === undefined)
    throw new MaestroError('usage', '--to is required: the pattern that the works are to have', {
      hint: 'A: one work for each adapter; B: one for each object; C: one for each cluster.',
    });
  const plan = flags.required('plan', 'the file that the plan is written to');
  if (plan === '-')
    throw new MaestroError('usage', '--plan names a file here: a plan holds Secrets, and is kept for a rollback');
  const name = flags.text('name');
  if (name !== undefined) checkNameTemplate(name, to);
  const selector = flags.text('selector');
  return {
    ...connectionOptions(input, callTimeoutMs),
    to,
    plan,
    consumers: clustersOption(flags),
    managerOf: Object.fromEntries(flags.list('managerOf').map((text) => managerOf(text))),
    ...present({
      works: flags
        .text('works')
        ?.split(',')
        .filter((work) => work !== ''),
      selector: selector === undefined ? undefined : parseLabelSelector(selector),
      name,
      prefer: flags.text('prefer'),
    }),
    output: flags.output(planOutputs),
  };
}

function managerOf(text: string): readonly [string, string] {
  const [work = '', manager = '', ...more] = text.split('=');
  if (work !== '' && manager !== '' && more.length === 0) return [work, manager];
  throw new MaestroError('usage', `--manager-of takes WORK=MANAGER, not "${text}"`);
}

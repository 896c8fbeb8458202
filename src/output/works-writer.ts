import type { WorkOutcome } from '../core/outcome/outcome.ts';
import type { RunFacts } from '../core/outcome/run-facts.ts';
import type { Context } from '../context.ts';
import { printedJson } from './json.ts';
import { outcomeValue, type FleetSummary, type PrintedOutcomes } from './outcome.ts';

/** With `-o json`: one value on standard output, of which each work is written when it is known. */
export interface WorksWriter {
  add(outcome: WorkOutcome): void;
  /** Ends the value with the counts of the summary, and with what results tell of the run. */
  end(more: { readonly summary?: FleetSummary; readonly run: RunFacts | undefined }): void;
}

export function openWorksWriter(write: (text: string) => void): WorksWriter {
  let begun = false;
  const indented = (value: unknown, by: string): string => printedJson(value, 2).replaceAll('\n', `\n${by}`);
  return {
    add: (outcome) => {
      write(`${begun ? ',' : '{\n  "works": ['}\n    ${indented(outcomeValue(outcome), '    ')}`);
      begun = true;
    },
    end: ({ summary, run }) => {
      const { startedAt, ...details } = run ?? {};
      const more: Omit<PrintedOutcomes, 'works'> = {
        ...(summary === undefined ? {} : { summary }),
        ...(run === undefined ? {} : { startedAt, details }),
      };
      const texts = Object.entries(more).map(([key, value]) => `,\n  "${key}": ${indented(value, '  ')}`);
      write(`${begun ? '\n  ]' : '{\n  "works": []'}${texts.join('')}\n}\n`);
    },
  };
}

/** Prints the value at the end of a run. */
export function printOutcomes(
  outcomes: readonly WorkOutcome[],
  { stdout, facts }: Pick<Context, 'stdout' | 'facts'>,
): void {
  let text = '';
  const writer = openWorksWriter((part) => (text += part));
  for (const outcome of outcomes) writer.add(outcome);
  writer.end({ run: facts?.() });
  stdout.write(text);
}

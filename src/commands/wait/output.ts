import type { Context } from '../../context.ts';
import { oneWord } from '../../core/shown-text.ts';
import type { WorkOutcome } from '../../core/outcome/outcome.ts';
import { isOnOneConsumer } from '../../core/works/work-address.ts';
import { nameLine, workLine } from '../../output/outcome.ts';
import { printOutcomes } from '../../output/works-writer.ts';
import type { WaitOptions } from './options.ts';

/** A line for each work that was not waited for in vain; with -o json one value for all works. */
export function printWaited(
  works: readonly WorkOutcome[],
  options: Pick<WaitOptions, 'output' | 'await' | 'fleet' | 'addresses'>,
  context: Pick<Context, 'stdout' | 'facts'>,
): void {
  if (options.output === 'json') return printOutcomes(works, context);
  for (const work of works) {
    if (work.error !== undefined) continue;
    const at = work.version === undefined ? '' : ` (version ${work.version})`;
    if (options.output === 'name') {
      context.stdout.write(nameLine(work.manifestWorkName, work.consumer, isOnOneConsumer(options.addresses)));
      continue;
    }
    const on = options.fleet === undefined ? '' : ` on ${oneWord(work.consumer)}`;
    const line = workLine(work.manifestWorkName);
    context.stdout.write(`${line} condition met: ${options.await.text}${at}${on}\n`);
  }
}

import type { Context } from '../../../context.ts';
import { WorksTally } from '../../../core/status/works-tally.ts';
import type { Consumer } from '../../../core/works/resource-bundle.ts';
import type { UnreadableWorks } from '../../shared/table/unreadable-works.ts';
import type { MaestroSession } from '../../shared/with-maestro.ts';

/** Up to so many consumers are named in the search; for more of them all works are read, which is one search. */
const mostNamed = 200;

/**
 * Counts the works of consumers, of every source, in one pass over them: a page is dropped once it is counted, so that
 * memory does not depend on how many there are.
 */
export async function tallyWorks(
  consumers: readonly Consumer[],
  { maestro, budget, reporter }: Pick<MaestroSession, 'maestro' | 'budget' | 'reporter'>,
  {
    context,
    unreadable,
    narrowed,
  }: {
    readonly context: Pick<Context, 'clock' | 'keepHeapSmall'>;
    readonly unreadable: UnreadableWorks;
    /** Not all consumers are shown. */
    readonly narrowed: boolean;
  },
): Promise<WorksTally> {
  const tally = new WorksTally();
  const where = narrowed && consumers.length <= mostNamed ? { consumers: consumers.map(({ name }) => name) } : {};
  let count = 0;
  let pages = 0;
  for await (const page of maestro.reader.listBundles({ where, onSetAside: unreadable.onSetAside }, budget)) {
    pages += 1;
    if (pages === 2) context.keepHeapSmall();
    const wallMs = context.clock.wallMs();
    for (const bundle of page) tally.add(bundle, wallMs);
    count += page.length;
    if (pages > 1) reporter.progress(`counting works: ${count} so far`);
  }
  return tally;
}

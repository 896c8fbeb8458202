import type { CommandResult } from '../../command-line/command-spec.ts';
import { defaultConsumerText } from '../../command-line/default-consumer.ts';
import type { Context } from '../../context.ts';
import { matchesLabels } from '../../core/label-selector.ts';
import { storedContent } from '../../core/works/document.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { ExitCode } from '../../exit-code.ts';
import { listWorks } from '../../operations/list.ts';
import { openUnreadable } from '../shared/table/unreadable-works.ts';
import { readyOutput } from '../shared/table/ready-output.ts';
import { withMaestro, type MaestroContext } from '../shared/with-maestro.ts';
import type { ListOptions } from './options.ts';
import { openListOutput, type ReadyListOptions } from './output.ts';
import { isManagedBy, isOfAdapter } from './owner-filter.ts';
import { holdsResource, holdsText } from './resource-filter.ts';
import { isInState } from './state-filter.ts';
import { sortWorks } from './sort.ts';
import { watchList, type ListDeps } from './watch.ts';

/** Lists once, or lists and goes on with what changes. */
export async function run(
  given: ListOptions,
  context: MaestroContext & ListDeps['context'] & Pick<Context, 'cwd' | 'stdin'>,
): Promise<CommandResult> {
  const options = { ...given, output: await readyOutput(given.output, context) };
  return withMaestro(options, context, async (session) => {
    const wanted = (bundle: ResourceBundle): boolean => isWanted(bundle, options, context.clock.wallMs());
    const deps = { ...session, context, wanted };
    if (options.watch === undefined) return listOnce(options, deps);
    await watchList(options, options.watch, deps);
    return { exitCode: ExitCode.Done };
  });
}

/**
 * Prints every page as it arrives, so that memory and the first row do not depend on the number of works; only sorting
 * needs them all.
 */
async function listOnce(options: ReadyListOptions, deps: ListDeps): Promise<CommandResult> {
  const { context, reporter, budget, maestro } = deps;
  const output = await openListOutput(options, context);
  const most = options.limit ?? Number.POSITIVE_INFINITY;
  let shown = 0;
  let pages = 0;
  const show = (bundles: readonly ResourceBundle[]): void => {
    const rows = bundles.slice(0, most - shown);
    shown += rows.length;
    if (rows.length > 0) output.page(rows);
  };
  const collected: ResourceBundle[] = [];
  const unreadable = openUnreadable(reporter);
  for await (const page of listWorks(maestro.reader, options, budget, unreadable)) {
    const wanted = page.filter((bundle) => deps.wanted(bundle));
    pages += 1;
    if (pages === 2) context.keepHeapSmall();
    if (options.sortBy === undefined) show(wanted);
    else collected.push(...wanted);
    if (shown >= most) break;
  }
  if (options.sortBy !== undefined) show(sortWorks(collected, options.sortBy, context.clock.wallMs()));
  output.end();
  const note = output.note?.();
  if (note !== undefined) reporter.info(note);
  if (shown >= most)
    reporter.info(`stopped after ${shown} ${shown === 1 ? 'work' : 'works'} (--limit); there may be more`);
  const failed = unreadable.result('the list');
  if (failed !== undefined) return failed;
  if (shown === 0) reporter.info(`no works found${whereText(options)}`);
  return { exitCode: ExitCode.Done };
}

/** Whoever did not name a consumer may not think of the context's. */
function whereText({ takenConsumer }: Pick<ListOptions, 'takenConsumer'>): string {
  if (takenConsumer === undefined) return '';
  return ` on ${defaultConsumerText(takenConsumer)}; --all-consumers lists those of all`;
}

function isWanted(bundle: ResourceBundle, options: ListOptions, wallMs: number): boolean {
  if (options.selector.length > 0 && !matchesLabels(options.selector, storedContent(bundle).labels)) return false;
  if (!holdsResource(bundle, options.resources) || !holdsText(bundle, options.filter)) return false;
  if (!isOfAdapter(bundle, options.ofAdapter) || !isManagedBy(bundle, options)) return false;
  return isInState(bundle, options.states, wallMs);
}

import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { workName } from '../../core/works/resource-bundle.ts';
import { describeBlocker, describeWhy } from '../../core/status/describe-state.ts';
import { foldStatus, type WorkState } from '../../core/status/fold.ts';
import { shownState } from '../../core/status/shown-state.ts';
import { ExitCode } from '../../exit-code.ts';
import { storedExecutor } from '../../operations/executor.ts';
import { belongsTo, readForShowing } from '../../operations/find-work.ts';
import { lookForSharing, newObjects } from '../../operations/shared-objects.ts';
import { withMaestro, type MaestroContext } from '../shared/with-maestro.ts';
import type { DescribeOptions } from './options.ts';
import { describeWork } from '../shared/one-work/description.ts';
import { printDescription } from './output.ts';

export async function run(
  options: DescribeOptions,
  context: MaestroContext & Pick<Context, 'stdout'>,
): Promise<CommandResult> {
  return withMaestro(options, context, async ({ maestro, budget }) => {
    const bundle = await readForShowing(maestro.reader, options.address, options.source, budget);
    const source = (await belongsTo(maestro.reader, bundle, options.source, budget)) ? options.source : '?';
    const executor = await storedExecutor(maestro.reader, bundle, undefined, budget);
    const unanswered: string[] = [];
    const question = { consumer: bundle.consumerName, id: bundle.id, keys: newObjects(bundle.manifests, []) };
    const sharedWith = await lookForSharing(
      question,
      workName(bundle),
      { reader: maestro.reader, onNotice: (text) => unanswered.push(text) },
      budget,
    );
    const wallMs = context.clock.wallMs();
    const description = describeWork(bundle, { source, executor, wallMs, sharedWith: sharedWith ?? [], unanswered });
    const state = foldStatus(bundle, bundle.version);
    const described = { description, shown: shownState(bundle, wallMs), why: whyOf(state, wallMs) };
    await printDescription(described, options, context);
    return { exitCode: ExitCode.Done };
  });
}

/** More sentences than this hide the one that matters. */
const mostSentences = 5;

/** What blocks, a sentence each; the word for the state is not said again. */
export function whyOf(state: WorkState, wallMs: number): readonly string[] {
  if (state.kind === 'deleting' || state.blockers.length === 0) {
    const why = describeWhy(state, wallMs);
    return why === '' ? [] : [why];
  }
  const more = state.blockers.length - mostSentences;
  return [
    ...state.blockers.slice(0, mostSentences).map((blocker) => describeBlocker(blocker, wallMs)),
    ...(more > 0 ? [`and ${more} more`] : []),
  ];
}

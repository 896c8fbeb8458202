import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { formatDuration } from '../../core/duration.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import { openChangeOutput } from './output.ts';
import { readyOutput } from '../shared/table/ready-output.ts';
import { withMaestro, type MaestroContext, type MaestroSession } from '../shared/with-maestro.ts';
import { listWorks } from '../../operations/list.ts';
import { Poller } from '../../works/poll.ts';
import type { WatchOptions } from './options.ts';
import { tellTrouble } from '../shared/watching/tell-trouble.ts';
import { openFeed } from '../shared/watching/open-feed.ts';
import { ListedWorks, NamedWorks, type Selection } from '../../works/select.ts';

/** A read of works by id, and one of a whole list. */
const fewWorksMs = 10_000;
const manyWorksMs = 60_000;

/** Prints changes until the time is up, the named works are gone, or somebody interrupts. */
export async function run(
  options: WatchOptions,
  context: MaestroContext & Pick<Context, 'stdout' | 'cwd' | 'stdin'>,
): Promise<CommandResult> {
  const output = await readyOutput(options.output, context);
  return withMaestro(options, context, async (session) => {
    const { maestro, budget, reporter } = session;
    const works = watchedWorks(options, session);
    const poller = new Poller(works, maestro.reader, budget);
    let blind: MaestroError | undefined;
    const { source, via, intervalMs, liveIntervalMs } = options;
    const feed = via === 'poll' ? undefined : openFeed({ source, wants: (event) => poller.wants(event) }, session);
    const looks = poller.looks({
      intervalMs,
      readTimeoutMs: options.scope.by === 'address' ? fewWorksMs : manyWorksMs,
      onTrouble: (error) => {
        blind = error;
        tellTrouble(error, reporter);
      },
      onUnreadable: (error) => reporter.error(error.message),
      ...(feed === undefined ? {} : { stream: { feed, liveIntervalMs } }),
    });
    const print = await openChangeOutput({ ...options, output }, context);
    let first = true;
    for await (const { changes, present } of looks) {
      if (changes.length > 0) print(changes);
      if (first) await tellAbsent(options, works, session);
      first = false;
      // As for other tools, an output whose reader went away ends what only writes there.
      if (context.stdout.fault !== undefined) return { exitCode: ExitCode.Done };
      if (works.allSeen && present === 0) break;
    }
    // The time is up. A named work that never came is an answer, and not a good one.
    if (options.scope.by === 'address' && !works.allSeen) {
      // Of a server that is away nobody knows whether it came.
      if (blind !== undefined) throw blind;
      throw new MaestroError('not-found', `not every named work appeared within ${formatDuration(options.timeoutMs)}`);
    }
    return { exitCode: ExitCode.Done };
  });
}

function watchedWorks({ scope, source }: WatchOptions, { maestro: { reader }, budget }: MaestroSession): Selection {
  if (scope.by === 'address') return new NamedWorks(reader, scope.addresses, source);
  return new ListedWorks({ ...scope, list: (call) => listWorks(reader, scope, { ...budget, ...call }, call) });
}

/** A work that is not there is waited for; a consumer that is not there is more likely a mistake. */
async function tellAbsent(
  { scope }: WatchOptions,
  works: Selection,
  { maestro, budget, reporter }: MaestroSession,
): Promise<void> {
  if (scope.by !== 'address' || works.allSeen) return;
  reporter.info('waiting for works that are not there yet');
  const consumers = new Set(scope.addresses.flatMap((address) => (address.by === 'name' ? [address.consumer] : [])));
  for (const consumer of consumers) {
    try {
      if (
        (await maestro.reader.findConsumer(consumer, {
          signal: budget.signal,
          deadlineMs: Math.min(budget.deadlineMs, budget.clock.monotonicMs() + fewWorksMs),
        })) === undefined
      ) {
        reporter.warn(`there is no consumer named ${consumer}`);
      }
    } catch (caught) {
      budget.signal.throwIfAborted();
      // The next read of the works tells whether the server is in trouble.
      reporter.debug(`consumer ${consumer} could not be looked up: ${MaestroError.from(caught).message}`);
    }
  }
}

import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { eventKey, newEvents, workEvents, type WorkEvent } from '../../core/status/work-events.ts';
import { workName } from '../../core/works/resource-bundle.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { ExitCode } from '../../exit-code.ts';
import { readForShowing } from '../../operations/find-work.ts';
import { Poller } from '../../works/poll.ts';
import { NamedWorks } from '../../works/select.ts';
import { openFeed } from '../shared/watching/open-feed.ts';
import { tellTrouble } from '../shared/watching/tell-trouble.ts';
import { withMaestro, type MaestroContext, type MaestroSession } from '../shared/with-maestro.ts';
import type { EventsOptions } from './options.ts';
import { openEventOutput } from './output.ts';

/** One work by its id. */
const readTimeoutMs = 10_000;
/** While nothing tells sooner; the stream tells no version before an agent reports it. */
const intervals = { intervalMs: 1_000, liveIntervalMs: 5_000 };

/** Prints what is known of the past of a work, and with --follow what happens from then on. */
export async function run(
  options: EventsOptions,
  context: MaestroContext & Pick<Context, 'stdout'>,
): Promise<CommandResult> {
  return withMaestro(options, context, async (session) => {
    const { maestro, budget, reporter } = session;
    const bundle = await readForShowing(maestro.reader, options.address, options.source, budget);
    const print = openEventOutput(options, context);
    const known = workEvents(bundle);
    const past = known.filter(({ time }) => isSince(time, options, context));
    reporter.info('Maestro keeps no history: of each condition this is the last change, and nothing before it');
    if (past.length > 0) print(past);
    else reporter.info(`nothing is known to have happened to ${workName(bundle)} in that time`);
    if (options.follow) await follow(bundle, known, { options, context, session, print });
    return { exitCode: ExitCode.Done };
  });
}

function isSince(time: string, { sinceMs }: EventsOptions, { clock }: Pick<Context, 'clock'>): boolean {
  return sinceMs === undefined || clock.wallMs() - Date.parse(time) <= sinceMs;
}

interface Following {
  readonly options: EventsOptions;
  readonly context: MaestroContext & Pick<Context, 'stdout'>;
  readonly session: MaestroSession;
  readonly print: (events: readonly WorkEvent[]) => void;
}

async function follow(
  bundle: ResourceBundle,
  known: readonly WorkEvent[],
  { options, context, session, print }: Following,
): Promise<void> {
  const { maestro, budget, reporter } = session;
  const works = new NamedWorks(maestro.reader, [{ by: 'id', id: bundle.id }], options.source);
  const poller = new Poller(works, maestro.reader, budget);
  const wants = ({ id }: { readonly id: string }): boolean => id === bundle.id;
  const feed = options.via === 'poll' ? undefined : openFeed({ source: options.source, wants }, session);
  const looks = poller.looks({
    intervalMs: intervals.intervalMs,
    readTimeoutMs,
    onTrouble: (error) => tellTrouble(error, reporter),
    onUnreadable: (error) => reporter.error(error.message),
    ...(feed === undefined ? {} : { stream: { feed, liveIntervalMs: intervals.liveIntervalMs } }),
  });
  const told = new Set(known.map((event) => eventKey(event)));
  let before = bundle;
  for await (const { changes, present } of looks) {
    for (const change of changes) {
      const gone = change.type === 'DELETED';
      const time = new Date(context.clock.wallMs()).toISOString();
      const events = newEvents(before, change.kept, { time, gone }).filter((event) => !told.has(eventKey(event)));
      for (const event of events) told.add(eventKey(event));
      if (events.length > 0) print(events);
      before = change.kept;
    }
    // Whoever reads it went away, or the work did.
    if (context.stdout.fault !== undefined || (works.allSeen && present === 0)) return;
  }
}

import { printedJson } from '../../output/json.ts';
import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context, OutputStream } from '../../context.ts';
import { formatDuration } from '../../core/duration.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import { createBudget, type Budget } from '../../operations/budget.ts';
import type { WorkReader } from '../../clients/transport.ts';
import { openReporter, type Reporter } from '../../output/reporter.ts';
import { openTable } from '../../output/table.ts';
import { reportChange, type ChangeReport } from './change-report.ts';
import { pollChanges } from '../../operations/watch/change-source.ts';
import type { WatchOptions } from './command.ts';
import { tellTrouble } from './trouble.ts';
import { openFeed } from './open-feed.ts';
import { ListedWorks, NamedWorks, type WatchedWorks } from '../../operations/watch/watched-works.ts';

/** A read of works by id, and one of a whole list. */
const fewWorksMs = 10_000;
const manyWorksMs = 60_000;
/** More news in one line hide what matters; -o json has them all. */
const shownNews = 4;

const headers = ['TIME', 'CHANGE', 'NAME', 'CONSUMER', 'VERSION', 'STATE', 'REASON'] as const;

/** Prints changes until the time is up, the named works are gone, or somebody interrupts. */
export async function run(options: WatchOptions, context: Context): Promise<CommandResult> {
  const reporter = await openReporter(context.stderr, options.log, context.env, context.clock);
  const budget = createBudget(options.timeoutMs, context);
  const maestro = await context.connect(options.settings);
  const works = watchedWorks(options, maestro.reader, reporter);
  let blind: MaestroError | undefined;
  const feed =
    options.via === 'poll'
      ? undefined
      : openFeed({ source: options.source, wants: (event) => works.wants(event) }, { context, maestro, reporter });
  try {
    const source = pollChanges(
      {
        intervalMs: options.intervalMs,
        readTimeoutMs: options.scope.by === 'address' ? fewWorksMs : manyWorksMs,
        read: (readBudget) => works.read(readBudget),
        onTrouble: (error) => {
          blind = error;
          tellTrouble(error, reporter);
        },
        ...(feed === undefined
          ? {}
          : {
              stream: {
                feed,
                liveIntervalMs: options.liveIntervalMs,
                readSome: (ids, readBudget) => works.readSome(ids, readBudget),
              },
            }),
      },
      budget,
    );
    const print = printer(options, context.stdout);
    let first = true;
    for await (const { changes, present } of source) {
      if (changes.length > 0) print(changes.map((change) => reportChange(change, context.clock.wallMs())));
      if (first) await tellAbsent(options, works, maestro.reader, budget, reporter);
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
  } finally {
    reporter.end();
    await feed?.close();
    await maestro.close();
  }
}

function watchedWorks({ scope, source }: WatchOptions, reader: WorkReader, reporter: Reporter): WatchedWorks {
  if (scope.by === 'address') return new NamedWorks(reader, scope.addresses, source);
  return new ListedWorks(reader, { consumers: scope.consumers, selector: scope.selector }, undefined, (error) =>
    reporter.error(error.message),
  );
}

/** A work that is not there is waited for; a consumer that is not there is more likely a mistake. */
async function tellAbsent(
  options: WatchOptions,
  works: WatchedWorks,
  reader: WorkReader,
  budget: Budget,
  reporter: Reporter,
): Promise<void> {
  const { scope } = options;
  if (scope.by !== 'address' || works.allSeen) return;
  reporter.info('waiting for works that are not there yet');
  const consumers = new Set(scope.addresses.flatMap((address) => (address.by === 'name' ? [address.consumer] : [])));
  for (const consumer of consumers) {
    try {
      if (
        (await reader.findConsumer(consumer, {
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

function printer(options: WatchOptions, stdout: OutputStream): (reports: readonly ChangeReport[]) => void {
  if (options.output === 'json') {
    return (reports) => stdout.write(reports.map((report) => `${printedJson(report)}\n`).join(''));
  }
  const table = openTable(headers, stdout, { headers: options.headers, least: { CHANGE: 8, STATE: 23 } });
  return (reports) => table.rows(reports.map((report) => rowOf(report)));
}

function rowOf(report: ChangeReport): readonly string[] {
  const { before, state, news, reason } = report;
  const shown = [
    ...news.slice(0, shownNews),
    ...(news.length > shownNews ? [`and ${news.length - shownNews} more`] : []),
  ];
  return [
    report.time,
    report.type,
    report.name,
    report.consumer,
    String(report.version),
    before === undefined ? state : `${before} → ${state}`,
    shown.length === 0 ? reason : `${reason} [${shown.join(', ')}]`,
  ];
}

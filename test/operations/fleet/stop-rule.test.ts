import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../../src/core/expressions/parse.ts';
import { stagesOf } from '../../../src/core/fleet/waves.ts';
import { MaestroError } from '../../../src/errors.ts';
import { ExitCode } from '../../../src/exit-code.ts';
import { fold } from '../../../src/operations/fleet/events-of.ts';
import { rollOut } from '../../../src/operations/fleet/roll-out.ts';
import { StopRule } from '../../../src/operations/fleet/stop-rule.ts';
import { HandoverWorld } from '../../gitops/handover/handover-world.ts';
import { migrate } from '../support/migration-world.ts';
import { fakes, work, type Fakes } from '../support/fakes.ts';

const timeoutMs = 30_000;
const noRight = new MaestroError('access-denied', 'no right to read');

/** What ends a run over two clusters, when the first thing that is read of them comes to that. */
interface Trouble {
  readonly what: string;
  readonly come: (fake: Fakes) => Promise<MaestroError>;
  /** Of the run: the first cluster alone, and how many may fail. */
  readonly options: { readonly canary: number; readonly maxFailures?: number };
  readonly why: (noun: string) => string;
  readonly exitCode: ExitCode;
}

const troubles: readonly Trouble[] = [
  {
    what: 'a signal',
    come: async ({ stop }) => {
      stop.abort(new MaestroError('interrupted', 'interrupted by SIGINT'));
      return stop.signal.reason as MaestroError;
    },
    options: { canary: 1, maxFailures: 1 },
    why: () => 'interrupted by SIGINT',
    exitCode: ExitCode.Interrupted,
  },
  {
    what: 'the end of the time, though the canary has come to nothing by that',
    come: async ({ clock, stop }) => {
      await clock.sleep(timeoutMs, stop.signal);
      return new MaestroError('timeout', 'no answer in time');
    },
    options: { canary: 1, maxFailures: 1 },
    why: () => 'the time was up',
    exitCode: ExitCode.TimedOut,
  },
  {
    what: 'the failure of the canary',
    come: async () => noRight,
    options: { canary: 1, maxFailures: 5 },
    why: () => 'the canary failed',
    exitCode: ExitCode.AccessDenied,
  },
  {
    what: 'too many failures',
    come: async () => noRight,
    options: { canary: 0, maxFailures: 1 },
    why: (noun) => `1 ${noun} failed (the limit is 1)`,
    exitCode: ExitCode.AccessDenied,
  },
];

/** What a run tells of what it has not begun. */
interface Told {
  readonly stoppedBy: string | undefined;
  readonly notBegun: readonly string[];
  /** Of the second cluster. */
  readonly end: readonly [reason: string, exitCode: ExitCode, text: string];
}

type Options = Trouble['options'];

const oneByOne = { kind: 'consumers', count: 1 } as const;

async function rolledOut(fake: Fakes, { canary, ...options }: Options): Promise<Told> {
  const condition = { text: 'Applied', expression: parseExpression('Applied'), failureGraceMs: 0, feedbackSettleMs: 0 };
  const ends = new Map<string, Told['end']>();
  const told = rollOut<string>(
    {
      source: 'maestro-cli',
      manager: 'maestro-cli',
      merge: false,
      force: false,
      conflictRetries: 0,
      maxConcurrency: 1,
      stages: stagesOf(['c1', 'c2'], canary, oneByOne),
      tasksOf: (consumer) => [{ op: 'apply', consumer, work: work() }],
      canaryAwait: condition,
      ...options,
    },
    fake.deps,
    fake.budget,
  );
  const end = await fake.clock.finish(
    fold(told, (event) => {
      if (event.kind !== 'outcome') return;
      const { consumer, reason, exitCode, message } = event.outcome;
      ends.set(consumer, [reason, exitCode, message]);
    }),
  );
  const notBegun = end.notBegun.map(({ consumer }) => consumer);
  return { stoppedBy: end.stoppedBy, notBegun, end: ends.get('c2')! };
}

async function migrated(fake: Fakes, options: Options): Promise<Told> {
  const { end, outcomes } = await migrate(fake, ['c1', 'c2'], { ...options, wave: oneByOne });
  const [second] = outcomes.filter(({ consumer }) => consumer === 'c2');
  const notBegun = end.notBegun.map(({ consumer }) => consumer);
  return { stoppedBy: end.stoppedBy, notBegun, end: [second!.reason, second!.exitCode, second!.message] };
}

async function handedOver(fake: Fakes, options: Options): Promise<Told> {
  const { end, results } = await new HandoverWorld(fake).run({ ...options, wave: oneByOne });
  const second = results.find(({ cluster }) => cluster === 'c2')!;
  return { stoppedBy: end.stoppedBy, notBegun: end.notBegun, end: [second.reason, second.exitCode, second.text] };
}

describe.each([
  { run: 'a roll-out', noun: 'work', carryOut: rolledOut },
  { run: 'a migration', noun: 'cluster', carryOut: migrated },
  { run: 'a handover', noun: 'cluster', carryOut: handedOver },
])('$run over many', ({ noun, carryOut }) => {
  it.each(troubles)('begins no more after $what, and tells so', async ({ come, options, why, exitCode }) => {
    const fake = fakes(timeoutMs);
    fake.reader.consumers = ['c1', 'c2'];
    const listBundles = fake.reader.listBundles.bind(fake.reader);
    let isFirst = true;
    fake.reader.listBundles = async function* (query, call) {
      if (isFirst) {
        isFirst = false;
        throw await come(fake);
      }
      yield* listBundles(query, call);
    };
    const { stoppedBy, notBegun, end } = await carryOut(fake, options);
    expect(stoppedBy).toBe(why(noun));
    expect(notBegun).toContain('c2');
    expect(end.slice(0, 2)).toEqual(['NotBegun', exitCode]);
    expect(end[2]).toMatch(new RegExp(`not begun, because ${why(noun).replaceAll(/[()]/g, '\\$&')}$`));
    expect(fake.writer.published).toEqual([]);
  });
});

describe('the rule that stops a run', () => {
  const rule = (maxFailures?: number): { readonly fake: Fakes; readonly stops: StopRule } => {
    const fake = fakes(timeoutMs);
    return { fake, stops: new StopRule(fake.budget, { noun: 'cluster', maxFailures }) };
  };
  const canary = { name: 'canary', number: 0, members: ['c1', 'c2', 'c3'] } as const;

  it('counts what failed by itself, once for each, in the words of the run', () => {
    const { stops } = rule(2);
    stops.addFailure();
    stops.addFailure(ExitCode.Conflict, ExitCode.OutcomeFailed);
    expect([stops.failed, stops.mayBegin()]).toEqual([1, true]);
    stops.addFailure(ExitCode.TimedOut);
    expect([stops.failed, stops.mayBegin(), stops.why()]).toEqual([2, false, '2 clusters failed (the limit is 2)']);
  });

  it('does not count what the end of the time or a signal is all that made it fail', async () => {
    const { fake, stops } = rule(1);
    await fake.clock.advance(timeoutMs);
    stops.addFailure(ExitCode.TimedOut);
    stops.addFailure(ExitCode.Unavailable);
    stops.stageEnded(canary);
    expect([stops.failed, stops.mayBegin(), stops.why()]).toEqual([0, false, 'the time was up']);
    fake.stop.abort(new MaestroError('terminated', 'terminated by SIGTERM'));
    stops.addFailure(ExitCode.Terminated);
    expect([stops.failed, stops.why()]).toEqual([0, 'terminated by SIGTERM']);
    stops.addFailure(ExitCode.Terminated, ExitCode.Conflict);
    expect(stops.failed).toBe(1);
  });

  it('says how many of a canary of several have failed, whatever comes after', async () => {
    const { fake, stops } = rule();
    stops.addFailure(ExitCode.Conflict);
    expect(stops.mayBegin()).toBe(true);
    stops.stageEnded(canary);
    await fake.clock.advance(timeoutMs);
    expect([stops.mayBegin(), stops.why()]).toEqual([false, 'the canary failed (1 of its clusters)']);
  });

  it('ends nothing for a wave that failed without a limit', () => {
    const { stops } = rule();
    stops.addFailure(ExitCode.Conflict);
    stops.stageEnded({ ...canary, name: 'wave', number: 1 });
    expect(stops.mayBegin()).toBe(true);
  });
});

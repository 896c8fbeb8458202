import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BundleFilter } from '../../../src/clients/index.ts';
import type { WorkRequest } from '../../../src/clients/transport.ts';
import { parseExpression } from '../../../src/core/expressions/parse.ts';
import { stagesOf } from '../../../src/core/fleet/waves.ts';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import { MaestroError } from '../../../src/errors.ts';
import { fold } from '../../../src/operations/fleet/events-of.ts';
import type { ApplyTask } from '../../../src/operations/fleet/fleet-task.ts';
import {
  rollOut,
  type KnownDone,
  type RollOutEnd,
  type RollOutEvent,
  type RollOutOptions,
} from '../../../src/operations/fleet/roll-out.ts';
import type { WorkOutcome } from '../../../src/core/outcome/outcome.ts';
import { entry, status } from '../../core/status/build.ts';
import { fakes, storedWork, work, type Fakes } from '../support/fakes.ts';

const applied = { text: 'Applied', expression: parseExpression('Applied'), failureGraceMs: 0, feedbackSettleMs: 0 };

/** Stores what is published; `agent` says what each consumer's agent reports of it. */
function maestro(
  consumers: readonly string[],
  agent: (consumer: string) => 'True' | 'False' | 'silent' = () => 'True',
): Fakes {
  const made = fakes();
  made.reader.consumers = consumers;
  const { published } = made.writer;
  made.writer.publish = async (request: WorkRequest, { signal }) => {
    signal.throwIfAborted();
    published.push(request);
    if (request.kind === 'delete') return;
    const { id, consumer } = request.target;
    const version = (made.reader.stored.get(id)?.version ?? 0) + 1;
    const said = agent(consumer);
    const applied = `Applied/${said}/${version}`;
    const reported =
      said === 'silent'
        ? {}
        : {
            status: status(
              version,
              [applied],
              request.work.manifests.map((manifest) => entry(manifest, [applied])),
            ),
          };
    made.reader.stored.set(id, storedWork(request.work, { id, consumerName: consumer, version, ...reported }));
  };
  return made;
}

interface Ran {
  readonly end: RollOutEnd;
  readonly outcomes: readonly WorkOutcome[];
  /** Consumers in the order in which tasks were made. */
  readonly made: readonly string[];
}

async function run(
  world: Fakes,
  consumers: readonly string[],
  options: Partial<RollOutOptions<string>> & { readonly canary?: number } = {},
  onEvent: (event: RollOutEvent<string>) => void = () => undefined,
): Promise<Ran> {
  const outcomes: WorkOutcome[] = [];
  const made: string[] = [];
  const events = rollOut<string>(
    {
      source: 'maestro-cli',
      manager: 'maestro-cli',
      merge: false,
      force: false,
      conflictRetries: 0,
      maxConcurrency: 1,
      stages: stagesOf(consumers, options.canary ?? 0),
      tasksOf: function* (consumer) {
        made.push(consumer);
        yield { op: 'apply', consumer, work: work() };
      },
      canaryAwait: applied,
      ...options,
    },
    world.deps,
    world.budget,
  );
  const end = fold(events, (event) => {
    if (event.kind === 'outcome') outcomes.push(event.outcome);
    onEvent(event);
  });
  return { end: await world.clock.finish(end), outcomes, made };
}

const codes = (outcomes: readonly WorkOutcome[]): Readonly<Record<string, string>> =>
  Object.fromEntries(outcomes.map(({ consumer, reason, exitCode }) => [consumer, `${reason} ${exitCode}`]));
const names = (count: number): readonly string[] => Array.from({ length: count }, (_unused, index) => `c${index}`);

describe('a canary', () => {
  it('that fails leaves works of an earlier run that were to be waited for not begun, and not well', async () => {
    const known = (task: ApplyTask): KnownDone | undefined => (task.consumer === 'c0' ? undefined : { version: 1 });
    const options = { canary: 1, knownDone: known };
    const waited = await run(
      maestro(names(3), () => 'False'),
      names(3),
      { ...options, await: applied },
    );
    expect(waited.outcomes.filter(({ exitCode }) => exitCode === 0)).toEqual([]);
    expect(waited.end.notBegun.map(({ consumer }) => consumer)).toEqual(['c1', 'c2']);
    // That they are stored is all that was asked for without a wait.
    const stored = await run(
      maestro(names(3), () => 'False'),
      names(3),
      options,
    );
    expect(codes(stored.outcomes)).toMatchObject({ c1: 'Accepted 0', c2: 'Accepted 0' });
  });

  it('is written to and waited for before anything else is sent', async () => {
    const world = maestro(names(4));
    const at: number[] = [];
    const { outcomes } = await run(world, names(4), { canary: 2 }, ({ kind }) => {
      if (kind === 'waited') at.push(world.writer.published.length);
    });
    expect(at).toEqual([2, 2]);
    expect(codes(outcomes)).toEqual({ c0: 'Applied 0', c1: 'Applied 0', c2: 'Accepted 0', c3: 'Accepted 0' });
  });

  it('that fails stops the rest, which is named and has the same exit code', async () => {
    const world = maestro(names(4), (consumer) => (consumer === 'c0' ? 'False' : 'True'));
    const { end, outcomes } = await run(world, names(4), { canary: 2 });
    expect(world.writer.published).toHaveLength(2);
    expect(end).toMatchObject({
      stoppedBy: 'the canary failed (1 of its works)',
      notBegun: [{ consumer: 'c2' }, { consumer: 'c3' }],
    });
    expect(codes(outcomes)).toEqual({ c0: 'ApplyFailed 7', c1: 'Applied 0', c2: 'NotBegun 7', c3: 'NotBegun 7' });
  });

  it('that the time is up for stops the rest', async () => {
    const world = maestro(names(2), (consumer) => (consumer === 'c0' ? 'silent' : 'True'));
    const { end, outcomes } = await run(world, names(2), { canary: 1 });
    expect(end.stoppedBy).toBe('the time was up');
    expect(codes(outcomes)).toEqual({ c0: 'Timeout 6', c1: 'NotBegun 6' });
  });

  it('on a consumer that does not exist sends nothing at all', async () => {
    const world = maestro(names(2));
    const { end, outcomes } = await run(world, ['none', ...names(2)], { canary: 1 });
    expect(world.writer.published).toEqual([]);
    expect(end.stoppedBy).toBe('the canary failed');
    expect(codes(outcomes)).toEqual({ none: 'ConsumerNotFound 3', c0: 'NotBegun 3', c1: 'NotBegun 3' });
  });
});

describe('waves', () => {
  it('are waited for one after the other, and one that fails ends the run by --max-failures', async () => {
    const world = maestro(names(6), (consumer) => (consumer === 'c2' ? 'False' : 'True'));
    const { end, outcomes, made } = await run(world, names(6), {
      stages: stagesOf(names(6), 0, { kind: 'consumers', count: 2 }),
      await: applied,
      maxFailures: 1,
    });
    expect(world.writer.published).toHaveLength(4);
    expect(end.stoppedBy).toBe('1 work failed (the limit is 1)');
    expect(codes(outcomes)).toMatchObject({ c2: 'ApplyFailed 7', c3: 'Applied 0', c4: 'NotBegun 7', c5: 'NotBegun 7' });
    expect(made).toEqual(names(6));
  });

  it('make their tasks only when they begin', async () => {
    const world = maestro(names(4));
    const begun: number[] = [];
    let made = 0;
    const options: Partial<RollOutOptions<string>> = {
      stages: stagesOf(names(4), 0, { kind: 'consumers', count: 1 }),
      await: applied,
      tasksOf: function* (consumer) {
        made += 1;
        yield { op: 'apply', consumer, work: work() };
      },
    };
    await run(world, names(4), options, ({ kind }) => void (kind === 'waiting' && begun.push(made)));
    expect(begun).toEqual([1, 2, 3, 4]);
  });
});

describe('failures', () => {
  it('stop the run once there are too many; several kinds are exit code 7 for what was not begun', async () => {
    const world = maestro(['c0']);
    const id = bundleId('maestro-cli', 'c0', 'w');
    world.reader.stored.set(id, storedWork(work(), { id, consumerName: 'c0', deletedAt: '2026-11-22T10:59:00Z' }));
    const { end, outcomes } = await run(world, ['c0', 'none', 'c9'], { maxFailures: 2 });
    expect(codes(outcomes)).toEqual({ c0: 'BeingDeleted 5', none: 'ConsumerNotFound 3', c9: 'NotBegun 7' });
    expect(end.stoppedBy).toBe('2 works failed (the limit is 2)');
  });
});

describe('a roll-out that ends at any publish', () => {
  it('and is started again publishes only what was missing, and reads nothing that the journal has', async () => {
    const total = 7;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: total }),
        fc.boolean(),
        fc.integer({ min: 1, max: 4 }),
        async (at, arrived, batch) => {
          const world = maestro(names(total));
          const publish = world.writer.publish.bind(world.writer);
          world.writer.publish = async (request, options) => {
            const count = world.writer.published.length;
            if (count === at && !arrived) world.stop.abort(new MaestroError('interrupted', 'killed'));
            await publish(request, options);
            if (count === at) world.stop.abort(new MaestroError('interrupted', 'killed'));
            options.signal.throwIfAborted();
          };
          // A journal that reaches the disk in batches: what came after the last whole one is lost with the process.
          const written: string[] = [];
          await run(world, names(total), {}, (event) => {
            if (event.kind === 'written' && event.written.applied !== undefined)
              written.push(event.written.task.consumer);
          });
          const journal = new Set(written.slice(0, written.length - (written.length % batch)));
          const first = world.writer.published.length;
          const again = maestro(names(total));
          for (const [id, bundle] of world.reader.stored) again.reader.stored.set(id, bundle);
          const read: BundleFilter[] = [];
          const { search } = again.reader;
          again.reader.search = (where) => (read.push(where), search(where));
          const knownDone = (task: ApplyTask): KnownDone | undefined =>
            journal.has(task.consumer) ? { version: 1 } : undefined;
          const second = await run(again, names(total), { knownDone });
          expect(first + again.writer.published.length).toBe(total);
          expect(again.reader.stored.size).toBe(total);
          expect([...again.reader.stored.values()].map(({ version }) => version)).toEqual(names(total).map(() => 1));
          expect(second.outcomes).toHaveLength(total);
          expect(second.outcomes.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
          for (const consumer of journal)
            expect(read.some(({ ids }) => ids?.includes(bundleId('maestro-cli', consumer, 'w')))).toBe(false);
        },
      ),
      { numRuns: 60 },
    );
  });
});

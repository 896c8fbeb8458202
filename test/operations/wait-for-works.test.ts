import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../src/core/expressions/parse.ts';
import { bundleId } from '../../src/core/works/bundle-id.ts';
import type { ResourceBundle } from '../../src/core/works/resource-bundle.ts';
import type { StatusEvent, StatusSubscriber, SubscriptionItem } from '../../src/clients/index.ts';
import { MaestroError } from '../../src/errors.ts';
import type { WaitTarget } from '../../src/operations/wait/judge.ts';
import { pollDelayMs } from '../../src/operations/wait/poll-schedule.ts';
import { waitForWorks } from '../../src/operations/wait/wait-for-works.ts';
import type { WaitResult } from '../../src/operations/wait/waiting.ts';
import { StatusFeed } from '../../src/works/status-feed.ts';
import { available } from '../core/status/build.ts';
import { bundle, configMap, failure, fakes, notSent, ownId, unreadableRow, type Fakes } from './support/fakes.ts';

const target = (overrides: Partial<WaitTarget> = {}): WaitTarget => ({
  id: ownId,
  name: 'w',
  consumer: 'c1',
  known: true,
  mustExist: false,
  ...overrides,
});
const applied = { expression: parseExpression('Applied'), failureGraceMs: 30_000, feedbackSettleMs: 20_000 };
const done = (version: number, overrides: Partial<ResourceBundle> = {}): ResourceBundle => {
  const { status } = available(version, [configMap('one')]);
  return bundle({ version, ...(status === undefined ? {} : { status }), ...overrides });
};

interface Waited {
  readonly results: readonly WaitResult[];
  readonly progress: readonly string[];
}

/** A stream that stands and tells nothing but that it lives, and after a second what is given. */
function quietFeed(fake: Fakes, told?: StatusEvent): StatusFeed {
  const subscriber: StatusSubscriber = {
    subscribe: async function* (_query, { signal }): AsyncGenerator<SubscriptionItem> {
      yield { kind: 'ready', subscriptionId: 's' };
      if (told !== undefined) {
        await fake.clock.sleep(1_000, signal);
        yield told;
      }
      for (;;) {
        await fake.clock.sleep(10_000, signal);
        yield { kind: 'heartbeat' };
      }
    },
    close: () => undefined,
  };
  return new StatusFeed(
    'maestro-cli',
    { subscriber, clock: fake.clock, random: () => 0.5 },
    { signal: new AbortController().signal },
  );
}

const waitVia = (via: 'poll' | 'stream') =>
  async function wait(fake: Fakes, targets: readonly WaitTarget[] = [target()], condition = applied): Promise<Waited> {
    const progress: string[] = [];
    const feed = via === 'stream' ? quietFeed(fake) : undefined;
    const deps = {
      reader: fake.reader,
      onProgress: (of: WaitTarget, text: string) => progress.push(`${of.name}: ${text}`),
      ...(feed === undefined ? {} : { feed }),
    };
    try {
      const results = await fake.clock.finish(waitForWorks(targets, condition, deps, fake.budget));
      return { results, progress };
    } finally {
      await feed?.close();
      if (feed !== undefined) expect(fake.clock.sleeping).toBe(0);
    }
  };

/** Looks at the clock from inside a read. */
const after = (fake: Fakes, ms: number, then: ResourceBundle | undefined, until: ResourceBundle | undefined): void => {
  fake.reader.script.always(() => (fake.clock.monotonicMs() >= ms ? then : until));
};

describe.each(['poll', 'stream'] as const)('via %s', (via) => {
  const wait = waitVia(via);

  describe('one work', () => {
    it('reads before it sleeps', async () => {
      const fake = fakes();
      fake.reader.stored.set(ownId, done(1));
      expect(await wait(fake)).toEqual({ results: [{ target: target(), version: 1, bundle: done(1) }], progress: [] });
      expect(fake.clock.monotonicMs()).toBe(0);
      expect(fake.reader.gets).toEqual([ownId]);
    });

    it('goes on until the condition holds, and tells each news once', async () => {
      const fake = fakes();
      after(fake, 5000, done(2), bundle({ version: 2, ...statusOf(1) }));
      const { results, progress } = await wait(fake);
      expect(results).toMatchObject([{ version: 2 }]);
      expect(results[0]).not.toHaveProperty('error');
      expect(progress).toEqual([expect.stringMatching(/^w: the agent last reported version 1, version 2 is awaited/)]);
      expect(fake.clock.monotonicMs()).toBeLessThan(5500);
    });

    it('takes no age for news, however it is written', async () => {
      const fake = fakes(300_000);
      fake.reader.stored.set(ownId, bundle({ version: 2, deletedAt: '2026-11-22T10:55:50Z' }));
      const { progress } = await wait(fake, [target()], { ...applied, expression: parseExpression('Deleted') });
      expect(progress).toEqual([expect.stringMatching(/^w: deletion requested 4m10s ago/)]);
    });

    it.each([
      {
        title: 'never reported',
        stored: bundle({ version: 2 }),
        text: 'timed out after 10s waiting for w on c1: the agent has not reported this work yet (written 60m ago)',
      },
      {
        title: 'reported the version before',
        stored: bundle({ version: 2, ...statusOf(1) }),
        text: /^timed out after 10s waiting for w on c1: the agent last reported version 1, version 2 is awaited/,
      },
    ])('tells at the timeout: $title', async ({ stored, text }) => {
      const fake = fakes(10_000);
      fake.reader.stored.set(ownId, stored);
      const { results } = await wait(fake);
      expect(results).toMatchObject([
        {
          version: 2,
          bundle: stored,
          error: {
            code: 'timeout',
            exitCode: 6,
            message: typeof text === 'string' ? text : (expect.stringMatching(text) as string),
          },
        },
      ]);
      expect(fake.clock.monotonicMs()).toBe(10_000);
    });

    it('of a work that never came says so', async () => {
      const { results } = await wait(fakes(5000), [target({ known: false })]);
      expect(results).toMatchObject([
        {
          error: {
            code: 'timeout',
            message: 'timed out after 5s waiting for w on c1: there is no work named w on c1 yet',
          },
        },
      ]);
    });
  });

  describe('a server that goes away', () => {
    it('meanwhile is waited out', async () => {
      const fake = fakes();
      fake.reader.script.push(
        bundle({ version: 2 }),
        notSent(),
        notSent(),
        new MaestroError('timeout', 'no answer within 10 s'),
        done(2),
      );
      expect((await wait(fake)).results).toEqual([{ target: target(), version: 2, bundle: done(2) }]);
    });

    it('for good is named in the timeout, which is still one', async () => {
      const fake = fakes(5000);
      fake.reader.script.push(bundle({ version: 2 }));
      fake.reader.script.always(notSent);
      expect((await wait(fake)).results).toMatchObject([
        {
          error: {
            code: 'timeout',
            message:
              'timed out after 5s waiting for w on c1: the agent has not reported this work yet (written 60m ago); at the end Maestro could not be read: connection refused',
          },
        },
      ]);
    });

    it('and was never reached ends a bare wait with exit 8', async () => {
      const fake = fakes(5000);
      fake.reader.script.always(notSent);
      expect(await failure(wait(fake, [target({ known: false })]))).toMatchObject({ code: 'unavailable', exitCode: 8 });
    });

    it('after a write is a timeout: the write is known to be accepted', async () => {
      const fake = fakes(5000);
      fake.reader.script.always(notSent);
      expect((await wait(fake, [target({ known: true, writtenVersion: 1 })])).results).toMatchObject([
        { version: 1, error: { code: 'timeout' } },
      ]);
    });

    it('with a mistake that cannot heal ends the wait at once, for every work', async () => {
      const fake = fakes();
      fake.reader.script.push(
        bundle({ version: 2 }),
        new MaestroError('access-denied', 'the token expired', { reason: 'Unauthenticated', hint: 'Renew it.' }),
      );
      expect((await wait(fake)).results).toMatchObject([
        {
          version: 2,
          error: {
            code: 'access-denied',
            reason: 'Unauthenticated',
            hint: 'Renew it.',
            message: expect.stringContaining('the token expired while waiting for w on c1') as string,
          },
        },
      ]);
      expect(fake.clock.monotonicMs()).toBeLessThan(1000);
    });
  });

  describe('a signal', () => {
    const stopped = new MaestroError('interrupted', 'interrupted by SIGINT');

    it.each([
      { title: 'while it sleeps', atMs: 1000, missing: 'the agent has not reported this work yet (written 60m ago)' },
      { title: 'long after', atMs: 28_000, missing: 'the agent of c1 has never reported' },
    ])('$title ends it at once, and says what was missing', async ({ atMs, missing }) => {
      const fake = fakes();
      fake.reader.stored.set(ownId, bundle({ version: 2 }));
      const running = waitForWorks(
        [target()],
        applied,
        { reader: fake.reader, onProgress: () => undefined },
        fake.budget,
      );
      await fake.clock.advance(atMs);
      fake.stop.abort(stopped);
      expect(await running).toMatchObject([
        {
          version: 2,
          error: {
            code: 'interrupted',
            reason: 'Interrupted',
            message: `interrupted by SIGINT while waiting for w on c1: ${missing}`,
          },
        },
      ]);
      expect(fake.clock.monotonicMs()).toBe(atMs);
      expect(fake.clock.sleeping).toBe(0);
    });

    it('during a read does the same', async () => {
      const fake = fakes();
      fake.reader.script.push(bundle({ version: 2 }), () => {
        fake.stop.abort(stopped);
        throw stopped;
      });
      expect((await wait(fake)).results).toMatchObject([{ error: { code: 'interrupted' } }]);
    });

    it('before the first read leaves nothing unsaid', async () => {
      const fake = fakes();
      fake.stop.abort(stopped);
      expect((await wait(fake)).results).toMatchObject([
        {
          error: {
            code: 'interrupted',
            message: 'interrupted by SIGINT while waiting for w on c1: nothing could be read',
          },
        },
      ]);
    });
  });

  describe('several works', () => {
    const idOf = (index: number): string => bundleId('maestro-cli', 'c1', `w${index}`);
    const named = (index: number): Partial<ResourceBundle> => ({ id: idOf(index), metadata: { name: `w${index}` } });
    const targets = (count: number): readonly WaitTarget[] =>
      Array.from({ length: count }, (_, index) => target({ id: idOf(index), name: `w${index}` }));

    it('share their reads, and only those still waited for are read', async () => {
      const fake = fakes();
      for (const index of [0, 1, 2]) fake.reader.stored.set(idOf(index), done(1, named(index)));
      fake.reader.stored.set(idOf(1), bundle(named(1)));
      fake.reader.script.push(bundle(named(1)), done(1, named(1)));
      const { results } = await wait(fake, targets(3));
      expect(results.map(({ target: of, error }) => [of.name, error])).toEqual([
        ['w0', undefined],
        ['w1', undefined],
        ['w2', undefined],
      ]);
      expect(fake.reader.searches).toHaveLength(1);
      expect(fake.reader.gets).toEqual([idOf(1), idOf(1)]);
    });

    it('are read in pages of a hundred ids', async () => {
      const fake = fakes();
      for (const [index, { id }] of targets(250).entries()) fake.reader.stored.set(id, done(1, named(index)));
      const { results } = await wait(fake, targets(250));
      expect(results).toHaveLength(250);
      expect(fake.reader.searches.map(({ ids }) => ids?.length)).toEqual([100, 100, 50]);
    });

    it('go on when a work that has come under the name of one of them cannot be read', async () => {
      const fake = fakes();
      fake.reader.unreadable.push(unreadableRow({ id: 'theirs', name: 'w0' }));
      after(fake, 5_000, done(1, named(1)), undefined);
      const [first, second] = targets(2).map((one) => ({ ...one, known: false }));
      const { results } = await wait(fake, [{ ...first!, anySource: true }, second!]);
      expect(results.map(({ error }) => error?.reason)).toEqual(['ServerError', undefined]);
    });

    it('end each in its own way, in the order they were given', async () => {
      const fake = fakes(5000);
      fake.reader.stored.set(idOf(0), bundle(named(0)));
      fake.reader.stored.set(idOf(2), done(1, named(2)));
      const { results } = await wait(fake, targets(3));
      expect(results.map(({ error }) => error?.reason)).toEqual(['Timeout', 'DeletedWhileWaiting', undefined]);
    });
  });
});

it('a wait for the end reads at once when the stream tells of the end of another work under the id', async () => {
  const fake = fakes();
  const deleted = { type: 'Deleted', status: 'True', reason: '', message: '' } as const;
  const feed = quietFeed(fake, {
    kind: 'status',
    id: ownId,
    consumer: 'c1',
    version: 1,
    sequenceId: '9',
    statusHash: '',
    time: '',
    metadata: { name: 'w', creationTimestamp: '2026-11-22T10:05:00Z' },
    status: { observedVersion: 1, sequenceId: '9', conditions: [deleted], resourceStatus: [] },
    data: {},
  });
  after(fake, 1_000, undefined, bundle());
  const deps = { reader: fake.reader, onProgress: () => undefined, feed };
  const condition = { ...applied, expression: parseExpression('Deleted') };
  const [result] = await fake.clock.finish(waitForWorks([target()], condition, deps, fake.budget));
  await feed.close();
  expect(result).toMatchObject({ version: 1 });
  expect(result).not.toHaveProperty('error');
  expect(fake.clock.monotonicMs()).toBeLessThan(4_000);
});

describe('the poll schedule', () => {
  const wait = waitVia('poll');

  it('stays within 100 ms and 2 s, jittered by a tenth, and never shrinks', () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        random,
        (elapsed, more, jitter) => {
          const ms = pollDelayMs(elapsed, () => jitter);
          expect(ms).toBeGreaterThanOrEqual(100 * 0.95);
          expect(ms).toBeLessThanOrEqual(2000 * 1.05);
          expect(pollDelayMs(elapsed + more, () => jitter)).toBeGreaterThanOrEqual(ms);
          if (elapsed < 30_000) expect(ms).toBeLessThanOrEqual(250 * 1.05);
        },
      ),
    );
  });

  it('looks for the first time when an agent can have answered a write, and at once where nothing was written', async () => {
    const looks = async (overrides: Partial<WaitTarget>): Promise<number> => {
      const fake = fakes(10_000);
      fake.reader.stored.set(ownId, done(2));
      await wait(fake, [target({ writtenVersion: 2, ...overrides })]);
      return fake.clock.monotonicMs();
    };
    expect(await looks({ writtenNow: true })).toBe(80);
    expect(await looks({ writtenNow: false })).toBe(0);
    expect(await looks({})).toBe(0);
  });

  it('never sleeps past the deadline, whatever the budget', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 120_000 }), async (timeoutMs) => {
        const fake = fakes(timeoutMs);
        fake.reader.stored.set(ownId, bundle());
        await wait(fake);
        expect(fake.clock.monotonicMs()).toBe(timeoutMs);
      }),
      { numRuns: 15 },
    );
  });
});

function statusOf(version: number): Pick<ResourceBundle, 'status'> {
  const { status } = available(version, [configMap('one')]);
  return status === undefined ? {} : { status };
}

describe('a wait that goes on with something else', () => {
  const gone = parseExpression('Deleted');
  const goneTarget = target({ condition: { expression: gone, failureGraceMs: 0, feedbackSettleMs: 0 } });
  const waiting = (fake: Fakes, begun: () => Promise<unknown>): Promise<readonly WaitResult[]> =>
    fake.clock.finish(
      waitForWorks(
        [target()],
        applied,
        {
          reader: fake.reader,
          onProgress: () => undefined,
          onMet: ({ target: { id }, bundle: met }) => {
            expect([id, met?.version]).toEqual([ownId, 1]);
            return { target: goneTarget, begun: begun() };
          },
        },
        fake.budget,
      ),
    );

  it('is met when that is, and asks for nothing after it', async () => {
    const fake = fakes();
    after(fake, 5_000, undefined, done(1));
    const results = await waiting(fake, () => Promise.resolve());
    expect(results).toEqual([{ target: goneTarget, version: 1 }]);
    expect(fake.clock.monotonicMs()).toBeGreaterThanOrEqual(5_000);
  });

  it('ends with what keeps that from coming about', async () => {
    const fake = fakes();
    after(fake, 5_000, undefined, done(1));
    const [result] = await waiting(fake, () => Promise.reject(new MaestroError('conflict', 'somebody wrote')));
    expect(result).toMatchObject({ target: goneTarget, error: { code: 'conflict', message: 'somebody wrote' } });
    expect(fake.clock.monotonicMs()).toBeLessThan(5_000);
  });

  it('is cut short where it stands', async () => {
    const fake = fakes(3_000);
    fake.reader.script.always(() => done(1));
    const [result] = await waiting(fake, () => Promise.resolve());
    expect(result).toMatchObject({ target: goneTarget, error: { code: 'timeout' }, standing: 'pending' });
  });

  it('awaits of each work what is its own', async () => {
    const fake = fakes();
    const other = target({ id: 'other', name: 'other' });
    fake.reader.stored.set('other', done(1, { id: 'other', metadata: { name: 'other' } }));
    const results = await fake.clock.finish(
      waitForWorks([goneTarget, other], applied, { reader: fake.reader, onProgress: () => undefined }, fake.budget),
    );
    expect(results.map(({ error }) => error)).toEqual([undefined, undefined]);
  });
});

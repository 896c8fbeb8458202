import { expect, it } from 'vitest';
import type { StatusEvent, StatusSubscriber, SubscriptionItem } from '../../src/clients/index.ts';
import { parseExpression } from '../../src/core/expressions/parse.ts';
import { reportsDeletion } from '../../src/core/works/report-order.ts';
import { wasSeenDeleted } from '../../src/operations/wait/seen-deleted.ts';
import { waitForWorks } from '../../src/operations/wait/wait-for-works.ts';
import { lastEventMs } from '../../src/works/last-event.ts';
import { Poller } from '../../src/works/poll.ts';
import { NamedWorks } from '../../src/works/select.ts';
import { StatusFeed } from '../../src/works/status-feed.ts';
import { bundle, fakes, ownId, type Fakes } from '../operations/support/fakes.ts';

/** Reads while a stream is live are so far apart: the first that does not find the row is at this time. */
const foundGoneMs = 5_000;

const lastEvent: StatusEvent = {
  kind: 'status',
  id: ownId,
  consumer: 'c1',
  version: 1,
  sequenceId: '9',
  statusHash: '',
  time: '',
  metadata: { name: 'w', creationTimestamp: '2026-11-22T10:00:00Z' },
  status: {
    observedVersion: 1,
    sequenceId: '9',
    conditions: [{ type: 'Deleted', status: 'True', reason: '', message: '' }],
    resourceStatus: [],
  },
  data: {},
};

/** A Maestro whose row goes after a second, and a stream on which its last event comes at a time. */
function ending(eventMs: number): { readonly fake: Fakes; readonly feed: StatusFeed } {
  const fake = fakes();
  fake.reader.script.always(() => (fake.clock.monotonicMs() < 1_000 ? bundle() : undefined));
  const subscriber: StatusSubscriber = {
    subscribe: async function* (_query, { signal }): AsyncGenerator<SubscriptionItem> {
      yield { kind: 'ready', subscriptionId: 's' };
      await fake.clock.sleep(eventMs, signal);
      yield lastEvent;
      for (;;) {
        await fake.clock.sleep(10_000, signal);
        yield { kind: 'heartbeat' };
      }
    },
    close: () => undefined,
  };
  const deps = { subscriber, clock: fake.clock, random: () => 0.5 };
  return { fake, feed: new StatusFeed('maestro-cli', deps, { signal: new AbortController().signal }) };
}

/** As `delete --watch` has it: whether the end that is told was seen. */
async function seenByWait({ fake, feed }: ReturnType<typeof ending>): Promise<boolean> {
  const target = { id: ownId, name: 'w', consumer: 'c1', known: true, mustExist: false };
  const condition = { expression: parseExpression('Deleted'), failureGraceMs: 30_000, feedbackSettleMs: 20_000 };
  const deps = { reader: fake.reader, onProgress: () => undefined, feed };
  const [result] = await waitForWorks([target], condition, deps, fake.budget);
  return wasSeenDeleted(result?.bundle);
}

/** As `watch` has it. */
async function seenByPoller({ fake, feed }: ReturnType<typeof ending>): Promise<boolean> {
  const works = new NamedWorks(fake.reader, [{ by: 'name', name: 'w', consumer: 'c1' }], 'maestro-cli');
  const poller = new Poller(works, fake.reader, fake.budget);
  const options = { intervalMs: 1_000, readTimeoutMs: 10_000, onTrouble: () => undefined };
  for await (const { changes } of poller.looks({ ...options, stream: { feed, liveIntervalMs: foundGoneMs } }))
    for (const change of changes) if (change.type === 'DELETED') return reportsDeletion(change.kept.status);
  throw new Error('no end was told');
}

it.each([
  { after: 'at once', ms: 0, seen: true },
  { after: 'a second and a half later', ms: 1_500, seen: true },
  { after: 'too late', ms: lastEventMs + 500, seen: false },
])('an end that the stream tells $after is told alike by whoever waits and whoever watches', async ({ ms, seen }) => {
  for (const told of [seenByWait, seenByPoller]) {
    const world = ending(foundGoneMs + ms);
    expect([told.name, await world.fake.clock.finish(told(world))]).toEqual([told.name, seen]);
    await world.feed.close();
  }
});

import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';

import { Judge } from './differences.ts';
import { configMap, resyncEvent, specEvent } from './events.ts';
import type { Json } from './normalise.ts';
import { conditionOf, isStatusEvent } from './status-events.ts';
import { openTarget } from './target.ts';
import type { EventStream, WireEvent } from './wire.ts';

/** What Subscribe does beyond the recordings, seen on a real server (ab480c6) with its agent. */

const target = await openTarget();
const judge = new Judge(target.kind);
const run = randomBytes(4).toString('hex');
const consumer = target.agentConsumer ?? '';
const source = `conformance-${run}`;
const settleMs = 20_000;
/** Longer than an agent needs for a report, so that silence means that none comes. */
const silenceMs = 1_500;
const open: EventStream[] = [];

afterAll(async () => {
  for (const stream of open) stream.close();
  await target.close();
});

describe.skipIf(target.agentConsumer === undefined)('Subscribe (needs a consumer with an agent)', () => {
  const id = randomUUID();
  const name = `stream-${run}`;

  it('sends every report to all subscribers of the source and to nobody else', async () => {
    const [first, second, stranger] = [
      await subscribe(source),
      await subscribe(source),
      await subscribe(`${source}-other`),
    ];
    await write('create', { note: 'one' });
    const arrived = await Promise.all(
      [first, second].map((stream) => stream.until(reported('Available', 1), settleMs)),
    );
    const ids = [first, second].map((stream) => stream.events.filter(isStatusEvent).map((event) => event.id));
    judge.judge(
      'streams/subscribers',
      { arrived, same: ids[0]?.at(-1) === ids[1]?.at(-1), stranger: stranger.events.filter(isStatusEvent).length },
      { arrived: [true, true], same: true, stranger: 0 },
    );
  });

  it('replays nothing to a new subscriber', async () => {
    const late = await subscribe(source);
    judge.judge('streams/late', await late.until((events) => events.some(isStatusEvent), silenceMs), false);
  });

  it('resends on a resync what the source does not know, and only that', async () => {
    const stream = await subscribe(source);
    expect(await target.wire.publish(resyncEvent(source, []))).toEqual({ code: 0, message: '' });
    const whole = await stream.until((events) => events.some(isStatusEvent), settleMs);
    const hash = hashOf(stream.events.find(isStatusEvent));
    const again = await subscribe(source);
    await target.wire.publish(resyncEvent(source, [{ resourceID: id, statusHash: hash }]));
    const known = await again.until((events) => events.some(isStatusEvent), silenceMs);
    await target.wire.publish(resyncEvent(source, [{ resourceID: id, statusHash: 'outdated' }]));
    const outdated = await again.until((events) => events.some(isStatusEvent), settleMs);
    judge.judge('streams/resync', { whole, known, outdated }, { whole: true, known: false, outdated: true });
  });

  it('needs data in a resync', async () => {
    const { data: _data, ...empty } = resyncEvent(source, []);
    judge.judge('streams/resync without data', await target.wire.publish(empty), {
      code: 2,
      message:
        'failed to respond resync status request: failed to decode status resync request: failed to unmarshal status resync request payload , unexpected end of JSON input',
    });
  });

  it('reports an update at its version, and a deletion with Deleted last of all', async () => {
    const stream = await subscribe(source);
    await write('update', { note: 'two' });
    expect(await stream.until(reported('Available', 2), settleMs)).toBe(true);
    await write('delete');
    const deleted = await stream.until(reported('Deleted', 2), settleMs);
    const reports = stream.events.filter((event) => isStatusEvent(event) && resourceOf(event) === id);
    const versions = reports.map((event) => event.attributes?.['ce-resourceversion']?.['ce_integer']);
    judge.judge(
      'streams/update and delete',
      { deleted, versions: new Set(versions), last: conditionOf(reports.at(-1) as WireEvent, 'Deleted')?.status },
      { deleted: true, versions: new Set([2]), last: 'True' },
    );
    let status = 0;
    for (const deadline = Date.now() + settleMs; status !== 404 && Date.now() < deadline;) {
      const answer = await target.wire.http('GET', `/api/maestro/v1/resource-bundles/${id}`);
      status = typeof answer === 'string' ? 0 : answer.status;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    judge.judge('streams/row after Deleted', status, 404);
  });

  it('declares no difference that was not compared', () => {
    expect(judge.unjudged(['streams'])).toEqual([]);
  });

  async function write(
    action: 'create' | 'update' | 'delete',
    data: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const body = { manifests: [configMap(name, data)] } as Json;
    const answer = await target.wire.publish(specEvent(action, { consumer, id, source, name, data: body }));
    expect(answer).toEqual({ code: 0, message: '' });
  }

  async function subscribe(to: string): Promise<EventStream> {
    const stream = target.wire.subscribe(to);
    open.push(stream);
    await stream.header;
    return stream;
  }

  function reported(type: string, version: number): (events: readonly WireEvent[]) => boolean {
    return (events) =>
      events.filter(isStatusEvent).some((event) => {
        const condition = conditionOf(event, type);
        const at = event.attributes?.['ce-resourceversion']?.['ce_integer'];
        return resourceOf(event) === id && at === version && condition?.status === 'True';
      });
  }
});

function resourceOf(event: WireEvent): unknown {
  return event.attributes?.['ce-resourceid']?.['ce_string'];
}

function hashOf(event: WireEvent | undefined): string {
  return (event?.attributes?.['ce-statushash']?.['ce_string'] as string | undefined) ?? '';
}

import { afterAll, describe, expect, it } from 'vitest';

import { Judge } from './differences.ts';
import { readRecording } from './recording.ts';
import { isStatusEvent } from './status-events.ts';
import { openTarget } from './target.ts';
import type { WireEvent } from './wire.ts';

const target = await openTarget();
const judge = new Judge(target.kind);
afterAll(() => target.close());

/** Ten seconds at most to the first one on a real server; the stand-in is told to send one a second. */
const firstHeartbeatMs = 15_000;

describe('Subscribe', () => {
  it('answers with a subscription id at once and sends heartbeats that carry nothing', async () => {
    const stream = target.wire.subscribe('conformance-heartbeats');
    const header = await stream.header;
    judge.judge('heartbeats/header', masked(header), masked(recordedHeader()));
    expect(header['subscription-id']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const came = await stream.until((events) => events.length > 0, firstHeartbeatMs);
    stream.close();
    expect(came).toBe(true);
    judge.judge('heartbeats/shape', withoutId(stream.events[0]), withoutId(recordedHeartbeat()));
    expect(stream.events[0]?.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it('takes a subscription without a source', async () => {
    const stream = target.wire.subscribe('');
    const header = await stream.header;
    stream.close();
    judge.judge('heartbeats/no-source', typeof header['subscription-id'], 'string');
  });

  it('declares no difference that was not compared', () => {
    expect(judge.unjudged(['heartbeats'])).toEqual([]);
  });
});

function recordedHeader(): Readonly<Record<string, string>> {
  return readRecording('lifecycle').steps.find((step) => step.initial_metadata !== undefined)?.initial_metadata ?? {};
}

function masked(header: Readonly<Record<string, string>>): unknown {
  return { ...header, 'subscription-id': '<id>' };
}

function recordedHeartbeat(): WireEvent | undefined {
  const step = readRecording('lifecycle').steps.find((candidate) => candidate.step === 'heartbeats');
  return step?.response_stream?.map((entry) => entry.event).find((event) => !isStatusEvent(event));
}

function withoutId(event: WireEvent | undefined): unknown {
  return event === undefined ? undefined : { ...event, id: undefined };
}

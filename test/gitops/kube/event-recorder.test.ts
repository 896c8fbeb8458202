import { describe, expect, it } from 'vitest';
import { MaestroError } from '../../../src/errors.ts';
import { createEventRecorder } from '../../../src/gitops/kube/event-recorder.ts';
import type { EventNote, EventRecorder } from '../../../src/gitops/kube/event-recorder.ts';
import { textAt } from '../../../src/core/json-fields.ts';
import { ManualClock } from '../../support/fake-clock.ts';
import { MemoryApi } from './support/memory-api.ts';

const note: EventNote = {
  regarding: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', namespace: 'argocd', name: 'app', uid: 'u1' },
  type: 'Warning',
  reason: 'NotPlaced',
  action: 'Publish',
  note: 'No PlacementDecision names cluster c1',
};
const never = new AbortController().signal;

function recorder(): { api: MemoryApi; clock: ManualClock; events: EventRecorder; problems: MaestroError[] } {
  const api = new MemoryApi();
  const clock = new ManualClock();
  const problems: MaestroError[] = [];
  let next = 0;
  const random = (): number => {
    next += 1;
    return next / 1_000_000;
  };
  const events = createEventRecorder(
    { reportingController: 'x.io/gitops', reportingInstance: 'pod-1' },
    { api, clock, random, onProblem: (error) => problems.push(error) },
  );
  return { api, clock, events, problems };
}

describe('the recorder of Events', () => {
  it('creates an Event with all that events.k8s.io wants', async () => {
    const { api, events } = recorder();
    events.record(note);
    await events.close(never);
    expect(api.writes[0]?.object).toMatchObject({
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { namespace: 'argocd', name: expect.stringMatching(/^app\.[0-9a-f]{12}$/) as unknown },
      eventTime: '2026-11-22T11:00:00.000000Z',
      reportingController: 'x.io/gitops',
      reportingInstance: 'pod-1',
      action: 'Publish',
      reason: 'NotPlaced',
      type: 'Warning',
      note: note.note,
      regarding: note.regarding,
    });
  });

  it('tells the same news once in ten minutes, and other news at once', async () => {
    const { api, clock, events } = recorder();
    events.record(note);
    await clock.advance(599_000);
    events.record(note);
    events.record({ ...note, note: 'something else' });
    events.record({ ...note, regarding: { ...note.regarding, uid: 'u2' } });
    await clock.advance(1_000);
    events.record(note);
    await events.close(never);
    expect(api.writes).toHaveLength(4);
    expect(events.counts).toMatchObject({ sent: 4, repeated: 1, dropped: 0 });
  });

  it('tells what many objects have to tell at once, as fast as it may, with the time at which it happened', async () => {
    const { api, clock, events } = recorder();
    // All applications of a cluster that is not allowed any more, in one turn of the event loop.
    for (let count = 0; count < 100; count += 1) events.record({ ...note, note: `news ${String(count)}` });
    for (let turn = 0; turn < 20; turn += 1) await clock.advance(0);
    expect(api.writes).toHaveLength(50);
    for (let second = 0; second < 10; second += 1) {
      await clock.advance(1_000);
      await clock.advance(0);
    }
    await events.close(never);
    expect(api.writes).toHaveLength(100);
    expect(events.counts).toMatchObject({ sent: 100, dropped: 0 });
    expect(api.writes.at(-1)?.object).toMatchObject({ note: 'news 99', eventTime: '2026-11-22T11:00:00.000000Z' });
  });

  it('drops what is too much, and what still waits at the end', async () => {
    const { api, events } = recorder();
    for (let count = 0; count < 1_000; count += 1) events.record({ ...note, note: `news ${String(count)}` });
    expect(events.counts.dropped).toBe(690);
    const stop = new AbortController();
    const closed = events.close(stop.signal);
    stop.abort(new MaestroError('timeout', 'the time to close is up'));
    await closed;
    expect(events.counts.sent + events.counts.dropped + events.counts.failed).toBe(1_000);
    expect(api.writes.length).toBeLessThanOrEqual(50);
  });

  it('cuts a note to 1 KiB between characters', async () => {
    const { api, events } = recorder();
    events.record({ ...note, note: 'ä€😀'.repeat(300) });
    await events.close(never);
    const sent = textAt(api.writes[0]?.object ?? {}, 'note');
    expect(Buffer.byteLength(sent)).toBeLessThanOrEqual(1024);
    expect(Buffer.byteLength(sent)).toBeGreaterThan(1015);
    expect(sent).toMatch(/^(?:ä€😀)+ä?€?…$/u);
  });

  it('never fails its caller', async () => {
    const { api, events, problems } = recorder();
    api.fault = async () => {
      throw new MaestroError('access-denied', 'events are forbidden');
    };
    expect(() => events.record(note)).not.toThrow();
    await events.close(never);
    expect(problems).toMatchObject([{ code: 'access-denied' }]);
    expect(events.counts).toMatchObject({ failed: 1 });
    events.record({ ...note, note: 'after the end' });
    expect(events.counts).toMatchObject({ dropped: 1 });
  });
});

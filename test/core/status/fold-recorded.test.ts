import { describe, expect, it } from 'vitest';
import { describeState } from '../../../src/core/status/describe-state.ts';
import { foldStatus } from '../../../src/core/status/fold.ts';
import { lastReportMs } from '../../../src/core/status/last-report.ts';
import { readRecording, recordedBundles, recordedEvents } from './recorded.ts';

const kindsOf = (name: string, step?: string): readonly string[] =>
  recordedEvents(name, step).map(({ view }) => foldStatus(view, view.version).kind);

describe('the events of a recording, in their order', () => {
  it('outcomes/status-events: the fix is available at its last report and not before', () => {
    expect(kindsOf('outcomes', 'status-events')).toEqual(['failed', 'failed', 'progressing', 'applied', 'available']);
  });

  it('outcomes/status-events: version 2 is never claimed by a report for version 1', () => {
    const kinds = recordedEvents('outcomes', 'status-events').map(
      ({ view }) => foldStatus({ ...view, version: 2 }, 2).kind,
    );
    expect(kinds).toEqual(['progressing', 'progressing', 'progressing', 'applied', 'available']);
  });

  it('outcomes/status-events-feedback', () => {
    expect(kindsOf('outcomes', 'status-events-feedback')).toEqual(['applied', 'available', 'available']);
  });

  it.each([
    ['status-events-after-create', ['applied', 'available']],
    ['status-events-after-updates', ['progressing', 'progressing', 'progressing', 'available']],
    ['events-after-resync', ['available']],
    ['status-events-after-delete', ['deleting', 'deleting', 'deleting', 'deleted']],
  ])('lifecycle/%s', (step, kinds) => {
    expect(kindsOf('lifecycle', step)).toEqual(kinds);
  });

  it('knows every stream of the recordings', () => {
    for (const name of ['lifecycle', 'outcomes']) {
      const steps = readRecording(name).filter((step) => step.response_stream !== undefined);
      expect(steps.map(({ step }) => step)).toMatchSnapshot(name);
    }
  });
});

describe('every status in the recordings', () => {
  it.each(['lifecycle', 'outcomes', 'search', 'rejected'])('%s: bundles', (name) => {
    const table = recordedBundles(name).map(({ label, bundle }) => {
      const state = foldStatus(bundle, bundle.version);
      return `${label} v${bundle.version}: ${describeState(state, Date.parse('2026-11-22T11:00:00Z'))}`;
    });
    expect(table).toMatchSnapshot();
  });

  it.each(['lifecycle', 'outcomes'])('%s: events', (name) => {
    const table = recordedEvents(name).map(({ label, view }) => {
      const state = foldStatus(view, view.version);
      return `${label}: ${state.kind}: ${describeState(state, Date.parse('2026-11-22T11:00:00Z'))}`;
    });
    expect(table).toMatchSnapshot();
  });

  it('tells by its sequence id when it was reported', () => {
    const events = ['lifecycle', 'outcomes'].flatMap((name) => recordedEvents(name));
    // A resync sends a stored report again, so its event comes long after it.
    const fresh = events.filter(({ label }) => !label.startsWith('events-after-resync'));
    expect(fresh.length).toBeGreaterThan(15);
    for (const { view, receivedAt, label } of fresh) {
      const reportedAtMs = view.status === undefined ? undefined : lastReportMs(view.status);
      const lagMs = Date.parse(receivedAt) - (reportedAtMs ?? 0);
      expect(lagMs, label).toBeGreaterThanOrEqual(0);
      expect(lagMs, label).toBeLessThan(1000);
    }
  });
});

import { describe, expect, it, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import type { DeliveryCondition, StatusWriteInput } from '../../../src/gitops/status/decide.ts';
import { decideStatusWrite, deliveryFingerprint, writtenStatusOf } from '../../../src/gitops/status/decide.ts';
import { fingerprintOf } from '../../../src/gitops/status/fingerprint.ts';
import { hubStatusOf } from '../../../src/gitops/status/hub-status.ts';
import { trimStatus } from '../../../src/gitops/status/trim-status.ts';
import { argoStatus, changed, report } from './samples.ts';

const warning: DeliveryCondition = {
  type: 'MaestroDeliveryWarning',
  message: 'w',
  lastTransitionTime: '2026-01-01T00:00:00Z',
};

function decide(over: Partial<StatusWriteInput> = {}): ReturnType<typeof decideStatusWrite> {
  return decideStatusWrite({
    report: report(),
    publishedVersion: 3,
    mode: 'full',
    delivery: [],
    written: writtenStatusOf(argoStatus()),
    noise: 'never',
    sinceLastWriteMs: 1_000,
    ...over,
  });
}

const later = argoStatus({ reconciledAt: '2026-01-01T00:04:00Z' });
const moreDetail = argoStatus({ summary: { images: ['b'] } });

describe('decideStatusWrite', () => {
  it.each<[string, Partial<StatusWriteInput>, ReturnType<typeof decideStatusWrite>]>([
    ['nothing new', {}, { write: 'none' }],
    ['the first status', { written: undefined }, { write: 'now' }],
    ['a hub without a status', { written: writtenStatusOf(undefined) }, { write: 'now' }],
    [
      'a transition',
      { report: report({ status: changed(argoStatus(), 'health.status', 'Degraded') }) },
      { write: 'now' },
    ],
    [
      'an operation that was cleared on the hub',
      { written: writtenStatusOf(argoStatus({ operationState: undefined })) },
      { write: 'now' },
    ],
    ['detail', { report: report({ status: moreDetail }) }, { write: 'after', afterMs: 29_000, lane: 'resync' }],
    [
      'detail long after the last write',
      { report: report({ status: moreDetail }), sinceLastWriteMs: 30_000 },
      { write: 'now' },
    ],
    [
      'detail that was never written by this process',
      { report: report({ status: moreDetail }), sinceLastWriteMs: Infinity },
      { write: 'now' },
    ],
    [
      'a transition of one that was written often just now',
      { report: report({ status: changed(argoStatus(), 'health.status', 'Degraded') }), paceMs: 700 },
      { write: 'after', afterMs: 700, lane: 'change' },
    ],
    [
      'detail of one that was written often just now',
      { report: report({ status: moreDetail }), paceMs: 700 },
      { write: 'after', afterMs: 29_000, lane: 'resync' },
    ],
    [
      'a transition that was held back and is over, so that only times have moved',
      { report: report({ status: later }), held: true },
      { write: 'now' },
    ],
    ['a transition that was held back and is over, to the letter', { held: true }, { write: 'none' }],
    ['one that takes an operation off the hub', { takes: true }, { write: 'now' }],
    ['one that takes it, of one that was written often just now', { takes: true, paceMs: 700 }, { write: 'now' }],
    [
      'detail of one that may be written again later than detail is due',
      { report: report({ status: moreDetail }), paceMs: 40_000 },
      { write: 'after', afterMs: 40_000, lane: 'resync' },
    ],
    [
      'a condition of ours of one that was written often just now',
      { delivery: [warning], paceMs: 700 },
      { write: 'after', afterMs: 700, lane: 'change' },
    ],
    [
      'detail that is not there in a summary',
      {
        report: report({ status: moreDetail }),
        written: writtenStatusOf(trimStatus(argoStatus(), 'summary')),
        mode: 'summary',
      },
      { write: 'none' },
    ],
    ['nothing new of one that was written often just now', { paceMs: 700 }, { write: 'none' }],
    ['noise', { report: report({ status: later }) }, { write: 'none' }],
    [
      'noise that is wanted at times',
      { report: report({ status: later }), noise: { everyMs: 600_000 } },
      { write: 'after', afterMs: 599_000, lane: 'resync' },
    ],
    ['noise whose time has come', { report: report({ status: later }), noise: { everyMs: 600 } }, { write: 'now' }],
    ['a new condition of ours', { delivery: [warning] }, { write: 'now' }],
    [
      'a condition of ours that is over',
      { written: writtenStatusOf(argoStatus({ conditions: [{ ...warning }] })) },
      { write: 'now' },
    ],
    ['a condition of ours without any report', { report: undefined, delivery: [warning] }, { write: 'now' }],
    ['no report and nothing to say', { report: undefined, written: undefined }, { write: 'none' }],
    ['a report of an older version', { report: report({ observedVersion: 2 }), written: undefined }, { write: 'none' }],
    [
      'a report of an older version and a condition of ours',
      { report: report({ observedVersion: 2 }), delivery: [warning] },
      { write: 'now' },
    ],
    [
      'a report of an apply that failed',
      { report: report({ applied: { ...report().applied, status: 'False' } }), written: undefined },
      { write: 'none' },
    ],
    [
      'a report without a status',
      { report: report({ status: undefined as unknown as JsonObject }), written: undefined },
      { write: 'none' },
    ],
  ])('%s', (_what, over, wanted) => {
    expect(decide(over)).toEqual(wanted);
  });

  const ended = (reconciledAt: string): JsonObject => argoStatus({ reconciledAt });
  it.each([
    ['2026-01-01T00:00:09Z', '2026-01-01T00:00:10Z', 'now'],
    ['', '2026-01-01T00:00:12Z', 'now'],
    ['2026-01-01T00:00:10Z', '2026-01-01T00:00:12Z', 'none'],
    ['2026-01-01T00:00:05Z', '2026-01-01T00:00:09Z', 'none'],
  ])('reconciledAt %j on the hub, %j reported, finished at 00:00:10: %s', (onHub, reported, write) => {
    expect(decide({ written: writtenStatusOf(ended(onHub)), report: report({ status: ended(reported) }) })).toEqual({
      write,
    });
  });

  it('finds nothing to do after its own write, in every mode', () => {
    for (const mode of ['full', 'summary'] as const) {
      const written = writtenStatusOf(
        hubStatusOf({ report: report(), publishedVersion: 3, hub: undefined, delivery: [warning], mode }),
      );
      expect(decide({ written, delivery: [warning], mode, noise: { everyMs: 1 } })).toEqual({ write: 'none' });
    }
    expect(decide({ written: writtenStatusOf(trimStatus(argoStatus(), 'summary')) }).write).not.toBe('none');
  });

  it('takes a fingerprint that is known already', () => {
    const fingerprint = fingerprintOf(changed(argoStatus(), 'sync.status', 'OutOfSync'));
    expect(decide({ fingerprint })).toEqual({ write: 'now' });
  });

  it('tells our conditions apart by type and message, whatever their times and order', () => {
    const error: DeliveryCondition = { ...warning, type: 'MaestroDeliveryError' };
    expect(deliveryFingerprint([warning, error])).toBe(
      deliveryFingerprint([error, { ...warning, lastTransitionTime: 'x' }]),
    );
    expect(
      new Set(
        [[], [warning], [error], [warning, error], [{ ...warning, message: 'x' }]].map((list) =>
          deliveryFingerprint(list),
        ),
      ).size,
    ).toBe(5);
    expect(deliveryFingerprint([])).toBe('');
  });
});

test('what is kept of a written status is what it says, and what was said of its delivery', () => {
  const kept = writtenStatusOf(argoStatus({ conditions: [{ ...warning }] }));
  expect(kept).toMatchObject({
    reconciledAt: '2026-01-01T00:01:00Z',
    startedAt: '2026-01-01T00:00:00Z',
    finishedAt: '2026-01-01T00:00:10Z',
    state: { health: 'Healthy', sync: 'Synced', phase: 'Succeeded', revision: 'rev1', hasResources: true },
    delivery: deliveryFingerprint([warning]),
  });
  expect(writtenStatusOf(undefined)).toEqual(writtenStatusOf({}));
  expect(writtenStatusOf(undefined)).toBe(writtenStatusOf(undefined));
});

describe('hubStatusOf', () => {
  const hub = argoStatus({ health: { status: 'Missing' }, conditions: [{ ...warning, message: 'old' }] });
  const input = { report: report(), publishedVersion: 3, hub, delivery: [], mode: 'full' } as const;

  it('is what the cluster reports, to the letter', () => {
    expect(hubStatusOf(input)).toEqual(argoStatus());
    expect(hubStatusOf({ ...input, report: report({ status: argoStatus({ conditions: [] }) }) })).toEqual(
      argoStatus({ conditions: [] }),
    );
  });

  it('has our conditions after the cluster’s', () => {
    expect(hubStatusOf({ ...input, delivery: [warning] })['conditions']).toEqual(
      [argoStatus()['conditions'], warning].flat(),
    );
  });

  it('drops conditions of our types that a cluster reports', () => {
    const status = argoStatus({ conditions: [{ ...warning, message: 'forged' }] });
    expect(hubStatusOf({ ...input, report: report({ status }), delivery: [warning] })['conditions']).toEqual([warning]);
  });

  it('keeps the status of the hub when the report is of an older version, without our old conditions', () => {
    const { conditions: _conditions, ...others } = hub;
    expect(hubStatusOf({ ...input, report: report({ observedVersion: 2 }) })).toEqual(others);
    expect(hubStatusOf({ ...input, report: report({ observedVersion: 2 }), delivery: [warning] })).toEqual({
      ...others,
      conditions: [warning],
    });
  });

  it('makes up nothing when there is no status anywhere', () => {
    const nothing = { ...input, report: undefined, hub: undefined };
    expect(hubStatusOf(nothing)).toEqual({});
    expect(hubStatusOf({ ...nothing, delivery: [warning] })).toEqual({ conditions: [warning] });
  });

  it('leaves its inputs as they are', () => {
    const before = structuredClone({ report: input.report, hub });
    hubStatusOf({ ...input, delivery: [warning], mode: 'summary' });
    expect({ report: input.report, hub }).toEqual(before);
  });
});

describe('trimStatus', () => {
  it('keeps in summary what lists of applications show', () => {
    const { operationState, sync, health, conditions, reconciledAt, sourceType } = argoStatus();
    const { phase, startedAt, finishedAt, operation } = operationState as JsonObject;
    expect(trimStatus(argoStatus(), 'summary')).toEqual({
      sync,
      health,
      conditions,
      reconciledAt,
      sourceType,
      operationState: { phase, startedAt, finishedAt, operation },
    });
    expect(trimStatus({ sync: { status: 'Synced' } }, 'summary')).toEqual({ sync: { status: 'Synced' } });
    expect(trimStatus({ sourceTypes: ['Helm'], history: [] }, 'summary')).toEqual({ sourceTypes: ['Helm'] });
  });

  it('gives the very same status where nothing is cut', () => {
    const status = argoStatus();
    expect(trimStatus(status, 'full')).toBe(status);
  });
});

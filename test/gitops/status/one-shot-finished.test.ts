import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { markOperation } from '../../../src/gitops/bundle/operation-mark.ts';
import {
  operationBegun,
  operationDisplaced,
  operationFinished,
  refreshSeen,
} from '../../../src/gitops/status/one-shot-finished.ts';
import { argoStatus, report } from './samples.ts';

const operation: JsonObject = {
  sync: { revision: 'rev2', syncOptions: ['A=b', 'C=d'], dryRun: false },
  info: [{ name: 'Reason', value: 'x' }],
};
const echoed: JsonObject = { ...operation, retry: { limit: 5 }, initiatedBy: { username: 'admin' } };

function finished(
  state: JsonObject | undefined,
  over: { readonly opAfter?: string; readonly version?: number; readonly operation?: JsonObject } = {},
): boolean {
  const travelling = { version: 3, operation, opAfter: '2026-01-01T00:00:00Z', ...over };
  return operationFinished(travelling, report({ status: argoStatus({ operationState: state }) }));
}

const done: JsonObject = { phase: 'Succeeded', startedAt: '2026-01-01T00:05:00Z', operation: echoed };

describe('operationFinished', () => {
  it.each<[string, boolean, JsonObject | undefined, Parameters<typeof finished>[1]?]>([
    ['succeeded', true, done],
    ['failed', true, { ...done, phase: 'Failed' }],
    ['ended in an error', true, { ...done, phase: 'Error' }],
    ['is running', false, { ...done, phase: 'Running' }],
    ['is being terminated', false, { ...done, phase: 'Terminating' }],
    ['has not begun: the state is that of the one before', false, { ...done, startedAt: '2026-01-01T00:00:00Z' }],
    ['has no start', false, { ...done, startedAt: '' }],
    ['has no state', false, undefined],
    ['is the first one ever', true, done, { opAfter: '' }],
    [
      'is another revision',
      false,
      { ...done, operation: { ...echoed, sync: { revision: 'rev1', syncOptions: ['A=b', 'C=d'] } } },
    ],
    [
      'has other options',
      false,
      { ...done, operation: { ...echoed, sync: { revision: 'rev2', syncOptions: ['A=b'] } } },
    ],
    [
      'is the automated one',
      false,
      { ...done, operation: { sync: { revision: 'rev2' }, initiatedBy: { automated: true } } },
    ],
    ['is not told of in the state', false, { ...done, operation: undefined }],
    [
      'came without members that have no value',
      true,
      { ...done, operation: { ...echoed, sync: { revision: 'rev2', syncOptions: ['A=b', 'C=d'] } } },
    ],
    ['asked for nothing in particular', true, { ...done, operation: { initiatedBy: {} } }, { operation: { sync: {} } }],
    [
      'said no where the state says yes',
      false,
      { ...done, operation: { sync: { prune: true } } },
      { operation: { sync: { prune: false } } },
    ],
    [
      'asks for nothing in particular, while Argo CD synced by itself',
      false,
      { ...done, operation: { sync: {}, initiatedBy: { automated: true } } },
      { operation: { sync: {} } },
    ],
    [
      'holds a number beyond doubles',
      true,
      { ...done, operation: { retry: { limit: 9007199254740992 } } },
      { operation: { retry: { limit: 9007199254740993n } } },
    ],
    [
      'holds another number beyond doubles',
      false,
      { ...done, operation: { retry: { limit: 5 } } },
      { operation: { retry: { limit: 9007199254740993n } } },
    ],
    [
      'asks for a revision, where the state tells of no sync',
      false,
      { ...done, operation: { info: [] } },
      { operation: { sync: { revision: 'rev2' } } },
    ],
    [
      'has fewer options',
      false,
      { ...done, operation: { ...echoed, sync: { revision: 'rev2', syncOptions: ['A=b', 'C=d', 'E=f'] } } },
    ],
    [
      'has one other option',
      false,
      { ...done, operation: { ...echoed, sync: { revision: 'rev2', syncOptions: ['A=b', 'X=y'] } } },
    ],
    ['has options, where the state has none', false, { ...done, operation: { ...echoed, sync: { revision: 'rev2' } } }],
    [
      'has members that Go leaves out',
      true,
      { ...done, operation: { sync: {} } },
      { operation: { sync: { revision: '', prune: null, count: 0, resources: [], strategy: { hook: {} } } } },
    ],
    ['is odd in the state', false, { ...done, operation: { sync: 'odd' } }],
    ['travels with a version that is not applied yet', false, done, { version: 4 }],
  ])('an operation that %s: %j', (_what, wanted, state, over) => {
    expect(finished(state, over)).toBe(wanted);
  });

  // What a real Argo CD 3.5 made of `{"sync":{}}` after it had synced and healed by itself.
  const merged: JsonObject = {
    initiatedBy: { automated: true },
    retry: { limit: 5 },
    sync: {
      autoHealAttemptsCount: 1,
      prune: true,
      resources: [{ kind: 'ConfigMap', name: 'a' }],
      revision: 'rev1',
      syncOptions: ['CreateNamespace=true'],
    },
  };
  const marked = (asked: JsonObject, mark = '3-ab'): { readonly operation: JsonObject } => ({
    operation: markOperation(asked, mark),
  });

  it.each<[string, boolean, JsonObject, JsonObject]>([
    [
      'merged into the state of an automated one',
      true,
      { sync: {} },
      { ...done, operation: markOperation(merged, '3-ab') },
    ],
    [
      'merged into one with another option',
      true,
      { sync: { prune: false } },
      { ...done, operation: markOperation(merged, '3-ab') },
    ],
    [
      'started in the second of the one before',
      true,
      { sync: {} },
      { ...done, startedAt: '2026-01-01T00:00:00Z', operation: markOperation(merged, '3-ab') },
    ],
    ['running', false, { sync: {} }, { ...done, phase: 'Running', operation: markOperation(merged, '3-ab') }],
    ['told of by the mark of a later try', true, { sync: {} }, { ...done, operation: markOperation(merged, '3-ab~2') }],
    ['not told of: the state is an automated one', false, { sync: {} }, { ...done, operation: merged }],
    [
      'not told of: the state is of an earlier publish',
      false,
      { sync: {} },
      { ...done, operation: markOperation({ sync: {} }, '2-ab') },
    ],
  ])('a marked operation that is %s: %j', (_what, wanted, asked, state) => {
    expect(finished(state, marked(asked))).toBe(wanted);
  });

  it.each<
    [
      string,
      boolean,
      JsonObject,
      { readonly version?: number; readonly opAfter?: string; readonly operation?: JsonObject }?,
    ]
  >([
    ['another one ran and ended', true, { ...done, operation: merged }],
    ['another one ran and failed', true, { ...done, phase: 'Failed', operation: merged }],
    ['another one that we published ran', true, { ...done, operation: markOperation({ sync: {} }, '2-ab') }],
    ['another one runs, and may yet be the one before', false, { ...done, phase: 'Running', operation: merged }],
    ['nothing ran since', false, { ...done, startedAt: '2026-01-01T00:00:00Z', operation: merged }],
    ['nothing ever ran', false, {}],
    ['it ran itself', false, { ...done, operation: markOperation(merged, '3-ab') }],
    [
      'an earlier try of it ran',
      false,
      { ...done, operation: markOperation(merged, '3-ab') },
      marked({ sync: {} }, '3-ab~2'),
    ],
    [
      'another one ran, which cannot be told without a mark',
      false,
      { ...done, operation: merged },
      { operation: { sync: {} } },
    ],
    [
      'another one ran, of a version before',
      false,
      { ...done, operation: merged },
      { ...marked({ sync: {} }), version: 4 },
    ],
  ])('an operation was displaced, as %s: %j', (_what, wanted, state, over = marked({ sync: {} })) => {
    const travelling = { version: 3, operation, opAfter: '2026-01-01T00:00:00Z', ...over };
    expect(operationDisplaced(travelling, report({ status: argoStatus({ operationState: state }) }))).toBe(wanted);
  });

  it('is not told by a report without a status', () => {
    const { status: _status, ...rest } = report();
    expect(operationFinished({ version: 3, operation, opAfter: '' }, rest)).toBe(false);
    expect(operationDisplaced({ version: 3, ...marked({ sync: {} }), opAfter: '' }, rest)).toBe(false);
    expect(refreshSeen({ version: 3, refreshAfter: '', refreshAt: '', doubted: '' }, rest)).toBe('no');
  });
});

describe('refreshSeen', () => {
  // The sample was reconciled at 00:01:00.
  it.each([
    ['in the second of the one before', '2026-01-01T00:01:00Z', 3, '2026-01-01T00:01:00Z', '', 'no'],
    ['after the one before', '2026-01-01T00:00:59Z', 3, '2026-01-01T00:01:00Z', '', 'done'],
    ['the first one ever', '', 3, '2026-01-01T00:01:00Z', '', 'done'],
    ['before the one before', '2026-01-01T00:02:00Z', 3, '', '', 'no'],
    ['of a version that is not applied yet', '2026-01-01T00:00:59Z', 4, '', '', 'no'],
    ['after one of which nobody wrote down when it was published', '2026-01-01T00:00:59Z', 3, '', '', 'done'],
    ['on a clock that is a little behind', '2026-01-01T00:00:00Z', 3, '2026-01-01T00:01:02Z', '', 'done'],
    ['before it was published', '2026-01-01T00:00:00Z', 3, '2026-01-01T00:01:03Z', '', 'doubtful'],
    [
      'before it was published, seen once more',
      '2026-01-01T00:00:00Z',
      3,
      '2026-01-01T00:01:03Z',
      '2026-01-01T00:01:00Z',
      'doubtful',
    ],
    [
      'after another one of before it was published',
      '2026-01-01T00:00:00Z',
      3,
      '2026-01-01T00:01:03Z',
      '2026-01-01T00:00:57Z',
      'done',
    ],
  ] as const)('a refresh %s', (_what, refreshAfter, version, refreshAt, doubted, wanted) => {
    expect(refreshSeen({ version, refreshAfter, refreshAt, doubted }, report())).toBe(wanted);
  });

  it('is not told without a time', () => {
    const travelling = { version: 3, refreshAfter: '', refreshAt: '', doubted: '' };
    expect(refreshSeen(travelling, report({ status: argoStatus({ reconciledAt: 'soon' }) }))).toBe('no');
  });
});

describe('operationBegun and operationDisplaced', () => {
  const marked = { version: 3, operation: markOperation({ sync: {} }, '3-ab'), opAfter: '2026-01-01T00:00:00Z' };
  const told = (
    state: JsonObject,
    over: Partial<Parameters<typeof operationBegun>[0]> = {},
  ): readonly [boolean, boolean] => {
    const made = report({ status: argoStatus({ operationState: state }) });
    return [operationBegun({ ...marked, ...over }, made), operationDisplaced({ ...marked, ...over }, made)];
  };

  it.each<[string, JsonObject, Parameters<typeof told>[1], readonly [boolean, boolean]]>([
    ['runs', { phase: 'Running', startedAt: '2026-01-01T00:05:00Z', operation: marked.operation }, {}, [true, false]],
    ['has no phase yet', { startedAt: '2026-01-01T00:05:00Z', operation: marked.operation }, {}, [false, false]],
    ['is told of after one without a start', { phase: 'Succeeded', operation: { sync: {} } }, {}, [false, false]],
    [
      'is being terminated',
      { phase: 'Terminating', startedAt: '2026-01-01T00:05:00Z', operation: marked.operation },
      {},
      [true, false],
    ],
    [
      'has ended between two reports',
      { phase: 'Succeeded', startedAt: '2026-01-01T00:00:00Z', operation: marked.operation },
      {},
      [true, false],
    ],
    [
      'waits: the state is that of the one before',
      { phase: 'Succeeded', startedAt: '2026-01-01T00:00:00Z', operation: { sync: {} } },
      {},
      [false, false],
    ],
    [
      'waits while another one runs',
      { phase: 'Running', startedAt: '2026-01-01T00:05:00Z', operation: { sync: {} } },
      {},
      [false, false],
    ],
    [
      'was discarded at the end of another one',
      { phase: 'Failed', startedAt: '2026-01-01T00:05:00Z', operation: { sync: {} } },
      {},
      [false, true],
    ],
    [
      'was sent over one that ran, and that one has ended',
      { phase: 'Succeeded', startedAt: '2026-01-01T00:00:00Z', operation: { sync: {} } },
      { overRunning: true },
      [false, true],
    ],
    [
      'was sent over one that ran, and that one still runs',
      { phase: 'Running', startedAt: '2026-01-01T00:00:00Z', operation: { sync: {} } },
      { overRunning: true },
      [false, false],
    ],
    ['has no state', {}, {}, [false, false]],
    [
      'of the Go controllers runs',
      { phase: 'Running', startedAt: '2026-01-01T00:05:00Z', operation: { sync: { revision: 'rev2' } } },
      { operation: { sync: { revision: 'rev2' } } },
      [true, false],
    ],
  ])('one that %s', (_what, state, over, wanted) => {
    expect(told(state, over)).toEqual(wanted);
  });
});

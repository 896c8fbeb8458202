import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { shownStateOf } from '../../../src/gitops/status/shown-state.ts';

describe('what the report of a set shows of an application', () => {
  it('is what its status says, with empty texts for what it does not', () => {
    const status = {
      health: { status: 'Degraded' },
      sync: { status: 'OutOfSync', revision: 'abc' },
      operationState: { phase: 'Running' },
      resources: [{ kind: 'ConfigMap' }],
    };
    expect(shownStateOf(status)).toEqual({
      health: 'Degraded',
      sync: 'OutOfSync',
      phase: 'Running',
      revision: 'abc',
      conditions: [],
      hasResources: true,
    });
    const none = { health: '', sync: '', phase: '', revision: '', conditions: [], hasResources: false };
    expect(shownStateOf({})).toEqual(none);
    expect(shownStateOf({ resources: [] })).toEqual(none);
  });

  it('shares one list where there are no conditions, of which there are 150,000', () => {
    expect(shownStateOf({}).conditions).toBe(shownStateOf({ health: { status: 'Healthy' } }).conditions);
  });
});

describe('the conditions that the report of a set shows of an application', () => {
  const of = (status: JsonObject) => shownStateOf(status).conditions;
  const unwell = { health: { status: 'Missing' }, sync: { status: 'OutOfSync' } };

  it('are the errors and warnings of the application, by type, each type with its last message', () => {
    expect(
      of({
        conditions: [
          { type: 'SyncError', message: 'first' },
          { type: 'SharedResourceWarning', message: 'shared' },
          { type: 'DeletionInProgress', message: 'no error' },
          { type: 'AuthError', message: 'no right' },
          { type: 'SyncError', message: 'last' },
          { type: 'ComparisonError', message: '' },
        ],
      }),
    ).toEqual([
      { type: 'AuthError', message: 'no right' },
      { type: 'SharedResourceWarning', message: 'shared' },
      { type: 'SyncError', message: 'last' },
    ]);
  });

  it('stay in order where they are in it', () => {
    const conditions = ['AError', 'BError', 'CError'].map((type) => ({ type, message: type }));
    expect(of({ conditions })).toEqual(conditions);
  });

  it('have 512 characters of a message, and three dots for the rest', () => {
    const message = (text: string): string | undefined =>
      of({ conditions: [{ type: 'SyncError', message: text }] })[0]?.message;
    expect(message('x'.repeat(512))).toBe('x'.repeat(512));
    expect(message('x'.repeat(513))).toBe(`${'x'.repeat(512)}...`);
    expect(message('x'.repeat(5_000))).toBe(`${'x'.repeat(512)}...`);
    expect(message('😀'.repeat(512))).toBe('😀'.repeat(512));
    expect(message('😀'.repeat(513))).toBe(`${'😀'.repeat(512)}...`);
  });

  it.each<[string, JsonObject, boolean]>([
    ['is told', { ...unwell, operationState: { phase: 'Failed', message: 'm' } }, true],
    ['is told while it runs', { ...unwell, operationState: { phase: 'Running', message: 'm' } }, true],
    ['that has succeeded is not', { ...unwell, operationState: { phase: 'Succeeded', message: 'm' } }, false],
    ['without a message is not', { ...unwell, operationState: { phase: 'Failed' } }, false],
    [
      'of an application that is well is not',
      {
        health: { status: 'Healthy' },
        sync: { status: 'Synced' },
        operationState: { phase: 'Failed', message: 'm' },
      },
      false,
    ],
    [
      'of one that is healthy alone is',
      { health: { status: 'Healthy' }, operationState: { phase: 'Failed', message: 'm' } },
      true,
    ],
    [
      'of one that is in sync alone is',
      { sync: { status: 'Synced' }, operationState: { phase: 'Failed', message: 'm' } },
      true,
    ],
  ])('what an operation says %s', (_what, status, told) => {
    expect(of(status)).toEqual(told ? [{ type: 'OperationError', message: 'm' }] : []);
  });

  it('do not repeat the reason that another one quotes of the operation', () => {
    const quoting = (message: string) =>
      of({
        ...unwell,
        conditions: [{ type: 'SyncError', message }],
        operationState: { phase: 'Failed', message: 'sync failed, reason: no such path, tried 5 times' },
      }).map(({ type }) => type);
    expect(quoting('Failed last sync attempt: reason: no such path...')).toEqual(['SyncError']);
    expect(quoting('Failed last sync attempt: reason: another thing...')).toEqual(['OperationError', 'SyncError']);
    expect(quoting('reason: no such path...')).toEqual(['SyncError']);
    expect(quoting('reas')).toEqual(['OperationError', 'SyncError']);
    expect(quoting('Failed last sync attempt')).toEqual(['OperationError', 'SyncError']);
  });
});

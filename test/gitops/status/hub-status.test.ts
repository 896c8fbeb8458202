import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { hubStatusOf } from '../../../src/gitops/status/hub-status.ts';
import { argoStatus, report } from './samples.ts';

const state = (startedAt: string, phase: string): JsonObject => ({ phase, startedAt, operation: { sync: {} } });
const written = (reported: JsonObject, hub: JsonObject | undefined, awaitsStart: boolean): JsonObject =>
  hubStatusOf({
    report: report({ status: argoStatus(reported) }),
    publishedVersion: 3,
    hub,
    delivery: [],
    mode: 'full',
    awaitsStart,
  });

describe('the status on the hub while an operation there has not begun', () => {
  const old = state('2026-01-01T00:00:00Z', 'Succeeded');

  it.each<[string, JsonObject | undefined, JsonObject | undefined]>([
    ['is not put where the start has cleared it', {}, undefined],
    ['is not put on a hub that has no status yet', undefined, undefined],
    [
      'does not take the place of another one',
      { operationState: state('2026-01-01T00:05:00Z', 'Failed') },
      state('2026-01-01T00:05:00Z', 'Failed'),
    ],
    ['goes on where it is shown already', { operationState: state('2026-01-01T00:00:00Z', 'Running') }, old],
  ])('the state of an earlier operation %s', (_what, hub, shown) => {
    expect(written({ operationState: old }, hub, true)['operationState']).toEqual(shown);
  });

  it('the state of an operation without a time is no other that has none either', () => {
    const [came, shown] = [{ phase: 'Failed' }, { phase: 'Running' }];
    expect(written({ operationState: came }, { operationState: shown }, true)['operationState']).toEqual(shown);
  });

  it('the rest is what the cluster reports', () => {
    const { operationState: _state, ...rest } = argoStatus({ operationState: old });
    expect(written({ operationState: old }, {}, true)).toEqual(rest);
  });

  it('all of it is, once there is none', () => {
    expect(written({ operationState: old }, {}, false)).toEqual(argoStatus({ operationState: old }));
  });
});

import { describe, expect, it } from 'vitest';
import { compare, conditionInFeedback, resolve } from '../../../src/core/expressions/feedback.ts';
import type { FeedbackData } from '../../../src/core/status/work-status.ts';

type Comparison = Parameters<typeof compare>[1];

const listed = (value: FeedbackData): Parameters<typeof resolve>[0] => [{ name: 'conditions', value }];

describe('a feedback value compared', () => {
  it.each<[FeedbackData, Comparison['operator'], Comparison['value'], string]>([
    [2, '>=', 2, 'true'],
    [1, '>=', 2, 'false'],
    [2, '<=', 2, 'true'],
    [3, '<=', 2, 'false'],
    [2, '>', 2, 'false'],
    [3, '>', 2, 'true'],
    [2, '<', 2, 'false'],
    [1, '<', 2, 'true'],
    [3, '<', 2, 'false'],
    ['10', '>', 9, 'true'],
    ['10', '==', 10, 'true'],
    [1, '==', 2, 'false'],
    [1, '!=', 2, 'true'],
    [2, '!=', 2, 'false'],
    ['ten', '>', 9, 'unknown'],
    [true, '>', 0, 'unknown'],
    [true, '==', 'True', 'true'],
    ['true', '==', true, 'true'],
    ['unknown', '==', 'Unknown', 'true'],
    [true, '==', false, 'false'],
    [true, '==', 1, 'false'],
    ['True', '==', 1, 'false'],
    ['running', '==', 'Running', 'false'],
    ['Running', '!=', 'Succeeded', 'true'],
    [{ True: 1 }, '==', 'True', 'false'],
    [['True'], '==', 'True', 'false'],
    [[5], '>', 3, 'unknown'],
    [[5], '==', 5, 'false'],
  ])('%j %s %j is %s', (actual, operator, value, truth) => {
    expect(compare(actual, { operator, value })).toBe(truth);
  });
});

describe('a path into feedback', () => {
  it('leads nowhere through what is not there, and through JSON null, which is not set yet', () => {
    expect(resolve([], ['status', 'phase'])).toBeUndefined();
    expect(resolve([{ name: 'status', value: { phase: null } }], ['status', 'phase'])).toBeUndefined();
    expect(resolve([{ name: 'status', value: { phase: null } }], ['status', 'phase', 'x'])).toBeUndefined();
    expect(resolve([{ name: 'status', value: { phase: 'Up' } }], ['status', 'phase'])).toBe('Up');
  });

  it('leads nowhere by an index or a filter into what is no list', () => {
    const values = [{ name: 'status', value: { '0': 'x', phase: 'Up' } }];
    expect(resolve(values, ['status', 0])).toBeUndefined();
    expect(resolve(values, ['status', { key: 'type', equals: 'Ready' }])).toBeUndefined();
  });

  it('takes the name that is spelt exactly before one in another case', () => {
    const values = [
      { name: 'PHASE', value: 'a' },
      { name: 'phase', value: 'b' },
    ];
    expect(resolve(values, ['phase'])).toBe('b');
    expect(resolve(values, ['Phase'])).toBe('a');
  });
});

describe('a condition in feedback', () => {
  it('is read of a list, exactly spelt before any case, and the worst of several', () => {
    const list = [
      { type: 'Ready', status: 'True' },
      { type: 'READY', status: 'False' },
    ];
    expect(conditionInFeedback(listed(list), 'Pod', 'Ready')).toBe('True');
    expect(conditionInFeedback(listed(list), 'Pod', 'READY')).toBe('False');
    expect(conditionInFeedback(listed(list), 'Pod', 'ready')).toBe('False');
    expect(conditionInFeedback(listed(list), 'Pod', 'Other')).toBeUndefined();
  });

  it('is not read of what only looks like one', () => {
    for (const odd of [
      'Ready',
      { type: 'Ready', status: 'True' },
      [{ type: 'Ready', status: 1 }],
      [{ status: 'True' }],
    ])
      expect(conditionInFeedback(listed(odd), 'Pod', 'Ready')).toBeUndefined();
    expect(conditionInFeedback(listed([{ type: 'Ready', status: 'odd' }]), 'Pod', 'Ready')).toBe('Unknown');
  });

  it('is a value of its name, when that is a truth or a word for one', () => {
    const named = (value: FeedbackData): string | undefined =>
      conditionInFeedback([{ name: 'Ready', value }], 'Pod', 'Ready');
    expect([true, false, 'true', 'False'].map(named)).toEqual(['True', 'False', 'True', 'False']);
    expect([1, 'odd', {}].map(named)).toEqual([undefined, undefined, undefined]);
  });
});

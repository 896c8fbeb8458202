import { describe, expect, it } from 'vitest';
import { filledSample, readSampleConsumers } from '../../../src/core/fleet/sample-consumers.ts';
import { usageErrorOf } from '../../command-line/support.ts';

describe('consumers to try a template with', () => {
  it.each<[string, string, object[]]>([
    ['a list of names', 'c1\n# none\nc2\n', [{ name: 'c1' }, { name: 'c2' }]],
    [
      'what consumer list prints',
      '{"items":[{"name":"c1","labels":{"env":"prod","size":3}},{"name":"c2"}]}',
      [
        { name: 'c1', labels: { env: 'prod' } },
        { name: 'c2', labels: {} },
      ],
    ],
    ['a bare list of them, behind a mark of the byte order', '\uFEFF \n[{"name":"c1"}]', [{ name: 'c1', labels: {} }]],
  ])('are read of %s', (_what, text, consumers) => {
    expect(readSampleConsumers(text, 'f')).toEqual(consumers);
  });

  it.each([
    ['{"items":', 'f: this begins as JSON and is none'],
    ['{"items":[]}', 'f: this lists no consumers'],
    ['{"name":"c1"}', 'f: this lists no consumers'],
    ['["c1"]', 'f: the consumer at 0 has no name of a consumer'],
    ['[{"name":"c1"},{"name":"C_2"}]', 'f: the consumer at 1 has no name of a consumer'],
    ['[{"name":1}]', 'f: the consumer at 0 has no name of a consumer'],
    ['[{"name":"c1","labels":["env"]}]', 'f: the labels of c1 are no map'],
  ])('are not %s', (text, message) => {
    const error = usageErrorOf(() => readSampleConsumers(text, 'f'));
    expect(error.message).toBe(message);
    expect(error.hint).toContain('consumer list -o json');
  });

  it('stand in for labels only where nobody said which they have', () => {
    expect(filledSample({ name: 'c1' }, ['env', 'a.b/c'])).toEqual({
      name: 'c1',
      labels: { env: 'sample', 'a.b/c': 'sample' },
    });
    expect(filledSample({ name: 'c1', labels: { env: 'prod' } }, ['env', 'tier'])).toEqual({
      name: 'c1',
      labels: { env: 'prod' },
    });
  });
});

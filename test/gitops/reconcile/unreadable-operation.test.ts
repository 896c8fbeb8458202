import { expect, test } from 'vitest';
import { JsonLimitError } from '../../../src/core/json-nesting.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { markShallow } from '../../../src/gitops/model/shallow.ts';
import { hubApp, setUp } from './set-up.ts';

const operation = { sync: { revision: 'main', syncOptions: ['Prune=true'] } };
const shallow = (version: string): JsonObject => {
  const object = hubApp({ version, operation: { sync: null } });
  markShallow(object, new JsonLimitError('values', 500_000));
  return object;
};

test.each([
  ['the same', operation, false],
  ['another', { sync: { revision: 'other' } }, true],
  ['none', undefined, true],
])(
  'an application that could not be read for a while and then has %s operation: it is passed on once',
  async (_what, later, taken) => {
    const { app, maestro, see, propagate, delivered } = setUp();
    see(hubApp({ version: '11', operation }));
    await propagate();
    expect([maestro.published.length, app.operationTaken]).toEqual([1, false]);
    see(shallow('12'));
    await propagate();
    expect(delivered().blocked?.reason).toBe('Unreadable');
    see(shallow('13'));
    see(hubApp({ version: '14', ...(later === undefined ? {} : { operation: later }) }));
    expect(app.operationTaken).toBe(taken);
  },
);

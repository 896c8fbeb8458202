import { expect, test } from 'vitest';
import { AppIndex } from '../../../src/gitops/index/app-index.ts';
import { hubFacts } from '../policy/records.ts';

test('what is kept of an application goes with it, and reading makes nothing', () => {
  const index = new AppIndex();
  let made = 0;
  const states = index.keep(() => ({ count: (made += 1) - made }));
  const app = index.getOrAdd('n/a');
  index.setHub(app, hubFacts());
  const before = made;
  expect([states.get('n/a').count, made]).toEqual([0, before]);
  states.edit('n/a').count = 7;
  expect(states.get('n/a').count).toBe(7);
  index.setHub(app, undefined);
  expect(states.get('n/a').count).toBe(0);
  // A step that ends after its application went keeps nothing for the next of that name.
  states.edit('n/a').count = 9;
  expect(states.get('n/a').count).toBe(0);
});

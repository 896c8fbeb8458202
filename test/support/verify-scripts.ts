import { afterEach, expect } from 'vitest';
import { takeLeftovers } from './script.ts';
import './verified-faults.ts';

// A test that has failed has its own reason; what it did not come to says nothing.
afterEach(({ task }) => {
  const left = takeLeftovers();
  if (task.result?.state !== 'fail') expect(left, 'answers that nobody asked for').toEqual([]);
});

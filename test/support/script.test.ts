import { expect, it } from 'vitest';
import { createStandIn } from '../../src/standin/index.ts';
import { Script, takeLeftovers } from './script.ts';

it('names the answers that were left, once, and none that were used', () => {
  const script = new Script<string | Error>('the writer');
  script.push('one', new Error('refused'), 'three');
  expect(script.shift()).toBe('one');
  expect(script.take((step) => step === 'three')).toBe('three');
  expect(takeLeftovers()).toEqual(['the writer: refused']);
  expect(takeLeftovers()).toEqual([]);
});

it('wants nothing of what is answered for ever, or may be left for a reason', () => {
  const script = new Script<number>('the reader');
  let count = 0;
  script.push(-1);
  script.always(() => (count += 1));
  expect([script.shift(), script.shift(), script.shift()]).toEqual([-1, 1, 2]);
  const other = new Script<number>('the reader');
  other.push(1);
  other.unused('a race');
  expect(takeLeftovers()).toEqual([]);
});

it('takes a fault of a stand-in that never struck for an answer that nobody asked for', async () => {
  const standIn = await createStandIn();
  standIn.setFault({ kind: 'reset', channel: 'http', count: 2 });
  const { signal } = new AbortController();
  await expect(standIn.rest({ method: 'GET', path: '/api/maestro' }, signal)).rejects.toThrow('ECONNRESET');
  expect(takeLeftovers()).toEqual(['a stand-in: {"kind":"reset","channel":"http","count":1}']);
  await standIn.close();
});

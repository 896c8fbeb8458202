import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Cancellations } from '../../src/clients/grpc/cancellations.ts';

describe('Cancellations', () => {
  it('has one listener for all calls of a signal, and none after the last', () => {
    const cancellations = new Cancellations();
    const { signal } = new AbortController();
    const first = cancellations.add(signal, () => undefined);
    const second = cancellations.add(signal, () => undefined);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    first();
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    second();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('ends just the calls that run, each on its own signal', () => {
    const cancellations = new Cancellations();
    const [one, other] = [new AbortController(), new AbortController()];
    const ended: string[] = [];
    const done = cancellations.add(one.signal, () => ended.push('done'));
    // A call that is told of its end says so at once, while the others are being told.
    const self = cancellations.add(one.signal, () => {
      ended.push('self');
      self();
    });
    cancellations.add(one.signal, () => ended.push('running'));
    cancellations.add(other.signal, () => ended.push('other'));
    done();
    one.abort();
    expect(ended).toEqual(['self', 'running']);
  });

  it('listens again on a signal that had calls before', () => {
    const cancellations = new Cancellations();
    const controller = new AbortController();
    const ended: string[] = [];
    cancellations.add(controller.signal, () => ended.push('first'))();
    cancellations.add(controller.signal, () => ended.push('second'));
    controller.abort();
    expect(ended).toEqual(['second']);
  });
});

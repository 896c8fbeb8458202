import { describe, expect, it } from 'vitest';
import { RequestTurns } from '../../src/clients/grpc/request-turns.ts';

const turn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Begins so many at once, as a fleet does, and notes the order in which they begin. */
function begin(turns: RequestTurns, count: number): number[] {
  const begun: number[] = [];
  for (let at = 0; at < count; at += 1) {
    if (turns.tryBegin()) begun.push(at);
    else void turns.begin().then(() => begun.push(at));
  }
  return begun;
}

describe('requests that are begun in one go', () => {
  it('are spread over turns of the event loop, in the order of asking', async () => {
    const begun = begin(new RequestTurns(), 20);
    expect(begun).toHaveLength(8);
    await turn();
    expect(begun).toHaveLength(16);
    await turn();
    expect(begun).toEqual(Array.from({ length: 20 }, (_, at) => at));
  });

  it('begin at once when they are few, in every turn', async () => {
    const turns = new RequestTurns();
    for (let round = 0; round < 3; round += 1) {
      expect(begin(turns, 8)).toHaveLength(8);
      await turn();
    }
  });

  it('of a later turn do not overtake those that wait', async () => {
    const turns = new RequestTurns();
    const first = begin(turns, 14);
    await turn();
    // Six of this turn's places went to those that waited.
    const second = begin(turns, 10);
    expect(first).toHaveLength(14);
    expect(second).toEqual([0, 1]);
    await turn();
    expect(second).toHaveLength(10);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArrangedRows } from '../../../src/commands/ui/frame/arranged-rows.ts';
import { startOfList, type ListState } from '../../../src/commands/ui/frame/list-state.ts';
import type { GatherDeps } from '../../../src/commands/ui/frame/view.ts';
import { ManualClock } from '../../support/fake-clock.ts';

interface Row {
  readonly name: string;
  readonly size: number;
}

interface Shelf {
  rows: readonly Row[];
}

/** Time goes on by a millisecond whenever somebody looks: each slice ends after a few steps. */
class RunningClock extends ManualClock {
  #looks = 0;

  override monotonicMs(): number {
    this.#looks += 1;
    return super.monotonicMs() + this.#looks;
  }
}

const many = (count: number): readonly Row[] =>
  Array.from({ length: count }, (_none, at) => ({ name: `Row-${at}`, size: (at * 7_919) % 1_000 }));

const arranging = {
  rows: (shelf: Shelf) => shelf.rows,
  texts: () => (row: Row) => [row.name],
  sorts: [{}, { by: () => (row: Row) => row.size }, { by: () => (row: Row) => -row.size }],
};

function inSlices(): {
  readonly arranged: ArrangedRows<Row, Shelf>;
  readonly clock: RunningClock;
  readonly pictures: () => number;
} {
  const clock = new RunningClock();
  let pictures = 0;
  const arranged = new ArrangedRows<Row, Shelf>(arranging);
  arranged.useSlices({
    session: { budget: { clock } } as unknown as GatherDeps['session'],
    signal: new AbortController().signal,
    changed: () => (pictures += 1),
  });
  return { arranged, clock, pictures: () => pictures };
}

const asked = (more: Partial<ListState>): ListState => ({ ...startOfList, ...more });
const bySize = asked({ sort: 1 });

describe('the rows of a long table', () => {
  it('are those of before until the ones that were asked for are there, which is told', async () => {
    const { arranged, clock, pictures } = inSlices();
    const shelf: Shelf = { rows: many(50_000) };
    expect(arranged.byNow(startOfList, shelf)).toEqual({ rows: shelf.rows, isLate: false });
    expect(arranged.byNow(bySize, shelf)).toEqual({ rows: shelf.rows, isLate: true });
    await clock.advance(0);
    expect(pictures()).toBe(1);
    const { rows, isLate } = arranged.byNow(bySize, shelf);
    expect(isLate).toBe(false);
    expect(rows).toEqual(shelf.rows.toSorted((one, other) => one.size - other.size));
  });

  it('are the ones that were asked for when something is to be done with one', async () => {
    const { arranged, clock, pictures } = inSlices();
    const shelf: Shelf = { rows: many(50_000) };
    arranged.byNow(startOfList, shelf);
    const last = asked({ filter: 'row-49999' });
    expect(arranged.byNow(last, shelf).isLate).toBe(true);
    expect(arranged.asAsked(last, shelf)).toEqual([{ name: 'Row-49999', size: shelf.rows.at(-1)?.size }]);
    await clock.advance(0);
    // Nothing is left to be done.
    expect(pictures()).toBe(0);
    expect(arranged.byNow(last, shelf).isLate).toBe(false);
  });

  it('of a short table are there at once', () => {
    const { arranged } = inSlices();
    const shelf: Shelf = { rows: many(400) };
    arranged.byNow(startOfList, shelf);
    expect(arranged.byNow(asked({ filter: 'row-39' }), shelf)).toMatchObject({ isLate: false, rows: { length: 11 } });
  });

  it('come to their end though there are news all the time', async () => {
    const { arranged, clock } = inSlices();
    const shelf: Shelf = { rows: many(50_000) };
    arranged.byNow(startOfList, shelf);
    for (let news = 0; news < 5; news += 1) {
      shelf.rows = [...shelf.rows];
      arranged.byNow(bySize, shelf);
    }
    await clock.advance(0);
    const { rows, isLate } = arranged.byNow(bySize, shelf);
    expect(isLate).toBe(false);
    expect(rows[0]?.size).toBe(0);
  });

  it('are in the end what all at once gives, whatever is asked for on the way', async () => {
    const step = fc.record({
      sort: fc.constantFrom(0, 1, 2),
      filter: fc.constantFrom('', '1', '12', '123', 'row 9', 'none'),
      isNews: fc.boolean(),
      waits: fc.boolean(),
      acts: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const { arranged, clock } = inSlices();
        const shelf: Shelf = { rows: many(6_000) };
        let state = startOfList;
        arranged.byNow(state, shelf);
        for (const { sort, filter, isNews, waits, acts } of steps) {
          if (isNews) shelf.rows = shelf.rows.slice(1);
          state = asked({ sort, filter });
          arranged.byNow(state, shelf);
          if (acts) arranged.asAsked(state, shelf);
          if (waits) await clock.advance(0);
        }
        // One that was under way may have begun with the rows of before.
        for (let pictures = 0; pictures < 3; pictures += 1) {
          arranged.byNow(state, shelf);
          await clock.advance(0);
        }
        const all = new ArrangedRows<Row, Shelf>(arranging).asAsked(state, shelf);
        expect(arranged.byNow(state, shelf)).toEqual({ rows: all, isLate: false });
      }),
      { numRuns: 60 },
    );
  });
});

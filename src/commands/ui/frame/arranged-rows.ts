import { slept } from '../../../clock.ts';
import { matcherOf, type ListState } from './list-state.ts';
import { allAtOnce, rowsPerStep, slice, type Steps } from './slices.ts';
import type { GatherDeps } from './view.ts';

/** How rows are sorted and searched. What is the same for all of them is found once, with the data. */
export interface Arranging<Row, Data> {
  /** The same array as long as nothing has changed. */
  readonly rows: (data: Data) => readonly Row[];
  /** What a row belongs to, for a table that can be about what belongs to one of them only. */
  readonly of?: (row: Row) => string;
  readonly texts: (data: Data) => (row: Row) => readonly string[];
  readonly sorts: readonly { readonly by?: (data: Data) => (row: Row) => number }[];
}

type Asked = Pick<ListState, 'sort' | 'only' | 'filter'>;

/** Rows as somebody asked for them: what of `from` is shown at all, sorted, and what of that holds the filter. */
interface Arranged<Row> extends Asked {
  readonly from: readonly Row[];
  readonly sorted: readonly Row[];
  readonly filtered: readonly Row[];
}

interface Job<Row> extends Asked {
  readonly steps: Steps<Arranged<Row>>;
}

/**
 * The rows of a table, sorted and filtered. With 150,000 of them that takes longer than a key may: it is done in slices
 * between which keys are answered, and until it is done those that were there before are shown.
 */
export class ArrangedRows<Row, Data> {
  readonly #arranging: Arranging<Row, Data>;
  #host: Pick<GatherDeps, 'session' | 'signal' | 'changed'> | undefined;
  #done: Arranged<Row> | undefined;
  #job: Job<Row> | undefined;

  constructor(arranging: Arranging<Row, Data>) {
    this.#arranging = arranging;
  }

  /** From now on slices may be used. Without it all is done at once. */
  useSlices(host: Pick<GatherDeps, 'session' | 'signal' | 'changed'>): void {
    this.#host = host;
  }

  /** For what is done with a row: always as they were asked for, however long that takes. */
  asAsked(state: ListState, data: Data): readonly Row[] {
    // What has only become older is what is on the screen, and what the key is about.
    if (this.#host !== undefined && this.#done !== undefined && isAsAsked(this.#done, state))
      return this.#done.filtered;
    const job = this.#jobFor(state, data);
    if (job !== undefined) this.#take(allAtOnce(job.steps));
    return this.#done?.filtered ?? [];
  }

  /** For a picture. `isLate` as long as they are not as they were asked for; when they are, another one is drawn. */
  byNow(state: ListState, data: Data): { readonly rows: readonly Row[]; readonly isLate: boolean } {
    if (this.#host === undefined || this.#done === undefined) return { rows: this.asAsked(state, data), isLate: false };
    const before = this.#job;
    const job = this.#jobFor(state, data);
    if (job !== undefined && job !== before) {
      const { clock } = this.#host.session.budget;
      const finished = slice(job.steps, clock);
      if (finished === undefined) void this.#goOn(job, this.#host);
      else this.#take(finished.made);
    }
    return { rows: this.#done.filtered, isLate: !isAsAsked(this.#done, state) };
  }

  async #goOn(
    job: Job<Row>,
    { session, signal, changed }: Pick<GatherDeps, 'session' | 'signal' | 'changed'>,
  ): Promise<void> {
    const { clock } = session.budget;
    while ((await slept(clock, 0, signal)) && this.#job === job) {
      const finished = slice(job.steps, clock);
      if (finished === undefined) continue;
      this.#take(finished.made);
      return changed();
    }
  }

  #take(made: Arranged<Row>): void {
    this.#done = made;
    this.#job = undefined;
  }

  /** @returns undefined when all is as it should be */
  #jobFor({ sort, only, filter }: ListState, data: Data): Job<Row> | undefined {
    const asked: Asked = { sort, filter, ...(only === undefined ? {} : { only }) };
    // One that is under way ends before newer rows are looked at: with news all the time it would never end.
    if (this.#job !== undefined && isAsAsked(this.#job, asked)) return this.#job;
    const from = this.#arranging.rows(data);
    if (this.#done?.from === from && isAsAsked(this.#done, asked)) this.#job = undefined;
    else this.#job = { ...asked, steps: this.#arrange(from, asked, data) };
    return this.#job;
  }

  *#arrange(from: readonly Row[], asked: Asked, data: Data): Steps<Arranged<Row>> {
    const { sorts, texts, of } = this.#arranging;
    const { sort, only, filter } = asked;
    const done = this.#done;
    const isSorted = done?.from === from && done.sort === sort && done.only === only;
    const by = (sorts[sort] ?? sorts[0])?.by?.(data);
    let sorted = isSorted ? done.sorted : from;
    if (!isSorted && of !== undefined && only !== undefined) sorted = yield* kept(from, (row) => of(row) === only);
    if (!isSorted && by !== undefined) sorted = yield* sortedBy(sorted, by);
    const matches = matcherOf(filter);
    if (matches === undefined) return { ...asked, from, sorted, filtered: sorted };
    // What is typed on narrows what is shown already.
    const base = isSorted && done.filter !== '' && filter.startsWith(done.filter) ? done.filtered : sorted;
    const textsOf = texts(data);
    const filtered = yield* kept(base, (row) => matches(...textsOf(row)));
    return { ...asked, from, sorted, filtered };
  }
}

function isAsAsked(made: Asked, { sort, only, filter }: Asked): boolean {
  return made.sort === sort && made.only === only && made.filter === filter;
}

function* kept<Row>(rows: readonly Row[], isKept: (row: Row) => boolean): Steps<readonly Row[]> {
  const found: Row[] = [];
  for (const [at, row] of rows.entries()) {
    if (isKept(row)) found.push(row);
    if (at % rowsPerStep === 0) yield;
  }
  return found;
}

/** The least first; what is the same stays in its order. Each row is asked once. */
function* sortedBy<Row>(rows: readonly Row[], by: (row: Row) => number): Steps<readonly Row[]> {
  const groups = new Map<number, Row[]>();
  for (const [at, row] of rows.entries()) {
    const key = by(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
    if (at % rowsPerStep === 0) yield;
  }
  // An array of numbers alone is sorted without calls.
  const keys = Float64Array.from(groups.keys()).sort();
  const sorted: Row[] = [];
  for (const [at, key] of keys.entries()) {
    for (const row of groups.get(key) ?? []) sorted.push(row);
    if (at % rowsPerStep === 0) yield;
  }
  return sorted;
}

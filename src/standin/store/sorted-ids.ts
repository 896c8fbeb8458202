/** Ids in one piece of the order; a full one is cut in two. */
const mostInBucket = 1024;

/** What reading needs of ids in ascending order. */
export type Ids = Pick<SortedIds, 'size' | 'has' | 'after' | 'countAfter'>;

/**
 * Ids in ascending order, for paging by key: buckets of ids, so that adding,
 * removing, looking up and counting cost a few binary searches however many
 * there are, and one id takes little more than its place in an array.
 */
export class SortedIds {
  /** None is empty, but for the only one. */
  readonly #buckets: string[][] = [[]];
  #size = 0;

  constructor(ids: Iterable<string> = []) {
    for (const id of ids) this.add(id);
  }

  get size(): number {
    return this.#size;
  }

  has(id: string): boolean {
    const bucket = this.#buckets[this.#bucketOf(id)] ?? [];
    return bucket[firstAtLeast(bucket, id)] === id;
  }

  add(id: string): void {
    const at = this.#bucketOf(id);
    const bucket = this.#buckets[at] ?? [];
    const place = firstAtLeast(bucket, id);
    if (bucket[place] === id) return;
    bucket.splice(place, 0, id);
    this.#size += 1;
    if (bucket.length <= mostInBucket) return;
    // Ids that come in ascending order would leave every bucket half full.
    const keep = place === bucket.length - 1 ? mostInBucket : mostInBucket / 2;
    this.#buckets.splice(at + 1, 0, bucket.splice(keep));
  }

  remove(id: string): void {
    const at = this.#bucketOf(id);
    const bucket = this.#buckets[at] ?? [];
    const place = firstAtLeast(bucket, id);
    if (bucket[place] !== id) return;
    bucket.splice(place, 1);
    this.#size -= 1;
    if (bucket.length === 0 && this.#buckets.length > 1) this.#buckets.splice(at, 1);
  }

  /** Ids greater than the given one, ascending; all of them when it is absent. Ids may come and go meanwhile. */
  *after(id?: string): Generator<string> {
    let last = id;
    for (;;) {
      const rest = this.#restOfBucket(last);
      if (rest.length === 0) return;
      yield* rest;
      last = rest.at(-1);
    }
  }

  /** How many ids are greater than the given one; all of them when it is absent. */
  countAfter(id?: string): number {
    if (id === undefined) return this.#size;
    const at = this.#bucketOf(id);
    const bucket = this.#buckets[at] ?? [];
    const place = firstAtLeast(bucket, id);
    let count = bucket.length - place - (bucket[place] === id ? 1 : 0);
    for (let next = at + 1; next < this.#buckets.length; next += 1) count += this.#buckets[next]?.length ?? 0;
    return count;
  }

  /** The next ids after the given one, as many as stand together. */
  #restOfBucket(id: string | undefined): readonly string[] {
    if (id === undefined) return this.#buckets[0]?.slice() ?? [];
    const at = this.#bucketOf(id);
    const bucket = this.#buckets[at] ?? [];
    const place = firstAtLeast(bucket, id);
    const rest = bucket.slice(bucket[place] === id ? place + 1 : place);
    return rest.length > 0 ? rest : (this.#buckets[at + 1]?.slice() ?? []);
  }

  /** Where the bucket is that holds the id, or would: the last one that does not begin after it. */
  #bucketOf(id: string): number {
    let low = 0;
    let high = this.#buckets.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#buckets[middle]?.[0] ?? '') <= id) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function firstAtLeast(ids: readonly string[], id: string): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] ?? '') < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

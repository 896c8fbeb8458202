/** One sample of the text format of Prometheus. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/;
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const escapes: Readonly<Record<string, string>> = { n: '\n' };

/** Reads the samples of a scrape; lines that are none are left out. */
export function readSamples(text: string): readonly Sample[] {
  const samples: Sample[] = [];
  for (const one of text.split('\n')) {
    const match = one.startsWith('#') ? null : line.exec(one);
    const value = numberOf(match?.[3] ?? '');
    if (match === null || value === undefined) continue;
    const labels: Record<string, string> = {};
    for (const [, name = '', written = ''] of (match[2] ?? '').matchAll(label))
      labels[name] = written.replaceAll(/\\(.)/g, (_escaped, char: string) => escapes[char] ?? char);
    samples.push({ name: match[1] ?? '', labels, value });
  }
  return samples;
}

function numberOf(text: string): number | undefined {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  const value = Number(text);
  return text === '' || Number.isNaN(value) ? undefined : value;
}

/** The sum of all samples of a name. */
export function sumOf(samples: readonly Sample[], name: string): number {
  return samples.filter((sample) => sample.name === name).reduce((sum, { value }) => sum + value, 0);
}

/** Samples of a name as sums by one label, in the order of its values. */
export function sumsBy(samples: readonly Sample[], name: string, by: string): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const sample of samples)
    if (sample.name === name)
      sums.set(sample.labels[by] ?? '', (sums.get(sample.labels[by] ?? '') ?? 0) + sample.value);
  return new Map([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * What a histogram says of its observations: the value below which that share of them lies, as Prometheus reckons it
 * (evenly spread within a bucket).
 *
 * @param share in (0, 1)
 * @returns undefined without observations
 */
export function quantileOf(samples: readonly Sample[], name: string, share: number): number | undefined {
  const buckets = [...sumsBy(samples, `${name}_bucket`, 'le')]
    .map(([le, count]) => ({ le: numberOf(le) ?? Number.NaN, count }))
    .filter(({ le }) => !Number.isNaN(le))
    .sort((a, b) => a.le - b.le);
  const total = buckets.at(-1)?.count ?? 0;
  if (total <= 0) return undefined;
  const rank = share * total;
  const at = buckets.findIndex(({ count }) => count >= rank);
  const bucket = buckets[at];
  const before = buckets[at - 1];
  if (bucket === undefined) return undefined;
  const from = before?.le ?? 0;
  // Beyond the last bound nobody knows more than that it is beyond.
  if (!Number.isFinite(bucket.le)) return from;
  const counted = before?.count ?? 0;
  return from + ((bucket.le - from) * (rank - counted)) / (bucket.count - counted);
}

/**
 * What was counted between two scrapes of one process; undefined when a counter went back, because the process began
 * anew in between.
 */
export function difference(before: readonly Sample[], after: readonly Sample[]): readonly Sample[] | undefined {
  const keyOf = ({ name, labels }: Sample): string => `${name}${JSON.stringify(Object.entries(labels).sort())}`;
  const earlier = new Map(before.map((sample) => [keyOf(sample), sample.value]));
  const counted = after
    .filter(({ name }) => /_(total|count|sum|bucket)$/.test(name))
    .map((sample) => ({ ...sample, value: sample.value - (earlier.get(keyOf(sample)) ?? 0) }));
  return counted.some(({ value }) => value < 0) ? undefined : counted;
}

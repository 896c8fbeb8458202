import { matchesBundle, type BundleFilter, type HiddenFacts } from '../../../src/clients/filters.ts';
import type {
  CallOptions,
  ListQuery,
  RowOptions,
  SetAsideRow,
  WorkReader,
  WorkRequest,
  WorkWriter,
} from '../../../src/clients/transport.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import type { ManifestWork } from '../../../src/core/works/manifest-work.ts';
import { withExecutorRecord } from '../../../src/core/works/own-annotations.ts';
import type { Consumer, ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { MaestroError } from '../../../src/errors.ts';
import { createBudget, type Budget } from '../../../src/operations/budget.ts';
import { ManualClock } from '../../support/fake-clock.ts';
import { Script } from '../../support/script.ts';

export const configMap = (value: string, name = 'settings'): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'np' },
  data: { key: value },
});

export function work(overrides: Partial<ManifestWork> = {}): ManifestWork {
  return { name: 'w', labels: {}, annotations: {}, manifests: [configMap('one')], manifestConfigs: [], ...overrides };
}

export const ownId = bundleId('maestro-cli', 'c1', 'w');

/** A stored work of ours at version 1, unless overridden. */
export function bundle(overrides: Partial<ResourceBundle> = {}): ResourceBundle {
  return {
    id: ownId,
    consumerName: 'c1',
    version: 1,
    createdAt: '2026-11-22T10:00:00Z',
    updatedAt: '2026-11-22T10:00:00Z',
    metadata: { name: 'w' },
    manifests: [configMap('one')],
    manifestConfigs: [],
    raw: {},
    ...overrides,
  };
}

/** What storing a work would look like. */
export function storedWork(stored: ManifestWork, overrides: Partial<ResourceBundle> = {}): ResourceBundle {
  const { name, labels, annotations } = withExecutorRecord(stored);
  return bundle({
    metadata: { name, labels, annotations },
    manifests: stored.manifests,
    manifestConfigs: stored.manifestConfigs,
    ...(stored.deleteOption === undefined ? {} : { deleteOption: stored.deleteOption }),
    ...overrides,
  });
}

/** A row that cannot be read; of the usual work unless overridden. */
export function unreadableRow(overrides: Partial<SetAsideRow> = {}): SetAsideRow {
  const row = { id: ownId, consumerName: 'c1', name: 'w', ...overrides };
  const message = `the work ${row.name} on ${row.consumerName} cannot be read: its row is nested too deeply`;
  return { error: new MaestroError('unavailable', message, { reason: 'ServerError', delivery: 'refused' }), ...row };
}

export const consumer = (name: string): Consumer => ({
  id: `id-${name}`,
  name,
  labels: {},
  createdAt: '2026-11-22T09:00:00Z',
  updatedAt: '2026-11-22T09:00:00Z',
});

/** A step of a script: a value, or an error to throw. */
type Step<T> = T | MaestroError | ((options: CallOptions) => T | Promise<T>);

/** A reader that answers from a script, then from what is stored. */
export class FakeReader implements WorkReader {
  stored = new Map<string, ResourceBundle>();
  consumers: readonly string[] = ['c1'];
  /** What REST does not show of a stored work, by its id; where nothing is said, it is ours and has no executor. */
  readonly hidden = new Map<string, HiddenFacts>();
  /** Rows for searches. */
  search: (where: BundleFilter) => readonly ResourceBundle[] | MaestroError = (where) =>
    [...this.stored.values()].filter((row) =>
      matchesBundle(where, row, this.hidden.get(row.id) ?? { source: 'maestro-cli' }),
    );
  /** Rows that are there and cannot be read; nobody knows what they replace. */
  readonly unreadable: SetAsideRow[] = [];
  /** Answers of getBundle to come, before what is stored. */
  readonly script = new Script<Step<ResourceBundle | undefined>>('the reader');
  readonly gets: string[] = [];
  readonly searches: BundleFilter[] = [];

  async getBundle(id: string, options: CallOptions): Promise<ResourceBundle | undefined> {
    this.gets.push(id);
    options.signal.throwIfAborted();
    if (this.script.length === 0) {
      setAside(this.unreadable, { ids: [id] });
      return this.stored.get(id);
    }
    const step = this.script.shift();
    if (step instanceof MaestroError) throw step;
    return typeof step === 'function' ? step(options) : step;
  }

  async *listBundles(query: ListQuery, options: CallOptions): AsyncGenerator<readonly ResourceBundle[]> {
    const { where = {} } = query;
    this.searches.push(where);
    options.signal.throwIfAborted();
    const rows = this.search(where);
    if (rows instanceof MaestroError) throw rows;
    setAside(this.unreadable, where, query.onSetAside);
    yield rows;
  }

  async *getBundles(
    ids: readonly string[],
    options: CallOptions & RowOptions,
  ): AsyncGenerator<readonly ResourceBundle[]> {
    const [only] = ids;
    if (only !== undefined && ids.length === 1 && !this.unreadable.some(({ id }) => id === only)) {
      const bundle = await this.getBundle(only, options);
      if (bundle !== undefined) yield [bundle];
      return;
    }
    for (let start = 0; start < ids.length; start += 100)
      yield* this.listBundles({ ...options, where: { ids: ids.slice(start, start + 100) } }, options);
  }

  async findConsumer(name: string): Promise<Consumer | undefined> {
    return this.consumers.includes(name) ? consumer(name) : undefined;
  }

  async *listConsumers(): AsyncGenerator<readonly Consumer[]> {
    yield this.consumers.map(consumer);
  }

  createConsumer(): Promise<Consumer> {
    return Promise.reject(new Error('no operation creates consumers'));
  }

  updateConsumer(): Promise<Consumer> {
    return Promise.reject(new Error('no operation updates consumers'));
  }

  deleteConsumer(): Promise<void> {
    return Promise.reject(new Error('no operation deletes consumers'));
  }

  async close(): Promise<void> {}
}

/** A function, because some tests call these methods on a copy of the reader. */
function setAside(
  unreadable: readonly SetAsideRow[],
  { replacing: _, ...where }: BundleFilter,
  onSetAside?: RowOptions['onSetAside'],
): void {
  for (const row of unreadable) {
    const { id, consumerName, name } = row;
    if (!matchesBundle(where, bundle({ id, consumerName, metadata: { name } }))) continue;
    if (onSetAside === undefined) throw row.error;
    onSetAside(row);
  }
}

/** A writer that answers from a script, then takes everything. */
export class FakeWriter implements WorkWriter {
  readonly published: WorkRequest[] = [];
  readonly script = new Script<MaestroError | ((request: WorkRequest) => void)>('the writer');

  async publish(request: WorkRequest, options: CallOptions): Promise<void> {
    options.signal.throwIfAborted();
    this.published.push(request);
    const step = this.script.shift();
    if (step instanceof MaestroError) throw step;
    step?.(request);
  }

  close(): void {}
}

export interface Fakes {
  readonly reader: FakeReader;
  readonly writer: FakeWriter;
  readonly clock: ManualClock;
  readonly budget: Budget;
  readonly stop: AbortController;
  readonly reporter: string[];
  readonly deps: {
    readonly reader: FakeReader;
    readonly writer: FakeWriter;
    readonly onNotice: (text: string) => void;
  };
}

export function fakes(timeoutMs = 30_000): Fakes {
  const clock = new ManualClock();
  const stop = new AbortController();
  const reader = new FakeReader();
  const writer = new FakeWriter();
  const reporter: string[] = [];
  const budget = createBudget(timeoutMs, { clock, random: () => 0.5, signal: stop.signal });
  return {
    reader,
    writer,
    clock,
    budget,
    stop,
    reporter,
    deps: { reader, writer, onNotice: (text) => reporter.push(text) },
  };
}

export const lostAnswer = (): MaestroError =>
  new MaestroError('unavailable', 'connection lost', { delivery: 'unknown', transient: true });
export const notSent = (): MaestroError =>
  new MaestroError('unavailable', 'connection refused', {
    reason: 'ServerUnreachable',
    delivery: 'not-sent',
    transient: true,
  });
export const refusal = (): MaestroError =>
  new MaestroError('conflict', 'the resource version is not the latest', { delivery: 'refused', latestVersion: 2 });

/** The error that a promise ends with. */
export async function failure(promise: Promise<unknown>): Promise<MaestroError> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome && outcome.error instanceof MaestroError) return outcome.error;
  throw new Error(`no MaestroError: ${JSON.stringify(outcome)}`);
}

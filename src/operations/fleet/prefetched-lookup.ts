import type { CallOptions, SetAsideRow, WorkReader } from '../../clients/index.ts';
import type { SharedObject } from '../../core/ownership/shared-object.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import type { JsonObject } from '../../core/json.ts';
import { counted } from '../../core/text.ts';
import { replacedBy } from '../../core/migration/replaces.ts';
import { storedContent } from '../../core/works/document.ts';
import { MaestroError } from '../../errors.ts';
import type { Budget } from '../budget.ts';
import { havingExecutors } from '../executor.ts';
import { directLookup, isReplacement, type WorkLookup } from '../lookup.ts';
import {
  failedText,
  findSharing,
  leftText,
  newObjects,
  shortened,
  type Sharing,
  type SharingQuestion,
} from '../shared-objects.ts';

/** Proxies take some 8 KiB of request line; around each value stand quotes and an encoded comma. */
const charactersPerSearch = 6_000;
const charactersAround = 5;
/** As many as a reader asks for in one request. */
const idsPerRead = 100;
/** Looking whether other works hold the same objects keeps a fleet no longer, for each set of reads. */
const longestSharingMs = 20_000;

export interface PrefetchTarget {
  readonly id: string;
  readonly consumer: string;
  readonly name: string;
  /** It is going to be written, whatever is stored: a work that was not seen shows by a conflict. */
  readonly written: boolean;
  /** What is to be written; absent for a delete. */
  readonly manifests?: readonly JsonObject[];
}

/** What was read about some targets. */
interface Found {
  /** Our own works, by id. */
  readonly own: ReadonlyMap<string, ResourceBundle>;
  /** Works of other sources that have the name of a new one on its consumer, by consumer and name. */
  readonly namesakes: ReadonlyMap<string, readonly Pick<ResourceBundle, 'id'>[]>;
  /**
   * Our own works whose rows cannot be read, by id: nothing may be planned for them, and for the others all the same.
   */
  readonly unreadable: ReadonlyMap<string, MaestroError>;
}

/** Works that a migration has put in the place of others. */
interface Replaced {
  /** By consumer and name of the others. */
  readonly found: ReadonlyMap<string, readonly ResourceBundle[]>;
  /** Consumers with such a work that cannot be read: about their works Maestro is asked one by one. */
  readonly unreadable: ReadonlySet<string>;
}

/**
 * Answers the questions of planning for many works from a few large reads. What
 * was read is used once: after a conflict the plan is made again, and then
 * Maestro is asked.
 */
export class PrefetchedLookup {
  readonly #reader: WorkReader;
  /** Consumers that were found, and are not asked for again. */
  readonly #consumers = new Set<string>();
  /** None of the targets that were read last was stored, as is supposed at first. */
  #allNew = true;

  readonly #onNotice: (text: string) => void;
  #hasTold = false;

  constructor(reader: WorkReader, onNotice: (text: string) => void = () => undefined) {
    this.#reader = reader;
    this.#onNotice = onNotice;
  }

  /**
   * Reads what is stored for these targets. By id is the quicker way for works
   * that are there; new ones have to be asked for by name as well, and while
   * there are only new ones, that alone says all.
   *
   * @param predicts nothing is going to be written: most works that differ are asked for their executor then, of all at
   *   once
   */
  async prefetch(targets: readonly PrefetchTarget[], options: Budget, predicts = false): Promise<WorkLookup> {
    const byName = this.#allNew && targets.every(({ written }) => written);
    const [{ own, namesakes, unreadable }] = await Promise.all([
      byName ? this.#readByName(targets, options) : this.#readById(targets, options),
      this.#readConsumers(targets, options),
    ]);
    this.#allNew = own.size === 0;
    const ids = new Map(targets.map((target) => [keyOf(target), target.id]));
    const direct = directLookup(this.#reader);
    const [shared, replaced, executors] = await Promise.all([
      this.#readSharing(targets, own, options),
      this.#readReplaced(targets, options),
      predicts ? havingExecutors(this.#reader, [...own.keys()], options) : undefined,
    ]);
    return {
      shared: (id) => shared.get(id),
      lacksExecutor: (id) => executors !== undefined && own.has(id) && !executors.has(id),
      replacement: (work, call) => {
        if (!ids.has(keyOf(work))) return direct.replacement(work, call);
        const found = replaced.found.get(keyOf(work))?.find((bundle) => isReplacement(bundle, work));
        if (found !== undefined) return workName(found);
        return replaced.unreadable.has(work.consumer) ? direct.replacement(work, call) : undefined;
      },
      read: (work, call) => {
        const key = keyOf(work);
        const id = ids.get(key);
        if (id === undefined) return direct.read(work, call);
        const problem = unreadable.get(id);
        if (problem !== undefined) throw problem;
        const bundle = own.get(id);
        if (bundle !== undefined) return { id, bundle, consumerExists: true, namesakes: [] };
        return { id, consumerExists: this.#consumers.has(work.consumer), namesakes: namesakes.get(key) ?? [] };
      },
    };
  }

  /** The works of any source that a migration has put in the place of others. */
  async #readReplaced(targets: readonly PrefetchTarget[], options: CallOptions): Promise<Replaced> {
    const found = new Map<string, ResourceBundle[]>();
    const unreadable = new Set<string>();
    const onSetAside = ({ consumerName }: SetAsideRow): void => void unreadable.add(consumerName);
    const read = async (about: readonly PrefetchTarget[]): Promise<void> => {
      const consumers = [...new Set(about.map(({ consumer }) => consumer))];
      const query = { where: { consumers, replacing: '*' }, onSetAside };
      for await (const page of this.#reader.listBundles(query, options)) {
        for (const bundle of page) {
          for (const name of replacedBy(storedContent(bundle))) {
            const key = keyOf({ consumer: bundle.consumerName, name });
            found.set(key, [...(found.get(key) ?? []), bundle]);
          }
        }
      }
    };
    await Promise.all(searchesFor(targets).map(read));
    return { found, unreadable };
  }

  /** One search for many: those of the works that bring objects. What could not be found out is told, once. */
  async #readSharing(
    targets: readonly PrefetchTarget[],
    own: ReadonlyMap<string, ResourceBundle>,
    budget: Budget,
  ): Promise<ReadonlyMap<string, readonly SharedObject[]>> {
    const questions = targets.flatMap(({ id, consumer, manifests = [] }): SharingQuestion[] => {
      const keys = newObjects(manifests, own.get(id)?.manifests ?? []);
      return keys.length === 0 ? [] : [{ id, consumer, keys }];
    });
    if (questions.length === 0) return new Map();
    const about = counted(questions.length, 'work');
    let found: Sharing['found'] = new Map();
    try {
      const sharing = await findSharing(this.#reader, questions, shortened(budget, longestSharingMs));
      if (sharing.left !== undefined) this.#tellOnce(leftText(about, sharing.left));
      found = sharing.found;
    } catch (caught) {
      budget.signal.throwIfAborted();
      this.#tellOnce(failedText(about, MaestroError.from(caught)));
    }
    return new Map(questions.map(({ id }) => [id, found.get(id) ?? []]));
  }

  #tellOnce(text: string): void {
    if (!this.#hasTold) this.#onNotice(text);
    this.#hasTold = true;
  }

  async #readConsumers(targets: readonly PrefetchTarget[], options: CallOptions): Promise<void> {
    const unknown = [...new Set(targets.map(({ consumer }) => consumer))].filter((name) => !this.#consumers.has(name));
    if (unknown.length === 0) return;
    const query = { where: { names: unknown }, pageSize: unknown.length + 1 };
    for await (const page of this.#reader.listConsumers(query, options)) {
      for (const { name } of page) this.#consumers.add(name);
    }
  }

  async #readById(targets: readonly PrefetchTarget[], options: CallOptions): Promise<Found> {
    const own = new Map<string, ResourceBundle>();
    const unreadable = new Map<string, MaestroError>();
    const onSetAside = ({ id, error }: SetAsideRow): void => void unreadable.set(id, error);
    const read = async (some: readonly PrefetchTarget[]): Promise<void> => {
      const ids = some.map(({ id }) => id);
      for await (const page of this.#reader.getBundles(ids, { ...options, onSetAside })) {
        for (const bundle of page) own.set(bundle.id, bundle);
      }
    };
    // At once: a reader asks for the parts of a long list one after the other, and writes wait for the last.
    const starts = Array.from({ length: Math.ceil(targets.length / idsPerRead) }, (_unused, at) => at * idsPerRead);
    await Promise.all(starts.map((start) => read(targets.slice(start, start + idsPerRead))));
    const { namesakes } = await this.#readByName(
      targets.filter(({ id }) => !own.has(id) && !unreadable.has(id)),
      options,
    );
    return { own, namesakes, unreadable };
  }

  async #readByName(targets: readonly PrefetchTarget[], options: CallOptions): Promise<Found> {
    const own = new Map<string, ResourceBundle>();
    const namesakes = new Map<string, Pick<ResourceBundle, 'id'>[]>();
    const unreadable = new Map<string, MaestroError>();
    const idOf = new Map(targets.map((target) => [keyOf(target), target.id]));
    const takeNamesake = (key: string, id: string): void => {
      if (idOf.has(key)) namesakes.set(key, [...(namesakes.get(key) ?? []), { id }]);
    };
    const ids = new Set(idOf.values());
    const onSetAside = ({ id, consumerName, name, error }: SetAsideRow): void => {
      if (ids.has(id)) unreadable.set(id, error);
      else takeNamesake(keyOf({ consumer: consumerName, name }), id);
    };
    const read = async (about: readonly PrefetchTarget[]): Promise<void> => {
      // Fleets give one name to the works of all consumers, so that the name alone would find thousands.
      const consumers = [...new Set(about.map(({ consumer }) => consumer))];
      const names = [...new Set(about.map(({ name }) => name))];
      for await (const page of this.#reader.listBundles({ where: { consumers, names }, onSetAside }, options)) {
        for (const bundle of page) {
          const key = keyOf({ consumer: bundle.consumerName, name: workName(bundle) });
          if (idOf.get(key) === bundle.id) own.set(bundle.id, bundle);
          else takeNamesake(key, bundle.id);
        }
      }
    };
    await Promise.all(searchesFor(targets).map(read));
    return { own, namesakes, unreadable };
  }
}

function keyOf({ consumer, name }: { readonly consumer: string; readonly name: string }): string {
  return `${consumer}/${name}`;
}

/** Cut into parts of which one search asks for the consumers and the names. */
function searchesFor(targets: readonly PrefetchTarget[]): readonly (readonly PrefetchTarget[])[] {
  const searches: PrefetchTarget[][] = [];
  let characters = Number.POSITIVE_INFINITY;
  for (const target of targets) {
    const more = target.consumer.length + target.name.length + 2 * charactersAround;
    characters += more;
    const last = searches.at(-1);
    if (last !== undefined && characters <= charactersPerSearch) last.push(target);
    else {
      searches.push([target]);
      characters = more;
    }
  }
  return searches;
}

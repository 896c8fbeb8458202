import type { JsonObject } from '../../core/json.ts';
import { MaestroError } from '../../errors.ts';
import type { Budget } from '../../operations/budget.ts';
import { defaultPageSize, type KubeApi, type ResourcePath } from '../kube/kube-api.ts';
import { GoneError, isForbidden } from '../kube/translate-status.ts';
import { callWithin, untilAnswered } from './call.ts';

/** The objects that are read. */
export interface Selection {
  readonly path: ResourcePath;
  /** All namespaces when absent. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  /** Of each object no more than its metadata. */
  readonly metadataOnly?: true;
  /** Objects per page, `defaultPageSize` when absent. */
  readonly limit?: number;
}

/** A list whose pages expired so often changes faster than it can be read. */
const mostTries = 5;

/**
 * Reads all objects of a kind by pages and makes of each what is kept of it, so
 * that a page is all that is in memory at once. When the pages expire (410) it
 * begins anew: what is returned is of one list, whole.
 *
 * @param project makes what is kept, or undefined for nothing
 * @throws MaestroError access-denied, unavailable, not-found for a kind that is not served
 */
export async function readEach<T>(
  kube: Pick<KubeApi, 'listPage'>,
  selection: Selection,
  project: (object: JsonObject) => T | undefined,
  budget: Budget,
): Promise<readonly T[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await readOnce(kube, selection, project, budget);
    } catch (error) {
      if (!(error instanceof GoneError) || tries >= mostTries) throw error;
    }
  }
}

async function readOnce<T>(
  kube: Pick<KubeApi, 'listPage'>,
  { path, ...selection }: Selection,
  project: (object: JsonObject) => T | undefined,
  budget: Budget,
): Promise<readonly T[]> {
  const kept: T[] = [];
  const take = (object: JsonObject): void => {
    const one = project(object);
    if (one !== undefined) kept.push(one);
  };
  let next: string | undefined;
  do {
    const query = { limit: defaultPageSize, ...selection, ...(next === undefined ? {} : { continue: next }) };
    const before = kept.length;
    const page = await untilAnswered(async () => {
      // What a page that broke off has handed over comes once more.
      kept.length = before;
      return kube.listPage(path, query, callWithin(budget), take);
    }, budget);
    for (const object of page.items) take(object);
    next = page.continue;
  } while (next !== undefined);
  return kept;
}

/** What is read, or undefined for a kind that the hub does not serve. */
export async function ifServed<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof MaestroError && error.code === 'not-found') return undefined;
    throw error;
  }
}

/** What came of looking at something: its value, or that the hub gives us no right to look. */
export type Looked<T> = { readonly seen: true; readonly value: T } | { readonly seen: false; readonly why: string };

/** 403 is an answer here; whatever else fails is not, and is thrown. */
export async function looked<T>(read: () => Promise<T>): Promise<Looked<T>> {
  try {
    return { seen: true, value: await read() };
  } catch (error) {
    if (isForbidden(error)) return { seen: false, why: MaestroError.from(error).message };
    throw error;
  }
}

import { chmodSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { contentDigest } from '../core/content-digest.ts';
import { keptText, readKept, type KeptVersion } from '../core/history/kept-version.ts';
import type { WithoutSecrets } from '../core/history/without-secrets.ts';
import { parseJsonObject, type JsonObject } from '../core/json.ts';
import { sameContent } from '../core/works/compare.ts';
import { workOfDocument } from '../core/works/read-works.ts';
import { fileFault } from './file-fault.ts';
import { readRegularFile } from './read-file.ts';
import { fileMode, writeWhole } from './write-file.ts';

/*
 * What was stored of works, a file for each version: whoever is killed while he writes leaves the versions before as
 * they were, and a file that is broken takes no other with it. There is no lock, which a killed process would leave
 * behind: each version is written by the one process that stored it, under a name that no other writes, and who drops
 * what is too much drops the oldest, so that two who do it at once drop the same.
 */

/** Whose versions they are. */
export interface HistoryKey {
  /** Where the work was written to, `host:port`. */
  readonly server: string;
  readonly source: string;
  readonly consumer: string;
  readonly name: string;
}

/** How much is kept. */
export interface HistoryBounds {
  /** Versions of one work. */
  readonly versions: number;
  /** Bytes of one work. */
  readonly workBytes: number;
  /** Bytes of all works. */
  readonly allBytes: number;
}

/** A work of some hundred kilobytes has ten versions in four mebibytes; ten thousand small works fit into all. */
export const usualBounds: HistoryBounds = {
  versions: 10,
  workBytes: 8 * 1024 * 1024,
  allBytes: 256 * 1024 * 1024,
};

/** What was found of a work. */
export interface History {
  /** Oldest first; works that were made anew under the name one after the other. */
  readonly versions: readonly KeptVersion[];
  /** Files that say nothing, and why. */
  readonly broken: readonly { readonly path: string; readonly why: string }[];
  /** How many versions are to be kept, as the last command said that kept one; undefined when nothing is kept. */
  readonly keep: number | undefined;
}

/** What became of a version that was to be kept. */
export interface Kept {
  /** False when this version was there already, with the same content. */
  readonly added: boolean;
  /** Versions that made room for it. */
  readonly dropped: readonly { readonly version: number; readonly because: 'versions' | 'workBytes' }[];
  /** Files of any works that made room, because all works took too much. */
  readonly droppedOfAll: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Below the XDG folder for what a program remembers; undefined without a home. */
export function historyFolder(env: Environment): string | undefined {
  const xdg = env['XDG_STATE_HOME'];
  const home = env['HOME'];
  // A relative one is to be ignored, says the specification.
  const state = xdg !== undefined && isAbsolute(xdg) ? xdg : home ? join(home, '.local', 'state') : undefined;
  return state === undefined ? undefined : join(state, 'maestro-cli', 'history');
}

/** The folder of one work. The name of a work may be anything, so that of its folder is a digest. */
export function workFolder(root: string, { server, source, consumer, name }: HistoryKey): string {
  return join(root, contentDigest([server, source, consumer, name]).slice(0, 32));
}

/** A version's file: sorted by name they stand in the order in which the server gave the versions. */
const versionFile = /^(\d{15})-(\d{10})\.json$/;
const workFile = 'work.json';
const leftByKilled = /^\.maestro-cli-.*\.tmp$/;

/** More than a work of four mebibytes with all that is said of it. */
const maxFileBytes = 16 * 1024 * 1024;

/** @throws the system's error when there is a folder that cannot be read */
export function readHistory(root: string, key: HistoryKey): History {
  const folder = workFolder(root, key);
  const versions: KeptVersion[] = [];
  const broken: { readonly path: string; readonly why: string }[] = [];
  const names = namesIn(folder);
  for (const name of names.filter((one) => versionFile.test(one)).sort()) {
    const path = join(folder, name);
    const found = readVersion(path);
    if ('broken' in found) broken.push({ path, why: found.broken });
    else versions.push(found);
  }
  return { versions, broken, keep: names.includes(workFile) ? keepIn(join(folder, workFile)) : undefined };
}

function readVersion(path: string): KeptVersion | { readonly broken: string } {
  try {
    return readKept(readRegularFile(path, maxFileBytes).toString('utf8'));
  } catch (error) {
    return { broken: fileFault(error) };
  }
}

function keepIn(path: string): number | undefined {
  try {
    const keep = parseJsonObject(readRegularFile(path, maxFileBytes).toString('utf8'))?.['keep'];
    return typeof keep === 'number' && Number.isSafeInteger(keep) && keep > 0 ? keep : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps versions in bounds, for as many works as a run writes. */
export class HistoryFiles {
  readonly #root: string;
  readonly #bounds: HistoryBounds;
  /** What all works take, as it was counted last; other processes may have changed it since. */
  #allBytes: number | undefined;

  constructor(root: string, bounds: HistoryBounds) {
    this.#root = root;
    this.#bounds = bounds;
  }

  /**
   * Keeps one version. What is too much goes, the oldest first, and never this one.
   *
   * @throws the system's error; no file is half then
   */
  keep(key: HistoryKey, kept: Omit<KeptVersion, 'work'>, { document }: Pick<WithoutSecrets, 'document'>): Kept {
    const text = keptText(kept, document);
    const { versions, workBytes, allBytes } = this.#bounds;
    const folder = workFolder(this.#root, key);
    privateFolder(this.#root);
    privateFolder(folder);
    removeLeftovers(folder, Date.parse(kept.keptAt));
    const file = fileOf(kept);
    writeWhole(join(folder, workFile), `${JSON.stringify({ ...key, keep: versions })}\n`, fileMode.secret);
    const bytes = Buffer.byteLength(text);
    if (bytes > workBytes)
      throw new Error(`version ${kept.version} takes ${bytes} bytes, and ${workBytes} are kept of a work`);
    const present = sizesIn(folder).find(({ name }) => name === file);
    const added = present === undefined || isNews(readVersion(join(folder, file)), kept, document);
    if (added) writeWhole(join(folder, file), text, fileMode.secret);
    const before = this.#allBytes;
    this.#allBytes = before === undefined ? undefined : before + (added ? bytes - (present?.size ?? 0) : 0);
    const dropped = this.#dropOfWork(folder, file, { versions, workBytes });
    return { added, dropped, droppedOfAll: this.#dropOfAll(join(folder, file), allBytes) };
  }

  #dropOfWork(
    folder: string,
    newest: string,
    { versions, workBytes }: Pick<HistoryBounds, 'versions' | 'workBytes'>,
  ): Kept['dropped'] {
    const files = sizesIn(folder);
    let bytes = files.reduce((sum, { size }) => sum + size, 0);
    let count = files.length;
    const dropped: { readonly version: number; readonly because: 'versions' | 'workBytes' }[] = [];
    for (const { name, size } of files) {
      if (count <= versions && bytes <= workBytes) break;
      if (name === newest) continue;
      rmSync(join(folder, name), { force: true });
      dropped.push({
        version: Number(versionFile.exec(name)?.[2]),
        because: count > versions ? 'versions' : 'workBytes',
      });
      count -= 1;
      bytes -= size;
      if (this.#allBytes !== undefined) this.#allBytes -= size;
    }
    return dropped;
  }

  /** What was written longest ago goes first, whichever work it is of. */
  #dropOfAll(newest: string, allBytes: number): number {
    if (this.#allBytes !== undefined && this.#allBytes <= allBytes) return 0;
    const files = filesOfAll(this.#root);
    let sum = files.reduce((total, { size }) => total + size, 0);
    let dropped = 0;
    for (const { path, size } of files.sort((a, b) => a.writtenMs - b.writtenMs)) {
      if (sum <= allBytes) break;
      if (path === newest) continue;
      rmSync(path, { force: true });
      sum -= size;
      dropped += 1;
    }
    this.#allBytes = sum;
    return dropped;
  }
}

/**
 * Whether a version says something else than the file of its number. A server that was restored from a backup gives
 * numbers again; what was seen just now is what is stored under them.
 */
function isNews(
  present: KeptVersion | { readonly broken: string },
  { operation }: Pick<KeptVersion, 'operation'>,
  document: JsonObject,
): boolean {
  if ('broken' in present || operation !== 'found') return true;
  const work = workOfDocument(document);
  return work === undefined || !sameContent(present.work, work);
}

function fileOf({ createdAt, version }: Pick<KeptVersion, 'createdAt' | 'version'>): string {
  const madeMs = Date.parse(createdAt);
  const made = Number.isSafeInteger(madeMs) && madeMs > 0 ? madeMs : 0;
  return `${String(made).padStart(15, '0')}-${String(version).padStart(10, '0')}.json`;
}

/** Made, or made private, for its owner. */
function privateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o700);
}

/** What is half for so long was left by a process that was killed. */
const abandonedMs = 60 * 60 * 1000;

function removeLeftovers(folder: string, nowMs: number): void {
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    const stats = leftByKilled.test(name) ? statSync(path, { throwIfNoEntry: false }) : undefined;
    if (stats !== undefined && nowMs - stats.mtimeMs > abandonedMs) rmSync(path, { force: true });
  }
}

/** In the order of their names. */
function sizesIn(
  folder: string,
): readonly { readonly name: string; readonly size: number; readonly writtenMs: number }[] {
  return namesIn(folder)
    .filter((name) => versionFile.test(name))
    .sort()
    .flatMap((name) => {
      // Another process may drop it at this moment.
      const stats = statSync(join(folder, name), { throwIfNoEntry: false });
      return stats === undefined ? [] : [{ name, size: stats.size, writtenMs: stats.mtimeMs }];
    });
}

function filesOfAll(root: string): { readonly path: string; readonly size: number; readonly writtenMs: number }[] {
  return namesIn(root)
    .filter((name) => /^[0-9a-f]{32}$/.test(name))
    .flatMap((work) =>
      sizesIn(join(root, work)).map(({ name, ...rest }) => ({ path: join(root, work, name), ...rest })),
    );
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

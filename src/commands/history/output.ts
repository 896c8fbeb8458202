import type { Context } from '../../context.ts';
import { formatAge } from '../../core/duration.ts';
import type { KeptCommand, KeptOperation, KeptVersion } from '../../core/history/kept-version.ts';
import type { JsonValue } from '../../core/json.ts';
import { present } from '../../core/present.ts';
import { oneLine, oneWord } from '../../core/shown-text.ts';
import { listed } from '../../core/text.ts';
import { isAsKept } from '../../core/history/without-secrets.ts';
import { workDocument, workFromBundle } from '../../core/works/document.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import type { HistoryKey } from '../../io/history-files.ts';
import { openPalette } from '../../output/colour.ts';
import { toJson } from '../../output/json.ts';
import { openTable } from '../../output/table.ts';
import { colourDiff } from '../../output/unified-diff.ts';
import { toYaml } from '../../output/yaml.ts';
import type { KeptVersions } from '../shared/history/kept-versions.ts';
import { changesBetween } from '../shared/change/work-changes.ts';
import type { HistoryOptions } from './options.ts';

/** What `history -o json` prints. */
export interface PrintedHistory {
  /** Name of the work. */
  readonly name: string;
  /** Name of the consumer. */
  readonly consumer: string;
  /** Source of the work. */
  readonly source: string;
  /** Where it is written to, `host:port`. */
  readonly server: string;
  /** The version that is stored now; absent when there is no such work. */
  readonly storedVersion?: number;
  /** Versions by number, from the first; those that are not kept too. */
  readonly versions: readonly PrintedVersion[];
}

/** One version of a work, or several that nothing is known of. */
export interface PrintedVersion {
  /** Its number. */
  readonly version: number;
  /** The last number of several versions in a row that are not kept; absent for one. */
  readonly upTo?: number;
  /** Whether it is the one that is stored now, or that is among them. */
  readonly stored: boolean;
  /** Whether it is kept here; all that follows is absent otherwise. */
  readonly kept: boolean;
  /** RFC 3339: when it was kept. */
  readonly when?: string;
  /** The manager who wrote it; absent for what was found. */
  readonly manager?: string;
  /** How it came to be known; `found` is what was stored when it was first looked at. */
  readonly operation?: KeptOperation;
  /** The command that wrote it; absent for what was found. */
  readonly command?: KeptCommand;
  /** The version that a rollback has written again. */
  readonly rolledBackTo?: number;
  /** What it changed, in words; empty for what was found. */
  readonly changes?: readonly string[];
  /** Objects of which values are not kept, because they are secret. */
  readonly secretsLeftOut?: readonly string[];
}

interface Shown {
  readonly key: HistoryKey;
  readonly kept: KeptVersions;
  readonly stored: ResourceBundle | undefined;
}

export function printHistory(
  shown: Shown,
  { output, headers }: HistoryOptions,
  { stdout, clock }: Pick<Context, 'stdout' | 'clock'>,
): void {
  const { key, stored } = shown;
  const versions = rowsOf(shown);
  const { name, consumer, source, server } = key;
  const printed: PrintedHistory = {
    name,
    consumer,
    source,
    server,
    ...present({ storedVersion: stored?.version }),
    versions,
  };
  if (output === 'json') return stdout.write(toJson(printed));
  if (output === 'yaml') return stdout.write(toYaml(printed as unknown as JsonValue));
  const table = openTable(['VERSION', 'AGE', 'BY', 'OPERATION', 'CHANGES'], stdout, { headers });
  table.rows(versions.map((version) => cellsOf(version, clock.wallMs())));
}

/** Every number from 1 to the last that is known, those without a file folded together. */
function rowsOf({ kept: { versions }, stored }: Shown): readonly PrintedVersion[] {
  const rows: PrintedVersion[] = [];
  const other = otherThanKept(versions, stored);
  const isStored = (from: number, to: number): boolean =>
    stored !== undefined && from <= stored.version && stored.version <= to;
  const gap = (from: number, to: number): void => {
    if (from > to) return;
    rows.push({ version: from, ...(from === to ? {} : { upTo: to }), stored: isStored(from, to), kept: false });
  };
  // The one that is stored stands by itself.
  const gaps = (from: number, to: number): void => {
    if (stored === undefined || !isStored(from, to)) return gap(from, to);
    gap(from, stored.version - 1);
    gap(stored.version, stored.version);
    gap(stored.version + 1, to);
  };
  let next = 1;
  for (const version of versions) {
    gaps(next, version.version - 1);
    rows.push(keptRow(version, isStored(version.version, version.version) && version !== other));
    next = version.version + 1;
  }
  gaps(next, stored?.version ?? 0);
  return rows;
}

/** The kept version of the number that is stored, when other content is stored under it. */
export function otherThanKept(
  versions: readonly KeptVersion[],
  stored: ResourceBundle | undefined,
): KeptVersion | undefined {
  const kept = versions.find(({ version }) => version === stored?.version);
  return kept === undefined || stored === undefined || isAsKept(kept, workFromBundle(stored)) ? undefined : kept;
}

function keptRow(kept: KeptVersion, stored: boolean): PrintedVersion {
  const { version, keptAt, manager, operation, command, rolledBackTo, changes, leftOut } = kept;
  return {
    version,
    stored,
    kept: true,
    when: keptAt,
    ...present({ manager }),
    operation,
    ...present({ command, rolledBackTo }),
    changes,
    ...(leftOut.length === 0 ? {} : { secretsLeftOut: [...new Set(leftOut.map(({ subject }) => subject))] }),
  };
}

function cellsOf(row: PrintedVersion, wallMs: number): readonly string[] {
  const { version, upTo, stored, when, manager = '-', changes = [] } = row;
  const number = `${version}${upTo === undefined ? '' : `-${upTo}`}${stored ? ' *' : ''}`;
  const age = when === undefined ? '-' : formatAge(Math.max(0, wallMs - Date.parse(when)));
  return [number, age, oneWord(manager), operationText(row), listed(changes, 3, '; ')];
}

function operationText({ kept, operation, command, rolledBackTo }: PrintedVersion): string {
  if (!kept) return 'not kept here';
  if (rolledBackTo !== undefined) return `rollback to ${rolledBackTo}`;
  if (operation === 'found') return 'found';
  return `${command} ${operation}`;
}

export function printVersion(
  { work }: KeptVersion,
  { output }: HistoryOptions,
  { stdout }: Pick<Context, 'stdout'>,
): void {
  const document = workDocument(work);
  stdout.write(output === 'json' ? toJson(document) : toYaml(document), 'data');
}

/** What a version changed in the one before it that is kept; Secrets of which values changed are named. */
export async function printDiff(
  version: KeptVersion,
  before: KeptVersion | undefined,
  { name, consumer }: HistoryKey,
  { stdout, env }: Pick<Context, 'stdout' | 'env'>,
): Promise<void> {
  const changes = changesBetween(before?.work, version.work);
  const against = before === undefined ? 'nothing: no version before it is kept' : `version ${before.version}`;
  const told = new Set(changes.map(({ subject }) => subject));
  const silent = version.leftOut
    .map(({ subject }) => subject)
    .filter((subject) => !told.has(subject) && version.changes.some((text) => text.endsWith(` ${subject}`)));
  const palette = await openPalette(stdout, env);
  stdout.write(`# ${oneWord(name)} on ${oneWord(consumer)}: version ${version.version} against ${against}\n`);
  for (const subject of new Set(silent))
    stdout.write(`# ${oneLine(subject)}: its values were changed, and are not kept\n`);
  if (changes.length === 0 && silent.length === 0) stdout.write('# no differences\n');
  const sides = { before: before?.version ?? 0, after: version.version };
  stdout.write(changes.map(({ diff }) => colourDiff(ofVersions(diff, sides), palette)).join(''));
}

/** The heads of a diff name what is compared: two versions here, and not what is stored. */
function ofVersions(diff: string, { before, after }: { readonly before: number; readonly after: number }): string {
  return diff
    .replace(/^--- stored\//, `--- version-${before}/`)
    .replace(/^(.*\n\+\+\+ )applied\//, `$1version-${after}/`);
}

import { contentDigest } from '../../core/content-digest.ts';
import { parseJsonObject, toWireJson, type JsonObject } from '../../core/json.ts';
import { deepestBundle } from '../../core/json-nesting.ts';
import { objectAt, textAt } from '../../core/json-fields.ts';
import { MaestroError } from '../../errors.ts';
import type { BackupRecord } from './backup.ts';

/*
 * The file of a backup: a head that says of which run it is, and one line for
 * each object, as it was before it was deleted. A line carries a digest of
 * itself, so that one that was cut off is told from one that counts.
 */

const format = 'maestro-cli/1';

/** The object of a record stands one level below its line. */
const deepestLine = deepestBundle + 1;

/** The first line of a backup. */
export interface BackupHead {
  /** What the file is. */
  readonly backup: 'maestro-cli/1';
  /** The run of its plan. */
  readonly runId: string;
}

/** Any other line of a backup: something that a handover deleted, or was about to. */
export interface BackupEntry extends BackupRecord {
  /** SHA-256 in hex of all else that stands here. */
  readonly digest: string;
}

/** A line of a backup. */
export type BackupLine = BackupHead | BackupEntry;

/** The first line of a backup: whose it is. */
export function backupHead(runId: string): string {
  return JSON.stringify({ backup: format, runId } satisfies BackupHead);
}

/** One object as it was, as a line with its digest. */
export function backupLine(record: BackupRecord): string {
  const entry: BackupEntry = { ...record, digest: contentDigest(record as unknown as JsonObject) };
  return toWireJson(entry as unknown as JsonObject);
}

/** By which a record is found again. */
export function backupKey({
  cluster,
  application,
  kind,
}: Pick<BackupRecord, 'cluster' | 'application' | 'kind'>): string {
  return JSON.stringify([cluster, application, kind]);
}

/**
 * Refuses a file that is another run's, or none of ours: it would be added to.
 *
 * @param file as messages name it
 * @throws MaestroError usage
 */
export function checkBackupHead(text: string, file: string, runId: string): void {
  const head = parseJsonObject(text);
  if (head?.['backup'] !== format)
    throw new MaestroError('usage', `${file} is no backup of a migration`, { hint: otherFile });
  const other = textAt(head, 'runId');
  if (other !== runId)
    throw new MaestroError('usage', `the backup ${file} is of the plan ${other}, not of ${runId}`, { hint: otherFile });
}

const otherFile = 'Nothing was sent. Give the one that belongs to the plan, or a new name, with --backup.';

/** Reads a record; undefined for a line that was cut off, or changed. */
export function readBackupLine(text: string): BackupRecord | undefined {
  const value = parseJsonObject(text, deepestLine);
  if (value === undefined) return undefined;
  const { digest, ...record } = value;
  if (digest !== contentDigest(record)) return undefined;
  const kind = textAt(record, 'kind');
  if (kind !== 'ManifestWork' && kind !== 'Bundle') return undefined;
  return {
    runId: textAt(record, 'runId'),
    cluster: textAt(record, 'cluster'),
    application: textAt(record, 'application'),
    kind,
    name: textAt(record, 'name'),
    spokeUid: textAt(record, 'spokeUid'),
    object: objectAt(record, 'object'),
  };
}

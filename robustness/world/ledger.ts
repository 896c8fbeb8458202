import { DatabaseSync } from 'node:sqlite';
import type { Condition, Report, StoredManifest, StoredRow } from '../works/history/history.ts';

/**
 * What the server stored, in its order: triggers in its own database write each change of a row down. So nothing that a
 * client says, and nothing that a client could see, is needed to know what happened.
 */
const triggers = `
  CREATE TABLE IF NOT EXISTS ledger (
    place INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, removed INTEGER NOT NULL, id TEXT NOT NULL,
    consumer TEXT NOT NULL, source TEXT NOT NULL, version INTEGER NOT NULL, payload TEXT NOT NULL, status TEXT,
    deleting INTEGER NOT NULL) STRICT;
  CREATE TRIGGER IF NOT EXISTS stored AFTER INSERT ON works BEGIN
    INSERT INTO ledger (at_ms, removed, id, consumer, source, version, payload, status, deleting)
    VALUES (CAST(unixepoch('subsec') * 1000 AS INTEGER), 0, new.id, new.consumer_name, new.source, new.version,
      new.payload, new.status, new.deleted_at IS NOT NULL);
  END;
  CREATE TRIGGER IF NOT EXISTS removed AFTER DELETE ON works BEGIN
    INSERT INTO ledger (at_ms, removed, id, consumer, source, version, payload, status, deleting)
    VALUES (CAST(unixepoch('subsec') * 1000 AS INTEGER), 1, old.id, old.consumer_name, old.source, old.version,
      old.payload, old.status, old.deleted_at IS NOT NULL);
  END;`;

/** Has the database of a server keep a ledger from now on; before anything is stored in it. */
export function keepLedger(file: string): void {
  using database = new DatabaseSync(file, { timeout: 5_000 });
  database.exec(triggers);
}

/** The lines of a ledger of a server that has ended, in their order: a reader would hold up its writes. */
export function ledgerLines(file: string): readonly Readonly<Record<string, unknown>>[] {
  using database = new DatabaseSync(file, { readOnly: true });
  return database.prepare('SELECT * FROM ledger ORDER BY place').all();
}

/** What they say of works that the suite's own clients wrote. */
export function readLedger(file: string, epoch: number): readonly StoredRow[] {
  return ledgerLines(file).map((row) => storedRow(row, epoch));
}

/** A line of a ledger, whichever database keeps it. */
export function storedRow(row: Readonly<Record<string, unknown>>, epoch: number): StoredRow {
  const report = reportOf(row['status']);
  const { name, manifests, orphans, options, executor } = contentOf(String(row['payload']));
  return {
    order: Number(row['place']),
    atMs: Number(row['at_ms']),
    epoch,
    id: String(row['id']),
    consumer: String(row['consumer']),
    work: name,
    source: String(row['source']),
    version: Number(row['version']),
    manifests,
    deleting: row['deleting'] === 1,
    removed: row['removed'] === 1,
    ...(orphans ? { orphans } : {}),
    ...(options === '' ? {} : { options }),
    ...(executor ? { executor } : {}),
    ...(report === undefined ? {} : { report }),
  };
}

interface Status {
  readonly resourceVersion?: number;
  readonly conditions?: readonly Condition[];
  readonly resourceStatus?: readonly {
    readonly resourceMeta: { readonly name: string };
    readonly statusFeedback?: {
      readonly values?: readonly { readonly name: string; readonly fieldValue?: unknown }[];
    };
  }[];
}

interface Payload {
  readonly metadata?: { readonly name?: string };
  readonly data?: {
    readonly deleteOption?: { readonly propagationPolicy?: string };
    readonly manifestConfigs?: readonly unknown[] | null;
    /** As Maestro spells it. */
    readonly executer?: unknown;
    readonly manifests?: readonly {
      readonly metadata?: { readonly name?: string };
      readonly data?: { readonly call?: string; readonly manager?: string };
    }[];
  };
}

function contentOf(payload: string): {
  readonly name: string;
  readonly manifests: readonly StoredManifest[];
  readonly orphans: boolean;
  readonly options: string;
  readonly executor: boolean;
} {
  const { metadata, data } = JSON.parse(payload) as Payload;
  return {
    name: metadata?.name ?? '',
    orphans: data?.deleteOption?.propagationPolicy === 'Orphan',
    options: optionsIn(data),
    executor: data?.executer !== undefined && data.executer !== null,
    manifests: (data?.manifests ?? []).map((manifest) => ({
      name: manifest.metadata?.name ?? '',
      call: manifest.data?.call ?? '',
      manager: manifest.data?.manager ?? '',
    })),
  };
}

/** Empty when there are none. */
function optionsIn({ manifestConfigs, deleteOption, executer }: NonNullable<Payload['data']> = {}): string {
  const given = [...(manifestConfigs ?? []), deleteOption, executer].filter((one) => one !== undefined && one !== null);
  return given.length === 0 ? '' : JSON.stringify(given);
}

function reportOf(status: unknown): Report | undefined {
  if (typeof status !== 'string') return undefined;
  const { resourceVersion = 0, conditions = [], resourceStatus = [] } = JSON.parse(status) as Status;
  const owners = resourceStatus.flatMap(({ resourceMeta, statusFeedback }) =>
    (statusFeedback?.values ?? [])
      .filter(({ name }) => name === 'migrationOwners')
      .map(({ fieldValue }) => [resourceMeta.name, JSON.stringify(fieldValue)] as const),
  );
  return { version: resourceVersion, conditions, ...(owners.length > 0 ? { owners: Object.fromEntries(owners) } : {}) };
}

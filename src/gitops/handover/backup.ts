import type { JsonObject } from '../../core/json.ts';

/** Something that a handover changes or deletes, as it was before. */
export interface BackupRecord {
  /** Of the plan that it was carried out for. */
  readonly runId: string;
  /** Its name. */
  readonly cluster: string;
  /** Key of the hub application. */
  readonly application: string;
  /** A work of the classic model on the hub, or one of ours in Maestro. */
  readonly kind: 'ManifestWork' | 'Bundle';
  /** Of the work. */
  readonly name: string;
  /** Of the Application on the cluster, as it was proved last; what has it after the deletion is the same object. */
  readonly spokeUid: string;
  /** A ManifestWork as the hub had it, or a bundle as Maestro's REST had it. */
  readonly object: JsonObject;
}

/** Where a handover keeps what it deletes. */
export interface Backup {
  /** Resolves when the record is safe on the disk: nothing is deleted before that. */
  keep(record: BackupRecord): Promise<void>;
  /** The last record that was kept of this, by this run or one that was killed; undefined when there is none. */
  find(what: Pick<BackupRecord, 'cluster' | 'application' | 'kind'>): Promise<BackupRecord | undefined>;
}

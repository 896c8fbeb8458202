import type { StatusEvent } from '../../../src/clients/transport.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Condition } from '../../../src/core/status/work-status.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';

/** What a client, an agent or Maestro does to one work. */
export type Deed = 'apply' | 'report' | 'delete' | 'finish';
export const deeds: readonly Deed[] = ['apply', 'report', 'delete', 'finish'];

/**
 * Maestro's works and what it says of them: rows as a read shows them at a moment, and the events that reports make.
 * A row goes with its last event, and a work that is made anew has the id of the one before.
 */
export class ModelMaestro {
  readonly rows = new Map<string, ResourceBundle>();
  readonly #tell: (event: StatusEvent) => void;
  readonly #metadataOf: (id: string) => JsonObject;
  #lives = 0;
  #reports = 0;

  /** @param tell told of each event as it is made */
  constructor(
    tell: (event: StatusEvent) => void,
    metadataOf: (id: string) => JsonObject = (id) => ({ name: `name-of-${id}` }),
  ) {
    this.#tell = tell;
    this.#metadataOf = metadataOf;
  }

  /** Does it if it can be done now. */
  do(deed: Deed, id: string): void {
    const row = this.rows.get(id);
    if (deed === 'apply') this.#apply(id, row);
    else if (row === undefined) return;
    else if (deed === 'delete') this.rows.set(id, { ...row, deletedAt: row.deletedAt ?? '2026-11-22T11:59:00Z' });
    else if (deed === 'report') this.#report(row, []);
    else if (row.deletedAt !== undefined) {
      this.#report(row, [{ type: 'Deleted', status: 'True', reason: '', message: '' }]);
      this.rows.delete(id);
    }
  }

  #apply(id: string, row: ResourceBundle | undefined): void {
    if (row?.deletedAt !== undefined) return;
    if (row !== undefined) {
      this.rows.set(id, { ...row, version: row.version + 1 });
      return;
    }
    this.#lives += 1;
    const createdAt = new Date(Date.parse('2026-11-22T10:00:00.250Z') + this.#lives * 1000).toISOString();
    const metadata = { ...this.#metadataOf(id), creationTimestamp: createdAt.replace(/\.\d+/, '') };
    this.rows.set(id, {
      id,
      consumerName: 'c1',
      version: 1,
      createdAt,
      updatedAt: createdAt,
      metadata,
      manifests: [],
      manifestConfigs: [],
      raw: {},
    });
  }

  #report(row: ResourceBundle, conditions: readonly Condition[]): void {
    this.#reports += 1;
    const sequenceId = String(2_000_000_000_000_000_000n + BigInt(this.#reports));
    const said: Condition = { type: 'Applied', status: 'True', reason: `report ${this.#reports}`, message: '' };
    const status = {
      observedVersion: row.version,
      sequenceId,
      conditions: [said, ...conditions],
      resourceStatus: [],
    };
    this.rows.set(row.id, { ...row, status });
    const { deletedAt } = row;
    this.#tell({
      kind: 'status',
      id: row.id,
      consumer: row.consumerName,
      version: row.version,
      sequenceId,
      statusHash: '',
      time: '2026-11-22T11:58:00Z',
      metadata: { ...row.metadata, ...(deletedAt === undefined ? {} : { deletionTimestamp: deletedAt }) },
      status,
      data: { manifestBundle: { manifests: [] }, conditions: status.conditions as unknown as JsonObject[] },
    });
  }
}

/** What of a row two who agree on it must say alike. */
export function gist({ id, createdAt, version, deletedAt, status }: ResourceBundle): string {
  return [id, createdAt, `v${version}`, deletedAt === undefined ? '' : 'deleting', status?.sequenceId ?? ''].join(' ');
}

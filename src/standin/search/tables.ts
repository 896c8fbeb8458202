import type { JsonValue } from '../../core/json.ts';
import type { StoredConsumer, StoredWork } from '../store/types.ts';

export type ColumnKind = 'text' | 'integer' | 'time' | 'json';

/** What the searching code needs to know about a table. */
export interface Table<Row> {
  readonly name: string;
  /** As the server's model is called in its messages. */
  readonly model: string;
  readonly columns: Readonly<Record<string, ColumnKind>>;
  /** The value of a text, integer or time column; times are microseconds. */
  scalar(row: Row, column: string): string | number | null;
  json(row: Row, column: string): JsonValue | undefined;
}

export const resourcesTable: Table<StoredWork> = {
  name: 'resources',
  model: 'Resource',
  columns: {
    id: 'text',
    name: 'text',
    consumer_name: 'text',
    source: 'text',
    type: 'text',
    version: 'integer',
    created_at: 'time',
    updated_at: 'time',
    deleted_at: 'time',
    payload: 'json',
    status: 'json',
  },
  scalar: (work, column) => {
    switch (column) {
      case 'id':
      case 'name':
        return work.id;
      case 'consumer_name':
        return work.consumerName;
      case 'source':
        return work.source;
      case 'version':
        return work.version;
      case 'created_at':
        return work.createdAt;
      case 'updated_at':
        return work.updatedAt;
      case 'deleted_at':
        return work.deletedAt ?? null;
      case 'type':
        return '';
      default:
        return null;
    }
  },
  json: (work, column) => {
    const text = column === 'payload' ? work.payload : work.status;
    return text === undefined ? undefined : (JSON.parse(text) as JsonValue);
  },
};

export const consumersTable: Table<StoredConsumer> = {
  name: 'consumers',
  model: 'Consumer',
  columns: {
    id: 'text',
    name: 'text',
    labels: 'json',
    created_at: 'time',
    updated_at: 'time',
    deleted_at: 'time',
  },
  scalar: (consumer, column) => {
    switch (column) {
      case 'id':
        return consumer.id;
      case 'name':
        return consumer.name;
      case 'created_at':
        return consumer.createdAt;
      case 'updated_at':
        return consumer.updatedAt;
      default:
        return null;
    }
  },
  json: (consumer) => consumer.labels,
};

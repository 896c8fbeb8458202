import { chmodSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { createExclusive, fileMode, notWritten } from '../../io/write-file.ts';
import type { Journal, StoredConsumer, StoredWork } from './types.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS consumers (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, labels TEXT NOT NULL,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS works (
    id TEXT PRIMARY KEY, consumer_name TEXT NOT NULL, source TEXT NOT NULL, version INTEGER NOT NULL,
    payload TEXT NOT NULL, status TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
    deleted_at INTEGER) STRICT;`;

/** Works may hold Secrets. SQLite gives the files that it makes beside this one the same mode. */
function makePrivate(file: string): void {
  try {
    createExclusive(file, '', fileMode.secret);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw notWritten(file, error);
    if (statSync(file).isFile()) chmodSync(file, fileMode.secret);
  }
}

/**
 * Rows in a SQLite file. Each change is one transaction with a rollback
 * journal (no WAL), so that a killed process leaves the last answered state.
 */
export class SqliteJournal implements Journal {
  readonly #database: DatabaseSync;
  readonly #saveWork: StatementSync;
  readonly #removeWork: StatementSync;
  readonly #saveConsumer: StatementSync;
  readonly #removeConsumer: StatementSync;

  constructor(file: string) {
    makePrivate(file);
    this.#database = new DatabaseSync(file);
    this.#database.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL;');
    this.#database.exec(schema);
    this.#saveWork = this.#database.prepare('INSERT OR REPLACE INTO works VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#removeWork = this.#database.prepare('DELETE FROM works WHERE id = ?');
    this.#saveConsumer = this.#database.prepare('INSERT OR REPLACE INTO consumers VALUES (?, ?, ?, ?, ?)');
    this.#removeConsumer = this.#database.prepare('DELETE FROM consumers WHERE id = ?');
  }

  load(): { readonly works: StoredWork[]; readonly consumers: StoredConsumer[] } {
    const works = this.#database.prepare('SELECT * FROM works ORDER BY updated_at').all();
    const consumers = this.#database.prepare('SELECT * FROM consumers ORDER BY created_at').all();
    return {
      works: works.map((row) => ({
        id: String(row['id']),
        consumerName: String(row['consumer_name']),
        source: String(row['source']),
        version: Number(row['version']),
        payload: String(row['payload']),
        ...(typeof row['status'] === 'string' ? { status: row['status'] } : {}),
        createdAt: Number(row['created_at']),
        updatedAt: Number(row['updated_at']),
        ...(row['deleted_at'] === null ? {} : { deletedAt: Number(row['deleted_at']) }),
      })),
      consumers: consumers.map((row) => ({
        id: String(row['id']),
        name: String(row['name']),
        labels: JSON.parse(String(row['labels'])) as Record<string, string>,
        createdAt: Number(row['created_at']),
        updatedAt: Number(row['updated_at']),
      })),
    };
  }

  saveWork(work: StoredWork): void {
    this.#saveWork.run(
      work.id,
      work.consumerName,
      work.source,
      work.version,
      work.payload,
      work.status ?? null,
      work.createdAt,
      work.updatedAt,
      work.deletedAt ?? null,
    );
  }

  removeWork(id: string): void {
    this.#removeWork.run(id);
  }

  saveConsumer(consumer: StoredConsumer): void {
    this.#saveConsumer.run(
      consumer.id,
      consumer.name,
      JSON.stringify(consumer.labels),
      consumer.createdAt,
      consumer.updatedAt,
    );
  }

  removeConsumer(id: string): void {
    this.#removeConsumer.run(id);
  }

  close(): void {
    this.#database.close();
  }
}

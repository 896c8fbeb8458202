import type { StoredRow } from '../../works/history/history.ts';
import { storedRow } from '../ledger.ts';
import { printedBy } from './run-program.ts';

/** All that is added to the database of the server lies in a schema of its own, and goes with it. */
const schema = 'maestro_cli_robustness';

const removal = `DROP SCHEMA IF EXISTS ${schema} CASCADE;`;

/**
 * A trigger writes each change of a row down within the transaction that makes it, so that a change that was rolled
 * back is not in it. `clock_timestamp` tells the moment itself; `now` would tell when the transaction began.
 */
const keeping = `
  ${removal}
  CREATE SCHEMA ${schema};
  CREATE TABLE ${schema}.ledger (
    place bigserial PRIMARY KEY, at_ms bigint NOT NULL, removed int NOT NULL, id text NOT NULL, consumer text,
    source text, version bigint NOT NULL, payload jsonb, status jsonb, deleting int NOT NULL);
  CREATE INDEX ON ${schema}.ledger (source);
  CREATE FUNCTION ${schema}.write_down() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      changed public.resources;
    BEGIN
      IF TG_OP = 'DELETE' THEN changed := old; ELSE changed := new; END IF;
      INSERT INTO ${schema}.ledger (at_ms, removed, id, consumer, source, version, payload, status, deleting)
      VALUES (floor(extract(epoch FROM clock_timestamp()) * 1000), (TG_OP = 'DELETE')::int, changed.id,
        changed.consumer_name, changed.source, changed.version, changed.payload, changed.status,
        (changed.deleted_at IS NOT NULL)::int);
      RETURN NULL;
    END $$;
  CREATE TRIGGER ${schema}_write_down AFTER INSERT OR UPDATE OR DELETE ON public.resources
    FOR EACH ROW EXECUTE FUNCTION ${schema}.write_down();`;

/** The status of a row is an event; what the agent reported is its data. */
const reading = (source: string): string => `
  SELECT coalesce(json_agg(line ORDER BY place), '[]') FROM (
    SELECT place, at_ms, removed, id, consumer, source, version, payload::text AS payload, deleting,
      CASE WHEN status ? 'data' THEN jsonb_build_object('resourceVersion', status -> 'resourceversion',
        'conditions', coalesce(status #> '{data,conditions}', '[]'))::text END AS status
    FROM ${schema}.ledger WHERE source = '${source}') AS line;`;

/** What the database of a real Maestro stores, in its order, while this is kept. */
export class RealLedger {
  readonly #url: string;

  private constructor(url: string) {
    this.#url = url;
  }

  /** Adds the ledger to the database. @param url `postgres://…`; where it has no password, that is in PGPASSWORD */
  static async keep(url: string): Promise<RealLedger> {
    const ledger = new RealLedger(url);
    await ledger.#ask(keeping);
    await ledger.#hasClockOfOurs();
    return ledger;
  }

  /** All that was stored for this source. */
  async rowsOf(source: string): Promise<readonly StoredRow[]> {
    const rows = JSON.parse(await this.#ask(reading(source))) as readonly Readonly<Record<string, unknown>>[];
    return rows.map((row) => storedRow(row, 0));
  }

  /** Takes the ledger out of the database. */
  async remove(): Promise<void> {
    await this.#ask(removal);
  }

  /** Properties compare moments of calls with moments of the database, so their clocks must be one. */
  async #hasClockOfOurs(): Promise<void> {
    const beforeMs = Date.now();
    const theirsMs = Number(await this.#ask('SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)'));
    const afterMs = Date.now();
    if (theirsMs >= beforeMs - 1 && theirsMs <= afterMs) return;
    await this.remove();
    throw new Error(`the clock of the database is not ours: ${String(theirsMs)}, ours ${String(beforeMs)}`);
  }

  async #ask(sql: string): Promise<string> {
    return printedBy('psql', [this.#url, '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-c', sql], {
      PGOPTIONS: '--client-min-messages=warning',
    });
  }
}

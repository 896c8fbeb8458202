import { bundlesPath, consumersPath } from '../../clients/index.ts';
import { formatAge } from '../../core/duration.ts';
import type { JsonObject } from '../../core/json.ts';
import { lastReportMs } from '../../core/status/last-report.ts';
import { decodeBundle } from '../../core/works/decode-bundle.ts';
import { consumerNotFound } from '../find-work.ts';
import { fail, pass, skip, warn, type Finding } from './check.ts';
import type { RestAnswer } from './rest.ts';
import { rowsOf } from './rest.ts';

/** Rows looked at; a status report moves `updated_at`, so the latest reports are among them. */
const latestRows = 20;
/** Agents answer within seconds; a version that is older and not observed waits for somebody. */
const patienceMs = 60_000;

type Ask = (path: string) => Promise<RestAnswer>;

export async function checkConsumer(consumer: string, ask: Ask): Promise<Finding> {
  const { body } = await ask(consumersPath({ names: [consumer] }, { size: 2 }));
  const found = rowsOf(body, 'ConsumerList', 'the list of consumers').find((row) => row['name'] === consumer);
  if (found === undefined) return fail(consumerNotFound(consumer));
  return pass(`the consumer ${consumer} exists`, {
    id: found['id'],
    ...(found['labels'] === undefined ? {} : { labels: found['labels'] }),
  });
}

/**
 * What is known of the agent of a consumer: when it last reported, by the times
 * in its sequence ids. Maestro keeps no sign of life of agents, so a consumer
 * without works tells nothing.
 */
export async function checkAgent(consumer: string, ask: Ask, wallMs: number): Promise<Finding> {
  const path = bundlesPath({ consumers: [consumer] }, { size: latestRows, orderBy: 'updated_at desc' });
  const { body } = await ask(path);
  const rows = rowsOf(body, 'ResourceBundleList', 'the list of works').map((row: JsonObject) => decodeBundle(row));
  if (rows.length === 0) return skip(`${consumer} has no works, so nothing tells of its agent`);
  const hint = 'See whether the agent runs on that cluster and reaches the broker.';
  const reports = rows
    .map(({ status }) => (status === undefined ? undefined : lastReportMs(status)))
    .filter((ms) => ms !== undefined);
  const reported = rows.some(({ status }) => status !== undefined);
  if (!reported)
    return warn(`the agent of ${consumer} has never reported on the ${rows.length} works last changed`, hint, {
      works: rows.length,
    });
  const waiting = rows.filter(
    ({ version, status, updatedAt }) =>
      (status?.observedVersion ?? 0) < version && wallMs - Date.parse(updatedAt) > patienceMs,
  );
  const lastMs = reports.length === 0 ? undefined : Math.max(...reports);
  const last = lastMs === undefined ? 'at an unknown time' : `${formatAge(wallMs - lastMs)} ago`;
  const details = {
    works: rows.length,
    waiting: waiting.length,
    ...(lastMs === undefined ? {} : { lastReport: new Date(lastMs).toISOString() }),
  };
  if (waiting.length > 0) {
    return warn(
      `the agent of ${consumer} last reported ${last}, and ${waiting.length} works wait for it`,
      hint,
      details,
    );
  }
  return pass(`the agent of ${consumer} last reported ${last}`, details);
}

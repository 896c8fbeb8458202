import type { StatusEvent } from '../../clients/index.ts';
import type { JsonObject } from '../../core/json.ts';
import { isLaterReport, reportsDeletion } from '../../core/works/report-order.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';

/**
 * The row as it is after an event, made of the row as it was read before. An
 * event carries a report, the version that it is about and the ObjectMeta, but
 * neither the stored version nor when the row changed
 * (recordings/lifecycle.json); so it completes a row of the same version only.
 *
 * @returns the row unchanged for a report that is not later than its own;
 *   undefined when the event tells of something that has to be read: another
 *   version, a deletion that was requested, a row made anew
 */
export function bundleOfEvent(row: ResourceBundle, event: StatusEvent): ResourceBundle | undefined {
  if (!isOfRow(row, event)) return undefined;
  const deletedAt = row.deletedAt ?? textOf(event.metadata['deletionTimestamp']);
  if (reportsDeletion(event.status)) return withStatus(row, event, deletedAt ?? event.time);
  if (!isLaterReport(event.status, row.status)) return row;
  if (event.version > row.version || deletedAt !== row.deletedAt) return undefined;
  return withStatus(row, event, deletedAt);
}

/**
 * A row as it was read, with the later report that the stream told while it was
 * being read, if there was one.
 */
export function withLaterReport(read: ResourceBundle, known: ResourceBundle | undefined): ResourceBundle {
  const before = known?.status;
  if (known === undefined || before === undefined || read.status === undefined) return read;
  if (known.version !== read.version || known.createdAt !== read.createdAt || !isLaterReport(before, read.status))
    return read;
  return {
    ...read,
    status: before,
    raw: { ...read.raw, ...(known.raw['status'] === undefined ? {} : { status: known.raw['status'] }) },
  };
}

/** Creation times of events have whole seconds (ObjectMeta), those of rows have more. */
function isOfRow(row: ResourceBundle, event: StatusEvent): boolean {
  const created = textOf(event.metadata['creationTimestamp']);
  if (created === undefined) return true;
  return Math.floor(Date.parse(created) / 1000) === Math.floor(Date.parse(row.createdAt) / 1000);
}

function withStatus(row: ResourceBundle, event: StatusEvent, deletedAt: string | undefined): ResourceBundle {
  const { conditions, resourceStatus } = event.data;
  const status: JsonObject = {
    ObservedVersion: event.version,
    SequenceID: event.sequenceId,
    ...(conditions === undefined ? {} : { conditions }),
    ...(resourceStatus === undefined ? {} : { resourceStatus }),
  };
  return {
    ...row,
    ...(deletedAt === undefined ? {} : { deletedAt }),
    status: event.status,
    raw: { ...row.raw, ...(deletedAt === undefined ? {} : { deleted_at: deletedAt }), status },
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

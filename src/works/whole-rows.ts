import type { StatusEvent } from '../clients/transport.ts';
import { canonicalJson, type JsonObject, type JsonValue } from '../core/json.ts';
import { isLaterReport, reportsDeletion } from '../core/works/report-order.ts';
import type { ResourceBundle } from '../core/works/resource-bundle.ts';
import type { KnownWork, Projection } from './store.ts';

/** Keeps rows whole, each with the latest report of its work. */
export const wholeRows: Projection<ResourceBundle> = { ofRow: withLaterReport, ofReport: afterReport };

/** The same, without news of what nobody looks at. */
export const shownRows: Projection<ResourceBundle> = { ...wholeRows, same: sameForPeople };

/** A row as it was read, with the later report that the stream told while it was being read, if there was one. */
function withLaterReport(read: ResourceBundle, known: KnownWork<ResourceBundle> | undefined): ResourceBundle {
  const before = known?.kept.status;
  if (known === undefined || before === undefined || read.version < known.version) return read;
  if (!isLaterReport(before, read.status)) return read;
  const { status } = known.kept.raw;
  return { ...read, status: before, raw: { ...read.raw, ...(status === undefined ? {} : { status }) } };
}

/**
 * The row as it is after an event. An event carries a report, the version that it is about and the ObjectMeta, but
 * neither the stored version nor when the row changed (recordings/lifecycle.json); so it completes a row of the same
 * version only.
 *
 * @returns undefined when the event tells of something that has to be read: another version, a deletion that was
 *   requested, a work that is not known
 */
function afterReport(event: StatusEvent, known: KnownWork<ResourceBundle> | undefined): ResourceBundle | undefined {
  if (known === undefined) return undefined;
  const row = known.kept;
  const requestedAt = event.metadata['deletionTimestamp'];
  const deletedAt = row.deletedAt ?? (typeof requestedAt === 'string' && requestedAt !== '' ? requestedAt : undefined);
  if (reportsDeletion(event.status)) return withStatus(row, event, deletedAt ?? event.time);
  if (event.version > row.version || deletedAt !== row.deletedAt) return undefined;
  return withStatus(row, event, deletedAt);
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

/** Agents report every few seconds; a report that says the same again is no change. */
function sameForPeople(before: ResourceBundle, after: ResourceBundle): boolean {
  if (before.version !== after.version || before.deletedAt !== after.deletedAt) return false;
  return canonicalJson(newsOf(before)) === canonicalJson(newsOf(after));
}

function newsOf({ status, metadata }: ResourceBundle): JsonValue {
  return [
    metadata,
    status === undefined
      ? null
      : [
          status.observedVersion,
          status.conditions as unknown as JsonValue,
          status.resourceStatus.map(
            ({ resourceMeta, conditions, feedback }) => [resourceMeta, conditions, feedback] as unknown as JsonValue,
          ),
        ],
  ];
}

import type { JsonObject, JsonValue } from '../../core/json.ts';
import { isJsonObject } from '../../core/json.ts';
import { isSameOperation, operationMark } from '../bundle/operation-mark.ts';
import { objectAt, textAt } from '../../core/json-fields.ts';
import type { AppReport } from './report.ts';
import { reportIsCurrent } from './report.ts';
import { isAfter, parseTime } from './times.ts';

/** How far the clock of a cluster may be behind the hub's. */
const clockSkewMs = 2_000;

const terminalPhases: readonly string[] = ['Succeeded', 'Failed', 'Error'];

export interface TravellingOperation {
  /** The first version that was published with it. */
  readonly version: number;
  /** As it was published. */
  readonly operation: JsonObject;
  /** `operationState.startedAt` before it was published, "" when there was none. */
  readonly opAfter: string;
  /** One ran when it was published, which Argo CD resumes first. */
  readonly overRunning?: boolean;
}

export interface TravellingRefresh {
  /** The first version that was published with it. */
  readonly version: number;
  /** `reconciledAt` before it was published, "" when there was none. */
  readonly refreshAfter: string;
  /** RFC 3339, when it was published, "" when nobody knows. */
  readonly refreshAt: string;
  /** `reconciledAt` that was doubtful before; "" for none. */
  readonly doubted: string;
}

/**
 * True when the cluster's Argo CD has taken this very operation up: what it
 * says of its operation is of this one from then on. One that carries our mark
 * is told by that alone; for one that the Go controllers published, all that it
 * says is compared.
 */
export function operationBegun(travelling: TravellingOperation, report: AppReport): boolean {
  if (report.status === undefined || !reportIsCurrent(report, travelling.version)) return false;
  const state = objectAt(report.status, 'operationState');
  if (textAt(state, 'phase') === '') return false;
  if (operationMark(travelling.operation) !== '')
    return isSameOperation(objectAt(state, 'operation'), travelling.operation);
  const startedAt = textAt(state, 'startedAt');
  if (startedAt === '' || startedAt === travelling.opAfter) return false;
  const reported = objectAt(state, 'operation');
  // An automated sync asks for much the same, and Argo CD makes none of what it was given.
  if (isAutomated(reported) !== isAutomated(travelling.operation)) return false;
  return holds(reported, travelling.operation);
}

/**
 * True when the cluster's Argo CD has carried out this very operation to its
 * end, so that the next version may go without it. Argo CD keeps `.operation`
 * until then and needs it for retries and waves: taking it away before would
 * abort the sync.
 */
export function operationFinished(travelling: TravellingOperation, report: AppReport): boolean {
  return (
    operationBegun(travelling, report) &&
    terminalPhases.includes(textAt(objectAt(report.status ?? {}, 'operationState'), 'phase'))
  );
}

/**
 * True when another operation began, or went on, since this one was published,
 * and has ended: Argo CD takes `.operation` away at the end of any, so one that came
 * while another ran is discarded unseen. It may also be about to begin, which a
 * later report tells. Only one with our mark can be told from others.
 */
export function operationDisplaced(travelling: TravellingOperation, report: AppReport): boolean {
  if (
    report.status === undefined ||
    operationMark(travelling.operation) === '' ||
    !reportIsCurrent(report, travelling.version)
  )
    return false;
  const state = objectAt(report.status, 'operationState');
  const startedAt = textAt(state, 'startedAt');
  const ranSince = startedAt !== travelling.opAfter || travelling.overRunning === true;
  const another = startedAt !== '' && ranSince && !isSameOperation(objectAt(state, 'operation'), travelling.operation);
  return another && terminalPhases.includes(textAt(state, 'phase'));
}

/** A controller asked for it: Argo CD's own, or that of ApplicationSets. */
function isAutomated(operation: JsonObject): boolean {
  return objectAt(operation, 'initiatedBy')['automated'] === true;
}

/**
 * Whether Argo CD has refreshed the application since the refresh annotation
 * was published with `version`. It does so by itself too, so a refresh of after
 * the last report may be one of before the publish: that is `doubtful` unless
 * the clocks say otherwise, or a later one is reported.
 */
export function refreshSeen(travelling: TravellingRefresh, report: AppReport): 'no' | 'doubtful' | 'done' {
  if (report.status === undefined || !reportIsCurrent(report, travelling.version)) return 'no';
  const reconciledAt = textAt(report.status, 'reconciledAt');
  if (!isAfter(reconciledAt, travelling.refreshAfter)) return 'no';
  const publishedMs = parseTime(travelling.refreshAt);
  if (publishedMs === undefined || (parseTime(reconciledAt) ?? 0) >= publishedMs - clockSkewMs) return 'done';
  return travelling.doubted !== '' && reconciledAt !== travelling.doubted ? 'done' : 'doubtful';
}

/**
 * True when everything that `wanted` says stands in `found`, which may say
 * more: Argo CD fills in defaults. A member without a value says nothing.
 */
function holds(found: JsonValue | undefined, wanted: JsonValue | undefined): boolean {
  if (isJsonObject(wanted)) {
    if (!isJsonObject(found)) return saysNothing(found) && saysNothing(wanted);
    return Object.keys(wanted).every((key) => holds(found[key], wanted[key]));
  }
  if (saysNothing(wanted)) return saysNothing(found);
  if (Array.isArray(wanted)) {
    if (!Array.isArray(found) || found.length !== wanted.length) return false;
    const items = found as readonly JsonValue[];
    return wanted.every((item: JsonValue, index) => holds(items[index], item));
  }
  if (typeof wanted === 'bigint') return Number(wanted) === Number(found);
  return found === wanted;
}

/** What Go leaves out of JSON: the zero of each type, and maps of nothing else. */
function saysNothing(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === '' || value === false || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.values(value).every((member) => saysNothing(member));
}

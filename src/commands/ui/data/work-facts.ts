import type { StatusEvent } from '../../../clients/transport.ts';
import { describeBlocker, describeWhy } from '../../../core/status/describe-state.ts';
import { foldStatus, type WorkState } from '../../../core/status/fold.ts';
import { lastReportMs } from '../../../core/status/last-report.ts';
import { wordFor, type ShownState } from '../../../core/status/shown-state.ts';
import { silentAfterMs } from '../../../core/status/silence.ts';
import { workName, type ResourceBundle } from '../../../core/works/resource-bundle.ts';
import { manifestsOf } from '../../../works/event-content.ts';
import type { KnownWork, Projection } from '../../../works/store.ts';

/**
 * What is kept of each work for the lists: as little as their rows and the search in them need, since there may be
 * 150,000. Times are wall milliseconds; undefined when nobody told.
 */
export interface WorkFacts {
  readonly name: string;
  /** The word for where it is, while it is not silent. */
  readonly state: ShownState;
  /** It becomes silent when nothing happens to it for ten seconds after this. */
  readonly quietSinceMs: number | undefined;
  readonly version: number;
  readonly observedVersion: number;
  readonly createdAtMs: number | undefined;
  readonly reportedAtMs: number | undefined;
  /** What stands between it and the next better state, without ages; "" when nothing does. */
  readonly blocker: string;
  readonly blockedSinceMs: number | undefined;
  /** Of what was last folded, to see without the manifests that a report says the same again. */
  readonly reportMark: number;
}

/** The word for where a work is by now: the same as `list` shows at that time. */
export function stateNow({ state, quietSinceMs }: WorkFacts, wallMs: number): ShownState {
  return quietSinceMs !== undefined && wallMs - quietSinceMs >= silentAfterMs ? 'silent' : state;
}

/** Makes the facts of rows and reports. Texts that many works have are kept once. */
export function workFactsProjection(): Projection<WorkFacts> {
  const texts = new Map<string, string>();
  const shared = (text: string): string => {
    const known = texts.get(text);
    if (known !== undefined) return known;
    if (texts.size >= mostTexts) texts.clear();
    texts.set(text, text);
    return text;
  };
  return {
    ofRow: (row) => factsOf(row, shared),
    ofReport: (event, known) => factsAfter(event, known, shared),
    same: isSame,
  };
}

/** Messages with times or numbers in them would grow without bound. */
const mostTexts = 20_000;

export function factsOf(row: ResourceBundle, shared: (text: string) => string = (text) => text): WorkFacts {
  const state = foldStatus(row, row.version);
  const name = workName(row);
  return {
    name: name === '' ? row.id : name,
    version: row.version,
    createdAtMs: timeOf(row.createdAt),
    ...judged(state, timeOf(row.updatedAt === '' ? row.createdAt : row.updatedAt), shared),
    reportedAtMs: row.status === undefined ? undefined : lastReportMs(row.status),
    reportMark: row.status === undefined ? 0 : markOf(row.status),
  };
}

/**
 * A report that says what the one before has said only moves times. Another one is judged by the manifests that it
 * is about, which are read unless it carries them.
 */
function factsAfter(
  event: StatusEvent,
  known: KnownWork<WorkFacts> | undefined,
  shared: (text: string) => string,
): WorkFacts | undefined {
  if (known === undefined) return undefined;
  const { kept } = known;
  const requested = event.metadata['deletionTimestamp'];
  const isDeleting = typeof requested === 'string' && requested !== '';
  if (event.version !== kept.version || isDeleting !== known.deleting) return undefined;
  const reportedAtMs = lastReportMs(event.status);
  if (event.status.observedVersion === kept.observedVersion && markOf(event.status) === kept.reportMark)
    return { ...kept, quietSinceMs: kept.quietSinceMs === undefined ? undefined : timeOf(event.time), reportedAtMs };
  const manifests = manifestsOf(event);
  if (manifests === undefined || known.deleting) return undefined;
  const state = foldStatus({ version: kept.version, manifests, status: event.status }, kept.version);
  return {
    ...kept,
    ...judged(state, timeOf(event.time), shared),
    reportedAtMs,
    reportMark: markOf(event.status),
  };
}

function judged(
  state: WorkState,
  touchedMs: number | undefined,
  shared: (text: string) => string,
): Pick<WorkFacts, 'state' | 'quietSinceMs' | 'observedVersion' | 'blocker' | 'blockedSinceMs'> {
  const word = wordFor(state, 0);
  const canFallSilent = wordFor(state, Number.POSITIVE_INFINITY) !== word;
  const [first, ...others] = state.blockers;
  // Nobody has reported what blocks a silent work, and it is blocked since then.
  const text = first === undefined ? describeWhy(state) : describeBlocker(first);
  const deletingMs = state.kind === 'deleting' ? timeOf(state.since ?? '') : undefined;
  return {
    state: word,
    quietSinceMs: canFallSilent ? touchedMs : undefined,
    observedVersion: state.observedVersion,
    blocker: shared(others.length === 0 ? text : `${text}; and ${others.length} more`),
    blockedSinceMs: first === undefined && text !== '' ? (deletingMs ?? touchedMs) : timeOf(first?.since ?? ''),
  };
}

/** Nothing of it but the time of the report is another one; that is drawn with the next picture anyway. */
function isSame(before: WorkFacts, after: WorkFacts): boolean {
  return (
    before.name === after.name &&
    before.state === after.state &&
    before.quietSinceMs === after.quietSinceMs &&
    before.version === after.version &&
    before.observedVersion === after.observedVersion &&
    before.blocker === after.blocker
  );
}

/** Of all in a report that a state is judged by: not its time, and not what feedback says. More than 0. */
function markOf({ conditions, resourceStatus }: StatusEvent['status']): number {
  const text = JSON.stringify([conditions, resourceStatus.map((each) => [each.resourceMeta, each.conditions])]);
  // 52 bits: texts that differ have the same only by a chance that nobody meets.
  let one = 0x811c9dc5;
  let other = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    one = Math.imul(one ^ unit, 0x01000193);
    other = (Math.imul(other, 31) + unit) | 0;
  }
  return (one >>> 0) * 0x100000 + (other & 0xfffff) + 1;
}

/** Wall milliseconds of a time in RFC 3339; undefined of a text that is none. */
export function timeOf(text: string): number | undefined {
  const timeMs = Date.parse(text);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

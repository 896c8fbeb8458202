import type { JsonObject } from '../../core/json.ts';
import { LatestMap } from '../../core/latest-map.ts';
import { MaestroError } from '../../errors.ts';
import { events } from './hub-kinds.ts';
import type { CallerDeps } from './kube-api.ts';
import { microTime } from './micro-time.ts';
import { asksForFewer } from './translate-status.ts';
import { HubWriteBudget } from './write-budget.ts';

/** The object an Event is about. */
export interface EventSubject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export interface EventNote {
  readonly regarding: EventSubject;
  readonly type: 'Normal' | 'Warning';
  /** CamelCase, at most 128 characters. */
  readonly reason: string;
  /** What was being done, CamelCase: `Publish`. */
  readonly action: string;
  /** For people; cut to 1 KiB. */
  readonly note: string;
}

export interface EventRecorderOptions {
  /** Such as `maestro-cli.hyperfleet.io/gitops`. */
  readonly reportingController: string;
  /** Pod name; cut to 128 characters. */
  readonly reportingInstance: string;
}

export interface EventRecorder {
  /**
   * Never throws and never waits: one told in the last 10 min, or one more than can wait for its turn, is counted and
   * dropped.
   */
  record(event: EventNote): void;
  readonly counts: {
    readonly sent: number;
    readonly repeated: number;
    readonly dropped: number;
    readonly failed: number;
  };
  /** Stops taking Events and waits for those under way, until the signal aborts. */
  close(signal: AbortSignal): Promise<void>;
}

/** When it happened, wall time; telling of it may have to wait. */
interface TimedNote extends EventNote {
  readonly atMs: number;
}

/** The same news of the same object is told once in so long. */
const repeatMs = 600_000;
/** Remembered news; the oldest make room. */
const mostRemembered = 10_000;
const mostUnderWay = 10;
/** A minute's worth: what all applications of a cluster have to tell at once. */
const mostWaiting = 300;
const perSecond = 5;
const burst = 50;
const callMs = 10_000;
/** Limits of the API server, in bytes and in characters. */
const noteBytes = 1024;
const nameCharacters = 128;

/**
 * Makes a recorder; Events are sent behind the caller's back, at most 5 a second after a first 50, and up to 300 wait
 * for that.
 */
export function createEventRecorder(options: EventRecorderOptions, deps: CallerDeps): EventRecorder {
  const counts = { sent: 0, repeated: 0, dropped: 0, failed: 0 };
  const recorded = new LatestMap<number>(mostRemembered);
  const budget = new HubWriteBudget({ perSecond, burst }, deps.clock);
  const underWay = new Set<Promise<void>>();
  const waiting: TimedNote[] = [];
  const ended = new AbortController();
  let open = true;

  const isRepeated = (event: EventNote): boolean => {
    const { regarding, reason, note } = event;
    const key = JSON.stringify([regarding.uid, regarding.namespace, regarding.name, reason, note]);
    const monotonicMs = deps.clock.monotonicMs();
    const lastMs = recorded.get(key);
    if (lastMs !== undefined && monotonicMs - lastMs < repeatMs) return true;
    recorded.set(key, monotonicMs);
    return false;
  };

  const send = async (event: TimedNote): Promise<void> => {
    try {
      await budget.take(ended.signal);
    } catch {
      // The end came before its turn.
      counts.dropped += 1;
      return;
    }
    try {
      const object = eventObject(event, options, deps);
      await deps.api.create(events, namespaceOf(event), object, {
        signal: ended.signal,
        deadlineMs: deps.clock.monotonicMs() + callMs,
      });
      counts.sent += 1;
    } catch (error) {
      counts.failed += 1;
      const failure = MaestroError.from(error);
      if (asksForFewer(failure)) budget.throttled(failure.retryAfterMs);
      deps.onProblem?.(failure);
    }
  };

  const sendWaiting = (): void => {
    while (underWay.size < mostUnderWay) {
      const event = waiting.shift();
      if (event === undefined) return;
      const sending: Promise<void> = send(event).finally(() => {
        underWay.delete(sending);
        sendWaiting();
      });
      underWay.add(sending);
    }
  };

  return {
    counts,
    record: (event) => {
      if (!open || waiting.length >= mostWaiting) {
        counts.dropped += 1;
      } else if (isRepeated(event)) {
        counts.repeated += 1;
      } else {
        waiting.push({ ...event, atMs: deps.clock.wallMs() });
        sendWaiting();
      }
    },
    close: async (signal) => {
      open = false;
      const giveUp = (): void => ended.abort(signal.reason);
      if (signal.aborted) giveUp();
      signal.addEventListener('abort', giveUp, { once: true });
      while (underWay.size > 0) await Promise.all(underWay);
      signal.removeEventListener('abort', giveUp);
    },
  };
}

/** Events of cluster-scoped objects live in `default`. */
function namespaceOf({ regarding }: EventNote): string {
  return regarding.namespace === '' ? 'default' : regarding.namespace;
}

function eventObject(event: TimedNote, options: EventRecorderOptions, { random }: CallerDeps): JsonObject {
  const { regarding, type, reason, action, note } = event;
  const unique = Math.floor(random() * 2 ** 48)
    .toString(16)
    .padStart(12, '0');
  const namespace = namespaceOf(event);
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    // Names have at most 253 characters.
    metadata: { name: `${regarding.name.slice(0, 230)}.${unique}`, namespace },
    eventTime: microTime(event.atMs),
    reportingController: options.reportingController,
    reportingInstance: options.reportingInstance.slice(0, nameCharacters),
    action: action.slice(0, nameCharacters),
    reason: reason.slice(0, nameCharacters),
    regarding: {
      apiVersion: regarding.apiVersion,
      kind: regarding.kind,
      name: regarding.name,
      ...(regarding.namespace === '' ? {} : { namespace: regarding.namespace }),
      ...(regarding.uid === '' ? {} : { uid: regarding.uid }),
    },
    note: cutToBytes(note, noteBytes),
    type,
  };
}

/** Cuts between characters, with a mark at the end when something was cut. */
function cutToBytes(text: string, most: number): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= most) return text;
  const mark = '…';
  // Half a character at the end decodes to the replacement character.
  const kept = bytes
    .subarray(0, most - Buffer.byteLength(mark))
    .toString('utf8')
    .replace(/\ufffd+$/, '');
  return `${kept}${mark}`;
}

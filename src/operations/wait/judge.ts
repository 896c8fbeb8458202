import { evaluate, explain, type Evidence } from '../../core/expressions/evaluate.ts';
import { mentionsCondition, type Expression } from '../../core/expressions/syntax-tree.ts';
import { conditionType } from '../../core/status/work-status.ts';
import { describeState } from '../../core/status/describe-state.ts';
import { foldStatus, type WorkState } from '../../core/status/fold.ts';
import type { JsonObject } from '../../core/json.ts';
import { contentText, optionText } from '../../core/works/compare.ts';
import { manifestKey, manifestLabel, type ManifestWork } from '../../core/works/manifest-work.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { consumerMismatch, isOtherWork } from '../../core/works/work-address.ts';
import { MaestroError } from '../../errors.ts';
import { changedManifests, FeedbackSettling } from './feedback.ts';

/** One work, and what is awaited of it. */
export interface WaitTarget {
  readonly id: string;
  readonly name: string;
  /** "" for a work that is known by its id alone. */
  readonly consumer: string;
  /** Of a work that is known by its id alone: the consumer that was named with it. */
  readonly namedOn?: string;
  /** The version just written; undefined for a bare wait, which takes the version current at its start. */
  readonly writtenVersion?: number;
  /** That version was written an instant ago, so no agent can have reported it yet. */
  readonly writtenNow?: boolean;
  /** What the write brought, to tell a later version that still holds it from one that replaced it. */
  readonly written?: Pick<ManifestWork, 'manifests' | 'manifestConfigs' | 'deleteOption'>;
  /** What was stored before the write; undefined when the write created the work or there was none. */
  readonly before?: ResourceBundle;
  /** When the row that was asked about was created, if it was read before: another one means it was made anew. */
  readonly createdAt?: string;
  /** The row as it was read before the wait began; what the stream tells completes it. */
  readonly stored?: ResourceBundle;
  /** The work is known to exist: a 404 means that it was deleted. */
  readonly known: boolean;
  /** A 404 at the start is an error instead of something to wait out. */
  readonly mustExist: boolean;
  /** The id was computed of a name: as long as there is no such work, one of that name by another source will do. */
  readonly anySource?: boolean;
  /** What is awaited of this work, where that is not what is awaited of all. */
  readonly condition?: WaitCondition;
}

/** The content that a wait asks about, and the row it was first seen in. */
type Reference = Pick<ManifestWork, 'manifests' | 'manifestConfigs' | 'deleteOption'> & { readonly createdAt?: string };

/** What is waited for, and how long a failure may last. */
export interface WaitCondition {
  readonly expression: Expression;
  readonly failOn?: Expression;
  /** How long Applied=False may last before it counts as failed. */
  readonly failureGraceMs: number;
  readonly feedbackSettleMs: number;
}

export type Verdict =
  /** `state` is the one at the version that is judged; absent while there is no such work. */
  | { readonly kind: 'waiting'; readonly text: string; readonly bundle?: ResourceBundle; readonly state?: WorkState }
  | { readonly kind: 'met'; readonly version?: number; readonly bundle?: ResourceBundle }
  | { readonly kind: 'failed'; readonly error: MaestroError; readonly bundle?: ResourceBundle };

/**
 * Judges one work, read by read. It holds what earlier reads have taught (the
 * version asked about, since when Applied is False, when feedback may count)
 * and knows no network, so every order of reads can be tested.
 */
export class WaitJudge {
  readonly target: WaitTarget;
  readonly #condition: WaitCondition;
  #version: number | undefined;
  #reference: Reference | undefined;
  #settling: FeedbackSettling | undefined;
  #known: boolean;
  #failingSinceMs: number | undefined;
  #hasLooked = false;

  constructor(target: WaitTarget, condition: WaitCondition) {
    this.target = target;
    this.#condition = target.condition ?? condition;
    this.#known = target.known;
    this.#version = target.writtenVersion;
  }

  /** The version that is judged, once it is known. */
  get version(): number | undefined {
    return this.#version;
  }

  /** @param wallMs wall time, for ages and for the age of the row; @param monotonicMs monotonic time */
  judge(bundle: ResourceBundle | undefined, wallMs: number, monotonicMs: number): Verdict {
    const mismatch = bundle === undefined ? undefined : consumerMismatch(bundle, this.target.namedOn);
    if (mismatch !== undefined) return failed(mismatch);
    // Ids join consumer and name, so another work may stand under this one's id: that is as good as nothing.
    const isAbsent = bundle === undefined || (this.target.consumer !== '' && isOtherWork(bundle, this.target));
    const verdict = isAbsent ? this.#judgeAbsence() : this.#judgePresence(bundle, wallMs, monotonicMs);
    this.#hasLooked = true;
    return verdict;
  }

  #judgeAbsence(): Verdict {
    const evidence = this.#evidence(undefined, 0);
    if (evaluate(this.#condition.expression, evidence) === 'true') return { kind: 'met', version: this.#version };
    const { name, consumer } = this.target;
    if (this.#known) {
      return failed(
        new MaestroError('outcome-failed', `${name} on ${consumer} was deleted while waiting`, {
          reason: 'DeletedWhileWaiting',
        }),
      );
    }
    if (this.target.mustExist) {
      const which = consumer === '' ? `with the id ${name}` : `named ${name} on consumer ${consumer}`;
      return failed(new MaestroError('not-found', `there is no work ${which}`));
    }
    return {
      kind: 'waiting',
      text:
        consumer === ''
          ? `there is no work with the id ${name} yet`
          : `there is no work named ${name} on ${consumer} yet`,
    };
  }

  #judgePresence(bundle: ResourceBundle, wallMs: number, monotonicMs: number): Verdict {
    this.#known = true;
    const { expression, failOn } = this.#condition;
    const version = (this.#version ??= bundle.version);
    this.#settling ??= new FeedbackSettling(this.#changed(bundle, wallMs), this.#condition.feedbackSettleMs);
    const reference: Reference = (this.#reference ??= {
      ...(this.target.written ?? bundle),
      createdAt: this.target.createdAt ?? bundle.createdAt,
    });
    const awaitsDeletion = mentionsCondition(expression, conditionType.deleted);
    if (bundle.deletedAt !== undefined && !awaitsDeletion) {
      return failed(this.#deletion(bundle.deletedAt), bundle);
    }
    if (bundle.version !== version || bundle.createdAt !== reference.createdAt) {
      const superseded = this.#follow(bundle, reference, version);
      if (superseded !== undefined && !awaitsDeletion) return superseded;
      // A row made anew under the same id: the one that was asked about is gone.
      if (
        bundle.createdAt !== reference.createdAt &&
        evaluate(expression, this.#evidence(undefined, monotonicMs)) === 'true'
      ) {
        return { kind: 'met', version: this.#version };
      }
    }
    this.#settling?.observe(bundle, this.#version ?? version, monotonicMs);
    const evidence = this.#evidence(bundle, monotonicMs);
    if (evaluate(expression, evidence) === 'true') return { kind: 'met', version: this.#version, bundle };
    if (failOn !== undefined && evaluate(failOn, evidence) === 'true') {
      const text = `${this.target.name} on ${this.target.consumer}: the fail-on expression holds at version ${this.#version}`;
      return failed(new MaestroError('outcome-failed', text, { reason: 'FailOnMatched' }), bundle);
    }
    return this.#judgeFailure(bundle, evidence, wallMs, monotonicMs);
  }

  /**
   * A deletion that was under way before the wait is a conflict; of a work just written it came later, whenever it is
   * seen.
   */
  #deletion(deletedAt: string): MaestroError {
    const text = `${this.target.name} on ${this.target.consumer} is being deleted since ${deletedAt}`;
    if (this.#hasLooked || this.target.writtenVersion !== undefined)
      return new MaestroError('outcome-failed', text, { reason: 'DeletedWhileWaiting' });
    return new MaestroError('conflict', text, {
      reason: 'BeingDeleted',
      hint: { program: 'To wait for its end, wait for Deleted.', command: 'To wait for its end, use --for=Deleted.' },
    });
  }

  /** Applied=False may heal (a namespace that another work creates), so it counts only when it lasts. */
  #judgeFailure(bundle: ResourceBundle, evidence: Evidence, wallMs: number, monotonicMs: number): Verdict {
    const state = foldStatus(bundle, this.#version ?? bundle.version);
    const text = waitingText(state, explain(this.#condition.expression, evidence), wallMs);
    if (state.kind !== 'failed' || bundle.deletedAt !== undefined) {
      this.#failingSinceMs = undefined;
      return { kind: 'waiting', text, bundle, state };
    }
    this.#failingSinceMs ??= monotonicMs;
    if (monotonicMs - this.#failingSinceMs < this.#condition.failureGraceMs)
      return { kind: 'waiting', text, bundle, state };
    const error = new MaestroError('outcome-failed', `${this.target.name} on ${this.target.consumer}: ${text}`, {
      reason: 'ApplyFailed',
    });
    return failed(error, bundle);
  }

  /** Another version is stored: the wait goes on at it when what we asked about is unchanged in it. */
  #follow(bundle: ResourceBundle, reference: Reference, version: number): Verdict | undefined {
    const sameRow = bundle.createdAt === reference.createdAt;
    if (sameRow && bundle.version < version) return undefined;
    if (sameRow && holdsAllOf(bundle, reference)) {
      this.#version = bundle.version;
      return undefined;
    }
    const what = sameRow
      ? `version ${bundle.version} replaced version ${version} while waiting, with other content`
      : 'it was deleted and created anew while waiting';
    const text = `${this.target.name} on ${this.target.consumer}: ${what}`;
    return failed(
      new MaestroError('conflict', text, {
        reason: 'Superseded',
        latestVersion: bundle.version,
        hint: 'Somebody else wrote this work. Look at it, then apply again if yours should hold.',
      }),
      bundle,
    );
  }

  /**
   * Only our own update knows what it changed. Of a bare wait, and of an apply
   * that found its work unchanged (perhaps because an earlier try had just sent
   * it), the last update is unknown: feedback counts at once when the version
   * was reported applied and the row has been at rest for the settling time.
   */
  #changed(bundle: ResourceBundle, wallMs: number): ReadonlySet<string> | 'all' | 'none' {
    if (this.target.before !== undefined) return changedManifests(this.target.before, bundle);
    if (bundle.version === 1) return 'none';
    const { kind } = foldStatus(bundle, this.#version ?? bundle.version);
    const isApplied = kind === 'applied' || kind === 'available';
    const isAtRest = wallMs - Date.parse(bundle.updatedAt) >= this.#condition.feedbackSettleMs;
    return isApplied && isAtRest ? 'none' : 'all';
  }

  #evidence(bundle: ResourceBundle | undefined, monotonicMs: number): Evidence {
    const version = this.#version ?? bundle?.version ?? 0;
    return {
      bundle: bundle ?? { version, manifests: this.#reference?.manifests ?? [] },
      atVersion: version,
      gone: bundle === undefined,
      feedbackCounts: (meta) =>
        bundle !== undefined && this.#settling !== undefined && this.#settling.counts(meta, bundle, monotonicMs),
    };
  }
}

/** While the version is not applied, its state says why; then it is the expression's atoms that block. */
function waitingText(state: WorkState, blocking: readonly string[], wallMs: number): string {
  const proven = state.kind === 'applied' || state.kind === 'available';
  if (!proven || blocking.length === 0) return describeState(state, wallMs);
  return `${state.kind} at version ${state.version}, waiting for ${blocking.join('; ')}`;
}

/** Our manifests and options are in the later version as they were; others may have added theirs. */
function holdsAllOf(later: ResourceBundle, reference: Reference): boolean {
  return (
    containsAll(later.manifests, reference.manifests, (manifest) => manifestLabel(manifestKey(manifest))) &&
    containsAll(
      later.manifestConfigs,
      reference.manifestConfigs,
      (config) => optionText(config['resourceIdentifier']),
      optionText,
    ) &&
    optionText(later.deleteOption ?? {}) === optionText(reference.deleteOption ?? {})
  );
}

function containsAll(
  later: readonly JsonObject[],
  earlier: readonly JsonObject[],
  keyOf: (item: JsonObject) => string,
  textOf: (item: JsonObject) => string = contentText,
): boolean {
  const texts = new Map(later.map((item) => [keyOf(item), textOf(item)]));
  return earlier.every((item) => texts.get(keyOf(item)) === textOf(item));
}

function failed(error: MaestroError, bundle?: ResourceBundle): Verdict {
  return { kind: 'failed', error, ...(bundle === undefined ? {} : { bundle }) };
}

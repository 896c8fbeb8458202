import type { WrittenStatus } from '../status/decide.ts';
import type { Fingerprint } from '../status/fingerprint.ts';
import type { SharedStates } from './shared-states.ts';

/** Texts that are kept to be shared, at most. */
const mostTexts = 20_000;

/**
 * One copy of each text that many records say, such as the name of a cluster or
 * the second of a refresh: JSON.parse makes another copy each time, and 150,000
 * applications have some twenty each. Names and times are kept apart, because
 * times come and go.
 */
export class SharedTexts {
  readonly #texts = new Map<string, string>();

  /** @param kept a copy that is looked at first */
  of(text: string, kept?: string): string {
    if (text === kept) return kept;
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    // What is in use by then stays shared; what comes after shares anew.
    if (this.#texts.size >= mostTexts) this.#texts.clear();
    this.#texts.set(text, text);
    return text;
  }
}

/** The copy that is kept already, where it says the same. */
export function sameText(text: string, kept: string | undefined): string {
  return text === kept ? kept : text;
}

/** @param kept what the hub shows, which says much the same */
export function sharingReport(report: Fingerprint, kept: WrittenStatus | undefined, times: SharedTexts): Fingerprint {
  const finishedAt = times.of(report.finishedAt, kept?.finishedAt);
  return {
    transition: sameText(report.transition, kept?.transition),
    detail: sameText(report.detail, kept?.detail),
    full: sameText(report.full, kept?.full),
    reconciledAt: times.of(report.reconciledAt, kept?.reconciledAt),
    // A sync often takes no second.
    startedAt: times.of(report.startedAt, finishedAt),
    finishedAt,
    phase: times.of(report.phase),
  };
}

/**
 * @param kept what the cluster reported
 * @param before what the hub showed
 */
export function sharingWritten(
  written: WrittenStatus,
  { kept, before }: { readonly kept: Fingerprint | undefined; readonly before: WrittenStatus | undefined },
  { times, states }: { readonly times: SharedTexts; readonly states: SharedStates },
): WrittenStatus {
  return {
    transition: sameText(written.transition, kept?.transition),
    detail: sameText(written.detail, kept?.detail),
    full: sameText(written.full, kept?.full),
    reconciledAt: times.of(written.reconciledAt, kept?.reconciledAt),
    startedAt: times.of(written.startedAt, kept?.startedAt),
    finishedAt: times.of(written.finishedAt, kept?.finishedAt),
    delivery: written.delivery,
    state: states.of(written.state, before?.state),
  };
}

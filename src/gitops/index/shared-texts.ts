import type { WrittenStatus } from '../status/decide.ts';
import type { Fingerprint } from '../status/fingerprint.ts';

/** Names and times that are kept at most; a text of Argo CD's times is to the second, so few are in use at once. */
const mostTexts = 20_000;

/**
 * One copy of each text that many records say, such as the names of clusters
 * and the second of a report: JSON.parse makes another copy each time, and
 * 150,000 records hold some twenty each.
 */
export class SharedTexts {
  readonly #texts = new Map<string, string>();

  of(text: string): string {
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

/** @param kept what the hub shows, which is nearly always the same */
export function sharingReport(report: Fingerprint, kept: WrittenStatus | undefined, texts: SharedTexts): Fingerprint {
  return {
    transition: sameText(report.transition, kept?.transition),
    detail: sameText(report.detail, kept?.detail),
    full: sameText(report.full, kept?.full),
    reconciledAt: texts.of(report.reconciledAt),
    startedAt: texts.of(report.startedAt),
    finishedAt: texts.of(report.finishedAt),
    phase: texts.of(report.phase),
  };
}

/** @param kept what the cluster reported */
export function sharingWritten(written: WrittenStatus, kept: Fingerprint | undefined, texts: SharedTexts): WrittenStatus {
  return {
    transition: sameText(written.transition, kept?.transition),
    detail: sameText(written.detail, kept?.detail),
    full: sameText(written.full, kept?.full),
    reconciledAt: texts.of(written.reconciledAt),
    finishedAt: texts.of(written.finishedAt),
    delivery: written.delivery,
  };
}

import { stateSigns } from '../../core/roll-out/words.ts';
import type { RollOutState } from '../../core/roll-out/work-state.ts';
import { html, type Html } from './html.ts';
import { shortened } from '../../core/text.ts';

/** What each state means, in a few words. */
export const stateMeanings: Readonly<Record<RollOutState, string>> = {
  met: 'what was waited for was seen',
  unchanged: 'it was there as asked already; nothing was sent',
  written: 'Maestro has it; what the cluster made of it was not waited for, or is not known yet',
  pending: 'Maestro has it; its end was not seen yet',
  toCome: 'nothing was told of it',
  notBegun: 'nothing was sent',
  parked: 'something about it stands in the way, and somebody has to decide',
  silent: 'Maestro has it; the agent has reported nothing about this version',
  failing: 'the agent reports that it could not apply it; that may heal',
  failed: 'it did not come out as asked; the reasons are below',
};

export function sign(state: RollOutState): Html {
  return html`<i class="sign s-${state}" aria-hidden="true">${stateSigns[state]}</i>`;
}

/** `2026-11-30 02:10:57 UTC`. */
export function timeText(wallMs: number): string {
  return `${new Date(wallMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** At most so many characters of a text that somebody else wrote. */
const mostTextChars = 2000;

export function bounded(text: string): string {
  return shortened(text, mostTextChars);
}

import { MaestroError } from '../../errors.ts';

/** How many consumers are written to before the next ones begin. */
export type WaveSize =
  { readonly kind: 'consumers'; readonly count: number } | { readonly kind: 'percent'; readonly percent: number };

/**
 * @param what what messages call it: the flag, or the option of a program
 * @throws MaestroError usage for anything but `50` or `10%`
 */
export function parseWaveSize(text: string, what: string): WaveSize {
  const [, digits = '', percent] = /^(\d{1,9})(%?)$/.exec(text) ?? [];
  const number = Number(digits);
  if (digits === '' || number < 1 || (percent === '%' && number > 100)) {
    throw new MaestroError(
      'usage',
      `${what} takes a number of consumers, or a part of them as 1% up to 100%, not "${text}"`,
    );
  }
  return percent === '%' ? { kind: 'percent', percent: number } : { kind: 'consumers', count: number };
}

/** Some consumers that are written to before the next ones begin. */
export interface Stage<T> {
  readonly name: 'canary' | 'wave';
  /** From 1; the canary is 0. */
  readonly number: number;
  readonly members: readonly T[];
}

/**
 * After how many failures no more is begun; undefined: nothing stops it. A wave that is waited for and failed would be
 * no reason to wait if the next one began all the same, so one is enough there.
 */
export function failureLimit(maxFailures: number | undefined, waitedFor: WaveSize | undefined): number | undefined {
  return maxFailures ?? (waitedFor === undefined ? undefined : 1);
}

/**
 * Cuts consumers into a canary, when one was asked for, and waves; without a
 * size all the rest is one wave. A percentage is one of all consumers, rounded
 * up, so that there are never more waves than it says.
 */
export function stagesOf<T>(members: readonly T[], canary: number, size?: WaveSize): readonly Stage<T>[] {
  const stages: Stage<T>[] = canary > 0 ? [{ name: 'canary', number: 0, members: members.slice(0, canary) }] : [];
  const rest = members.slice(canary);
  const length =
    size === undefined
      ? rest.length
      : size.kind === 'consumers'
        ? size.count
        : Math.ceil((members.length * size.percent) / 100);
  for (let start = 0, number = 1; start < rest.length; start += length, number += 1) {
    stages.push({ name: 'wave', number, members: rest.slice(start, start + length) });
  }
  return stages;
}

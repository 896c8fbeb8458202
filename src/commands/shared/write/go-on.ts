import { isUnfinished, type WorkOutcome } from '../../../core/outcome/outcome.ts';
import { shellWord } from '../../../core/shell-word.ts';
import type { Reporter } from '../../../output/reporter.ts';

/** A line with more of them is copied by nobody. */
const mostNamed = 5;

/**
 * Says how to go on with waits that were cut short, by the end of the time or by a signal: Maestro has the works, so
 * nothing has to be sent again.
 *
 * @param condition what was waited for, as it was written
 */
export function tellGoOn(works: Iterable<WorkOutcome>, condition: string, reporter: Pick<Reporter, 'info'>): void {
  const left = [...works].filter((work) => isUnfinished(work) && work.manifestWorkName !== '');
  if (left.length === 0) return;
  const names = [...new Set(left.map(({ manifestWorkName }) => manifestWorkName))];
  const consumers = [...new Set(left.map(({ consumer }) => consumer))];
  // Every name on every consumer: less than that has to be told as it was given.
  const isWhole = left.length === names.length * consumers.length;
  const isShort = isWhole && names.length <= mostNamed && consumers.length <= mostNamed;
  const words = isShort
    ? [...names.map((name) => shellWord(name)), ...consumers.map((consumer) => `-c ${shellWord(consumer)}`)]
    : names.slice(0, mostNamed).map((name) => shellWord(name));
  const command = ['maestro-cli wait', ...words, `--for=${shellWord(condition)}`].join(' ');
  reporter.info(`go on waiting with: ${command}${isShort ? '' : ', and what chose the consumers'}`);
}

import type { FlagSpec } from '../../command-line/command-spec.ts';
import type { FlagReader } from '../../command-line/flag-values.ts';
import { MaestroError } from '../../errors.ts';

/** Versions of a work that are kept when nobody says how many. */
const usualVersions = 10;
/** What bounds in bytes keep anyway of works of any size. */
const mostVersions = 1_000;

const variable = 'MAESTRO_KEEP_HISTORY';

export const keepHistoryFlag: FlagSpec = {
  flags: '--keep-history [n]',
  about: 'keep what is stored on this machine, the last n versions of each work; history shows and rollback uses them',
  env: variable,
  defaultText: `${usualVersions} when given without a number`,
};

/**
 * How many versions of a work are to be kept; undefined when none are.
 *
 * @throws MaestroError usage
 */
export function keptVersions(flags: FlagReader, env: Readonly<Record<string, string | undefined>>): number | undefined {
  const given = flags.optional('keepHistory');
  const text = (given ?? env[variable])?.trim().toLowerCase();
  if (text === undefined || (given === undefined && text === '')) return undefined;
  if (['', 'true', 'yes'].includes(text)) return usualVersions;
  if (['0', 'false', 'no'].includes(text)) return undefined;
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= mostVersions) return number;
  throw new MaestroError(
    'usage',
    `${given === undefined ? variable : '--keep-history'} takes a number of versions up to ${mostVersions}, not "${text}"`,
  );
}

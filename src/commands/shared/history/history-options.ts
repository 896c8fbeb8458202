import type { FlagSpec, ParseInput } from '../../../command-line/command-spec.ts';
import { layeredReader } from '../../../command-line/connection-options.ts';
import { MaestroError } from '../../../errors.ts';

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
 * How many versions of a work are to be kept, by the flag, the environment or the context; undefined when none are.
 *
 * @throws MaestroError usage
 */
export function keptVersions(input: ParseInput): number | undefined {
  const found = layeredReader(input).find((layer) => {
    const isOn = layer.on('keepHistory');
    return layer.text('keepHistory', variable) ?? (isOn === undefined ? undefined : String(isOn));
  });
  const text = found?.value.trim().toLowerCase();
  if (found === undefined || text === undefined || ['0', 'false', 'no'].includes(text)) return undefined;
  if (['true', 'yes'].includes(text)) return usualVersions;
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= mostVersions) return number;
  throw new MaestroError(
    'usage',
    `${found.from === 'environment' ? variable : '--keep-history'} takes a number of versions up to ${mostVersions}, not "${found.value}"`,
    { hint: 'Write --keep-history=N; without a number it stands behind the files, or before another flag.' },
  );
}

import type { ParseInput } from '../../command-line/command-spec.ts';
import { flagReader, type FlagReader } from '../../command-line/flag-values.ts';
import { present } from '../../core/present.ts';
import { unknownValue } from '../../core/works/did-you-mean.ts';
import { MaestroError } from '../../errors.ts';
import { changeOptions, type OneWorkChange } from '../shared/change/change-options.ts';

export interface RollbackOptions extends OneWorkChange {
  /** Undefined: the last one before what is stored. */
  readonly to?: number;
  readonly keepSecretsOfNow: boolean;
}

export function parseRollback(input: ParseInput): RollbackOptions {
  const flags = flagReader(input);
  const change = changeOptions(input);
  const dryRun = dryRunOf(flags);
  if (dryRun !== undefined && change.await !== undefined)
    throw new MaestroError('usage', '--dry-run sends nothing, so there is nothing to wait for');
  return {
    ...change,
    ...present({ to: flags.wholeNumber('to', 1), dryRun }),
    keepSecretsOfNow: flags.on('keepSecretsOfNow'),
  };
}

/** Where --dry-run may be: nothing is known without the server. */
export const dryRunPlaces = ['server'] as const;

/** What it would change cannot be told without what is stored. */
function dryRunOf(flags: FlagReader): 'server' | undefined {
  const where = flags.optional('dryRun');
  if (where === undefined) return undefined;
  if (where === '' || where === 'server') return 'server';
  throw unknownValue('--dry-run', where, dryRunPlaces);
}

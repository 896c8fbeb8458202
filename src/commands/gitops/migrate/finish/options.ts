import type { ParseInput } from '../../../../command-line/command-spec.ts';
import { parseCarryOut, type CarryOutOptions } from '../shared/options.ts';

export function parseGitopsMigrateFinish(input: ParseInput): CarryOutOptions {
  return parseCarryOut(input, 'finish');
}

import type { ParseInput } from '../../../command-line/command-spec.ts';
import { flagReader } from '../../../command-line/flag-values.ts';
import type { ChangeFrozenOptions } from '../shared/change-frozen.ts';
import { parseFleetState } from '../shared/fleet-state-options.ts';

export function parseGitopsUnfreeze(input: ParseInput): ChangeFrozenOptions {
  return {
    ...parseFleetState(input),
    goal: 'unfreeze',
    wait: flagReader(input).unlessFalse('wait'),
    touch: flagReader(input).on('touch'),
  };
}

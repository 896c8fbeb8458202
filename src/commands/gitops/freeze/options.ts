import type { ParseInput } from '../../../command-line/command-spec.ts';
import type { ChangeFrozenOptions } from '../shared/change-frozen.ts';
import { parseFleetState, waits } from '../shared/fleet-state-options.ts';

export function parseGitopsFreeze(input: ParseInput): ChangeFrozenOptions {
  return { ...parseFleetState(input), goal: 'freeze', wait: waits(input), touch: false };
}

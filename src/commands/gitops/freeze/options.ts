import type { ParseInput } from '../../../command-line/command-spec.ts';
import { flagReader } from '../../../command-line/flag-values.ts';
import type { ChangeFrozenOptions } from '../shared/change-frozen.ts';
import { parseFleetState } from '../shared/fleet-state-options.ts';

export function parseGitopsFreeze(input: ParseInput): ChangeFrozenOptions {
  return { ...parseFleetState(input), goal: 'freeze', wait: flagReader(input).unlessFalse('wait'), touch: false };
}

import type { Family } from '../search/family.ts';
import { programs } from './program/arbitrary.ts';
import type { Program } from './program/steps.ts';
import { properties, violations } from './properties/index.ts';
import { execute } from './run/execute.ts';

/** Several clients of two sources roll out, go on with roll-outs, delete, wait and watch over five clusters. */
export const fleets: Family<Program> = {
  name: 'fleets',
  weight: 1,
  // Its sources and clusters have names of their own, and it asks for all clusters.
  onRealServer: false,
  properties,
  programs,
  async run(program, commands, folder) {
    const { history, struck } = await execute(program, commands, folder);
    const all = [...history.calls, ...history.resumed, ...history.again];
    const ends = all.map(({ exitCode, signal }) => String(exitCode ?? signal));
    return { history, struck, ends, violations: violations(history) };
  },
};

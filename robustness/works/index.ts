import type { Family } from '../search/family.ts';
import { programs } from './program/arbitrary.ts';
import type { Program } from './program/steps.ts';
import { properties, violations } from './properties/index.ts';
import { execute } from './run/execute.ts';

/** Several clients write, wait for, delete and read works that they share. */
export const works: Family<Program> = {
  name: 'works',
  weight: 1,
  onRealServer: true,
  properties,
  programs,
  async run(program, commands, folder) {
    const { history, struck } = await execute(program, commands, folder);
    const calls = [...history.calls, ...history.reruns];
    const ends = calls.map(({ exitCode, signal }) => String(exitCode ?? signal));
    return { history, struck, ends, violations: violations(history) };
  },
};

import type { Family } from '../search/family.ts';
import { execute } from './execute.ts';
import { all } from './history.ts';
import { programs, type Program } from './program.ts';
import { properties, violations } from './properties/index.ts';

/** Operators bring the objects of some works into works of another pattern, and back, while others write. */
export const migrate: Family<Program> = {
  name: 'migrate',
  weight: 1,
  onRealServer: false,
  properties,
  programs,
  async run(program, commands, folder) {
    const { history, struck } = await execute(program, commands, folder);
    const ends = all(history).map(({ exitCode, signal }) => String(exitCode ?? signal));
    return { history, struck, ends, violations: violations(history) };
  },
};

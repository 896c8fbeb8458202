import { findBinaries } from '../../test/gitops/rig/binaries.ts';
import type { Family } from '../search/family.ts';
import { programs } from './program/arbitrary.ts';
import type { GitopsProgram } from './program/program.ts';
import { properties, violations } from './properties/index.ts';
import { execute } from './run/execute.ts';

/** The two controllers between a hub, which is a real API server, and clusters, while people change the hub. */
export const gitops: Family<GitopsProgram> = {
  name: 'gitops',
  weight: 1,
  onRealServer: false,
  properties,
  lacks: () => {
    const binaries = findBinaries();
    return 'missing' in binaries ? binaries.missing : undefined;
  },
  programs,
  async run(program, commands, folder) {
    const { history, struck, ends, logs } = await execute(program, commands, folder);
    return { history: { ...history, logs }, struck, ends, violations: violations(history) };
  },
};

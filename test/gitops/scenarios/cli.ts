import { runCli, type CliOptions, type CliRun } from '../../support/run-cli.ts';
import type { Rig } from '../rig/index.ts';

/** Runs a command against the hub and the Maestro of a rig, by a person's kubeconfig of the hub. */
export async function cliOn(rig: Rig, argv: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  return runCli(argv, {
    endpoints: rig.standIn,
    ...options,
    env: { KUBECONFIG: await administrator(rig), ...options.env },
  });
}

/** The user of commands, so that what they asked of the hub is told from what controllers did. */
export const commandUser = 'administrator';

const files = new WeakMap<Rig, Promise<string>>();

async function administrator(rig: Rig): Promise<string> {
  const known = files.get(rig) ?? rig.hub.kubeconfigFor(commandUser);
  files.set(rig, known);
  return known;
}

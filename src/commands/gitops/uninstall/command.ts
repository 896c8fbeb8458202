import type { CommandSpec } from '../../../command-line/command-spec.ts';
import { writeExitCodes } from '../../../command-line/exit-codes.ts';
import { fleetStateFlags, fleetStateOutputs } from '../shared/fleet-state-options.ts';
import { classicNamespaceFlag, controllerNamespaceFlag, leaseNameFlag } from '../shared/hub-flags.ts';
import { parseGitopsUninstall, type UninstallOptions } from './options.ts';

export const gitopsUninstallCommand: CommandSpec<UninstallOptions> = {
  name: 'gitops uninstall',
  summary: 'end what Maestro enforces on the clusters, before the controllers are taken away',
  description:
    'Without the controllers the bundles stay in Maestro, and its agents go on enforcing them. This takes the bundles of this hub away, and the conditions of the controllers off its Applications. --keep-workloads leaves the Applications and what they deployed on the clusters: each bundle is told to let go, and is deleted only when its cluster has shown that it owns its Application no more. --delete-workloads deletes the Applications, and with them what they deployed where they have a finalizer of Argo CD. It refuses while a controller leads, unless pullModel.maestro.disabled is set. Finalizers on the hub stay. Bundles of other hubs and of other writers are never touched. It can be interrupted anywhere, and the same command goes on.',
  examples: [
    { about: 'See what it would do', command: 'maestro-cli gitops uninstall --keep-workloads --dry-run' },
    {
      about: 'Leave everything running on the clusters',
      command: 'maestro-cli gitops uninstall --keep-workloads \\\n    --backup=uninstall.jsonl --disable --yes',
    },
    {
      about: 'Delete at most 40 Applications from their clusters',
      command: 'maestro-cli gitops uninstall --delete-workloads \\\n    --backup=uninstall.jsonl --at-most=40 --yes',
    },
  ],
  exitCodes: writeExitCodes,
  flags: [
    { flags: '--keep-workloads', about: 'leave the Applications on the clusters, owned by nobody' },
    { flags: '--delete-workloads', about: 'delete the Applications from the clusters' },
    {
      flags: '--backup <file>',
      about: 'keeps every bundle as it was before it is changed or deleted; grows, mode 0600',
    },
    { flags: '--at-most <n>', about: 'do nothing when there are more bundles; needed for --delete-workloads with -y' },
    { flags: '--disable', about: 'set pullModel.maestro.disabled, which stops the controllers; other keys stay' },
    controllerNamespaceFlag,
    leaseNameFlag,
    classicNamespaceFlag,
    ...fleetStateFlags,
  ],
  outputs: fleetStateOutputs,
  hasOutcome: true,
  parse: parseGitopsUninstall,
  load: () => import('./run.ts'),
};

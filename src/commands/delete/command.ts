import type { CommandSpec } from '../../command-line/command-spec.ts';
import { consumerFlags, fleetLimitFlags } from '../../command-line/consumer-choice.ts';
import { writeExitCodes } from '../../command-line/exit-codes.ts';
import { viaFlag } from '../../command-line/via.ts';
import { worksCommand } from '../../command-line/work-address.ts';
import { deleteOutputs, parseDelete, type DeleteOptions } from './options.ts';

export const deleteCommand: CommandSpec<DeleteOptions> = {
  name: 'delete',
  summary: 'delete a work, and with it its objects on the cluster',
  description:
    'Asks Maestro to delete a work. "Deletion requested" is all that is known then; with --watch it waits until Maestro has removed the work, which it does when the agent has reported the objects deleted; with --via=stream it also hears that report. A work that does not exist is a success, a consumer that does not exist is not (exit 3). A work that holds manifests of other managers is left alone (exit 10), with or without --all; --force deletes it and says what they lose. For several consumers it asks first.',
  examples: [
    {
      about: 'Delete a work and wait until it is gone',
      command: 'maestro-cli delete hyperfleet-c1-job -c c1 --watch',
    },
    {
      about: 'See what would be deleted',
      command: 'maestro-cli delete hyperfleet-c1-job -c c1 --dry-run',
    },
    {
      about: 'Delete the works of an adapter wherever a label is, without being asked',
      command: 'maestro-cli delete --adapter=nodepool --consumer-selector=env=prod --yes',
    },
  ],
  aliases: ['rm'],
  exitCodes: writeExitCodes,
  ...worksCommand,
  flags: [
    ...worksCommand.flags,
    ...consumerFlags("its target cluster, else the context's; repeatable"),
    { flags: '--all', about: "the whole work, as without --resource; others' manifests in it still need --force" },
    {
      flags: '--resource <selector>',
      about: 'only these manifests, Kind[.group]/[namespace/]name; the work stays; repeatable',
      repeat: true,
    },
    {
      flags: '--orphan',
      about: 'leave the objects on the cluster: first makes the agent let go of them, then deletes the work',
    },
    { flags: '--force', about: 'also what other managers own, which is refused without it; says what they lose' },
    { flags: '--watch', about: 'wait until the work is gone from Maestro, or the rest applied', aliases: ['--wait'] },
    viaFlag(
      'poll',
      'with --watch, stream opens a stream of status events before it asks, and so can see the objects removed from the cluster',
    ),
    { flags: '--dry-run', about: 'say what would be deleted, and send nothing' },
    { flags: '-y, --yes', about: 'with several consumers: do not ask' },
    ...fleetLimitFlags,
  ],
  outputs: deleteOutputs,
  hasOutcome: true,
  parse: (input) => parseDelete(input),
  load: () => import('./run.ts'),
};

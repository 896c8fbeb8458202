import { callTimeoutMs, connectionOptions, waitTimeoutMs } from '../../../command-line/connection-options.ts';
import type { FlagSpec, ParseInput } from '../../../command-line/command-spec.ts';
import { flagReader } from '../../../command-line/flag-values.ts';
import { viaFlag, viaOf } from '../../../command-line/via.ts';
import {
  awaitedCondition,
  awaitedText,
  refuseWaitFlags,
  waitFlags,
  waitForWrittenFlags,
} from '../../../command-line/wait-options.ts';
import { namedManager, oneWorkAddress, takenConsumer } from '../../../command-line/work-address.ts';
import { present } from '../../../core/present.ts';
import type { WorkAddress } from '../../../core/works/work-address.ts';
import { keepHistoryFlag, keptVersions } from '../history/history-options.ts';
import type { ChangeOptions } from './send-change.ts';
import { writeOutputs } from '../write/write-options.ts';

/** A change of one stored work by hand. */
export interface OneWorkChange extends ChangeOptions {
  readonly address: WorkAddress;
}

/** How such a change is sent, and whether it is waited for. */
export const changeFlags: readonly FlagSpec[] = [
  { flags: '-y, --yes', about: 'do not ask before it is sent' },
  { flags: '--force', about: 'change what other managers own too, which is refused without it' },
  keepHistoryFlag,
  ...waitForWrittenFlags,
  ...waitFlags,
  viaFlag('poll', 'with --watch; stream hears sooner, at the cost of a stream that the server keeps open'),
];

/**
 * What the command lines of such changes have in common.
 *
 * @throws MaestroError usage
 */
export function changeOptions(input: ParseInput): OneWorkChange {
  const flags = flagReader(input);
  const expression = awaitedText(flags);
  const awaited = expression === undefined ? undefined : awaitedCondition(expression, flags);
  refuseWaitFlags(flags, awaited !== undefined);
  return {
    ...connectionOptions(input, awaited === undefined ? callTimeoutMs : waitTimeoutMs),
    address: oneWorkAddress(input),
    files: [],
    overwrite: false,
    merge: false,
    force: flags.on('force'),
    noRemove: flags.without('remove', 'MAESTRO_NO_REMOVE'),
    conflictRetries: 0,
    ...present({
      manager: namedManager(input, flags.text('adapter')),
      await: awaited,
      takenConsumer: takenConsumer(input),
      keepVersions: keptVersions(input),
    }),
    yes: flags.on('yes'),
    via: viaOf(flags, 'poll'),
    output: flags.output(writeOutputs),
  };
}

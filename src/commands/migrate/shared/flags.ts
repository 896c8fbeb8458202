import type { FlagSpec } from '../../../command-line/command-spec.ts';
import { stagedFlags } from '../../../command-line/consumer-choice.ts';
import { reportFlag } from '../../../command-line/report-flag.ts';
import { failureGraceFlag } from '../../../command-line/wait-options.ts';

/** The file that `migrate plan` writes, and all others read. */
export const planFlag: FlagSpec = { flags: '--plan <file>', about: 'the plan of the migration; - for standard input' };

/** Of the commands that change something. */
export const carryOutFlags: readonly FlagSpec[] = [
  planFlag,
  {
    flags: '-c, --consumer <name>',
    about: 'only these clusters of the plan; repeatable',
    repeat: true,
  },
  { flags: '-y, --yes', about: 'do not ask' },
  { flags: '--dry-run', about: 'read where each cluster is, and print the steps that would be taken; send nothing' },
  {
    flags: '--no-owner-proof',
    about: 'trust Applied alone: agents of 2024-12 to 2025-02 report it for objects that they do not own yet',
  },
  failureGraceFlag,
  ...stagedFlags,
  reportFlag,
];

import { hubFlags } from '../../../shared/hub-connection.ts';
import type { FlagSpec } from '../../../../command-line/command-spec.ts';
import { stagedFlags } from '../../../../command-line/consumer-choice.ts';
import { reportFlag } from '../../../../command-line/report-flag.ts';
import { failureGraceFlag } from '../../../../command-line/wait-options.ts';

/** The file that `gitops migrate plan` writes, and all others read. */
export const planFlag: FlagSpec = { flags: '--plan <file>', about: 'the plan of the migration' };

export const plannedClusterFlag: FlagSpec = {
  flags: '--cluster <name>',
  about: 'only these clusters of the plan; repeatable',
  repeat: true,
};

/** Of the commands that change something. */
export const carryOutFlags: readonly FlagSpec[] = [
  planFlag,
  plannedClusterFlag,
  ...hubFlags,
  { flags: '-y, --yes', about: 'do not ask' },
  { flags: '--dry-run', about: 'say what would be done next for each application; send nothing' },
  {
    flags: '--backup <file>',
    about: 'where everything is kept that is deleted, as it was; later commands need it',
    defaultText: 'the name of the plan with .backup behind it',
  },
  failureGraceFlag,
  ...stagedFlags,
  reportFlag,
];

/** Of the commands that need the classic model stopped, or running. */
export const classicFlags: readonly FlagSpec[] = [
  {
    flags: '--pause-classic',
    about:
      'on the way to Maestro: pause MultiClusterHub and scale the classic model to 0; what was there is written down on them',
  },
  {
    flags: '--start-classic',
    about: 'on the way to classic: give the classic model back what --pause-classic took',
  },
];

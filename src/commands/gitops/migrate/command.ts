import type { AnyCommandSpec } from '../../../command-line/command-spec.ts';
import { gitopsMigrateFinishCommand } from './finish/command.ts';
import { gitopsMigratePlanCommand } from './plan/command.ts';
import { gitopsMigrateRollbackCommand } from './rollback/command.ts';
import { gitopsMigrateRunCommand } from './run/command.ts';
import { gitopsMigrateStatusCommand } from './status/command.ts';

export const gitopsMigrateCommands: readonly AnyCommandSpec[] = [
  gitopsMigratePlanCommand,
  gitopsMigrateRunCommand,
  gitopsMigrateFinishCommand,
  gitopsMigrateRollbackCommand,
  gitopsMigrateStatusCommand,
];

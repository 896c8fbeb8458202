import type { AnyCommandSpec } from '../../command-line/command-spec.ts';
import { gitopsBaselineCommand } from './baseline/command.ts';
import { gitopsCheckCommand } from './check/command.ts';
import { gitopsControllerCommand } from './controller/command.ts';
import { gitopsFreezeCommand } from './freeze/command.ts';
import { gitopsMigrateCommands } from './migrate/command.ts';
import { gitopsUnfreezeCommand } from './unfreeze/command.ts';
import { gitopsUninstallCommand } from './uninstall/command.ts';

export const gitopsCommands: readonly AnyCommandSpec[] = [
  gitopsBaselineCommand,
  gitopsControllerCommand,
  gitopsCheckCommand,
  gitopsFreezeCommand,
  gitopsUnfreezeCommand,
  gitopsUninstallCommand,
  ...gitopsMigrateCommands,
];

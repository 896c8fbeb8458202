import type { AnyCommandSpec } from '../command-line/command-spec.ts';
import { commonFlags } from '../command-line/common-flags.ts';
import type { Grammar } from '../command-line/scan-argv.ts';
import { completeCommand } from './__complete/command.ts';
import { applyCommand } from './apply/command.ts';
import { buildCommand } from './build/command.ts';
import { completionCommand } from './completion/command.ts';
import { configCommands } from './config/command.ts';
import { consumerCommands } from './consumer/command.ts';
import { deleteCommand } from './delete/command.ts';
import { describeCommand } from './describe/command.ts';
import { devCommand } from './dev/command.ts';
import { diffCommand } from './diff/command.ts';
import { doctorCommand } from './doctor/command.ts';
import { editCommand } from './edit/command.ts';
import { getCommand } from './get/command.ts';
import { gitopsCommands } from './gitops/command.ts';
import { helpCommand } from './help/command.ts';
import { historyCommand } from './history/command.ts';
import { jobCommands } from './job/command.ts';
import { listCommand } from './list/command.ts';
import { migrateCommands } from './migrate/command.ts';
import { rollbackCommand } from './rollback/command.ts';
import { eventsCommand } from './events/command.ts';
import { uiCommand } from './ui/command.ts';
import { validateCommand } from './validate/command.ts';
import { versionCommand } from './version/command.ts';
import { waitCommand } from './wait/command.ts';
import { watchCommand } from './watch/command.ts';

/** Every command, in the order that help shows them. Only their data is here; the code loads when one runs. */
export const commands: readonly AnyCommandSpec[] = [
  applyCommand,
  buildCommand,
  editCommand,
  historyCommand,
  rollbackCommand,
  diffCommand,
  getCommand,
  listCommand,
  describeCommand,
  eventsCommand,
  waitCommand,
  watchCommand,
  uiCommand,
  deleteCommand,
  validateCommand,
  ...consumerCommands,
  ...migrateCommands,
  ...configCommands,
  ...jobCommands,
  ...gitopsCommands,
  doctorCommand,
  devCommand,
  completionCommand,
  helpCommand(() => commands),
  versionCommand,
];

/** All that can stand on a command line: also what only programs call. */
export const grammar: Grammar<AnyCommandSpec> = {
  commands: [...commands, completeCommand(() => commands)],
  common: commonFlags,
};

import type { AnyCommandSpec } from '../../command-line/command-spec.ts';
import { consumerCreateCommand } from './create/command.ts';
import { consumerDeleteCommand } from './delete/command.ts';
import { consumerGetCommand } from './get/command.ts';
import { consumerListCommand } from './list/command.ts';
import { consumerUpdateCommand } from './update/command.ts';

export const consumerCommands: readonly AnyCommandSpec[] = [
  consumerListCommand,
  consumerGetCommand,
  consumerCreateCommand,
  consumerUpdateCommand,
  consumerDeleteCommand,
];

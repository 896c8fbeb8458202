import type { AnyCommandSpec } from '../../command-line/command-spec.ts';
import { migrateFinishCommand } from './finish/command.ts';
import { migrateInventoryCommand } from './inventory/command.ts';
import { migrateMapCommand } from './map/command.ts';
import { migratePlanCommand } from './plan/command.ts';
import { migrateRollbackCommand } from './rollback/command.ts';
import { migrateRunCommand } from './run/command.ts';
import { migrateStatusCommand } from './status/command.ts';

export const migrateCommands: readonly AnyCommandSpec[] = [
  migrateInventoryCommand,
  migratePlanCommand,
  migrateRunCommand,
  migrateFinishCommand,
  migrateRollbackCommand,
  migrateStatusCommand,
  migrateMapCommand,
];

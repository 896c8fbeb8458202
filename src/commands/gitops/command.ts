import type { AnyCommandSpec } from '../../command-line/command-spec.ts';
import { gitopsControllerCommand } from './controller/command.ts';

export const gitopsCommands: readonly AnyCommandSpec[] = [gitopsControllerCommand];

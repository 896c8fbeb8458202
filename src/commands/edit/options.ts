import type { ParseInput } from '../../command-line/command-spec.ts';
import { changeOptions, type OneWorkChange } from '../shared/change/change-options.ts';

export type EditOptions = OneWorkChange;

export function parseEdit(input: ParseInput): EditOptions {
  return changeOptions(input);
}

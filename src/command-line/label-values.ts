import type { FlagSpec } from './command-spec.ts';
import { labelValueProblems, qualifiedNameProblems } from '../core/works/names.ts';
import { MaestroError } from '../errors.ts';

export const labelFlag: FlagSpec = { flags: '--label <key=value>', about: 'a label; repeatable', repeat: true };

/** @throws MaestroError usage for what is no label */
export function parseLabels(texts: readonly string[], flag = '--label'): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  for (const text of texts) {
    const at = text.indexOf('=');
    const key = text.slice(0, at);
    const value = text.slice(at + 1);
    if (at < 1 || qualifiedNameProblems(key).length > 0 || labelValueProblems(value).length > 0) {
      throw new MaestroError('usage', `${flag} ${text} is no label`, {
        hint: 'Labels look like env=prod or example.com/env=prod.',
      });
    }
    if (Object.hasOwn(labels, key) && labels[key] !== value)
      throw new MaestroError('usage', `${flag} ${key} is given twice`);
    labels[key] = value;
  }
  return labels;
}

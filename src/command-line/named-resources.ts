import { parseSelector } from '../core/expressions/parse-selector.ts';
import type { Selector } from '../core/expressions/syntax-tree.ts';
import { MaestroError } from '../errors.ts';
import type { FlagReader } from './flag-values.ts';

/**
 * The manifests that a repeatable flag names. A kind alone would mean every manifest of it, so what goes has to be
 * named.
 */
export function namedResources(flags: FlagReader, attribute: string, flag: string): readonly Selector[] {
  return flags.list(attribute).map((text) => {
    const selector = parseSelector(text, flag);
    if (selector.name !== undefined) return selector;
    throw new MaestroError('usage', `${flag} takes Kind[.group]/[namespace/]name, and "${text}" has no name`, {
      hint: 'Name each manifest that shall go; the flag can be repeated.',
    });
  });
}

import { MaestroError } from '../../errors.ts';
import { dnsLabelProblems } from '../works/names.ts';

/** Wrong lines in one message; a file that is no list of names has nothing but wrong lines. */
const shown = 10;

/**
 * Reads a list of consumers: one name a line, `#` begins a comment, empty lines
 * count for nothing, and a name that stands there twice counts once.
 *
 * @param file as messages name it
 * @throws MaestroError usage, with the line of every name that can be no consumer, or for a list without names
 */
export function readConsumerList(text: string, file: string): readonly string[] {
  const names = new Set<string>();
  const wrong: string[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const name = line.replace(/#.*$/, '').trim();
    if (name === '') continue;
    if (dnsLabelProblems(name).length > 0)
      wrong.push(`${file}:${index + 1}: ${JSON.stringify(name)} is no consumer name: it must be a DNS label`);
    else names.add(name);
  }
  if (wrong.length > 0) {
    const more = wrong.length > shown ? `\n  and ${wrong.length - shown} more` : '';
    throw new MaestroError('usage', `${wrong.slice(0, shown).join('\n  ')}${more}`, {
      hint: 'Nothing was sent. The file holds one consumer name a line; # begins a comment.',
    });
  }
  if (names.size === 0) throw new MaestroError('usage', `${file} names no consumer`, { hint: 'Nothing was sent.' });
  return [...names];
}

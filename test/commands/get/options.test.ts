import { describe, expect, it } from 'vitest';
import { getCommand } from '../../../src/commands/get/command.ts';
import { usageErrorOf } from '../../command-line/support.ts';
import { parseFor } from '../../support/parse-for.ts';

const id = '88970ef2-5090-52c2-a2ad-d83fabe28ed0';

describe('argv to options', () => {
  it.each([
    { argv: ['--name=w', '--consumer=c1'], options: { address: { by: 'name', name: 'w', consumer: 'c1' } } },
    { argv: [`--id=${id}`], options: { address: { by: 'id', id } } },
  ])('get $argv', ({ argv, options }) => {
    expect(parseFor(getCommand, argv)).toMatchObject(options);
  });

  it.each([
    { argv: [], message: 'no work was named' },
    { argv: ['--name=a', '--name=b', '--consumer=c1'], message: '--name was given twice, with different values' },
    { argv: ['--name=a'], message: '--consumer is missing for a' },
    { argv: ['--name=a', '--consumer=c1', '-o', 'xml'], message: '--output does not know "xml"' },
  ])('get $argv is a usage error', ({ argv, message }) => {
    expect(usageErrorOf(() => parseFor(getCommand, argv)).message).toBe(message);
  });
});

import { describe, expect, it } from 'vitest';
import { listCommand } from '../../../src/commands/list/command.ts';
import { usageErrorOf } from '../../command-line/support.ts';
import { parseFor } from '../../support/parse-for.ts';

describe('argv to options', () => {
  it.each([
    { argv: [], options: { consumers: [], states: [], selector: [] } },
    { argv: ['-c', 'a', '--consumer=b', '-c', 'a'], options: { consumers: ['a', 'b'] } },
    { argv: ['--all-consumers'], options: { consumers: [] } },
    {
      argv: ['--status=Failed', '--status=applied,Available'],
      options: { states: ['failed', 'applied', 'available'] },
    },
    { argv: ['-l', 'app=web'], options: { selector: [{ kind: 'equals', key: 'app', value: 'web' }] } },
    { argv: ['--source=s', '--limit=5'], options: { ofSource: 's', limit: 5 } },
  ])('list $argv', ({ argv, options }) => {
    expect(parseFor(listCommand, argv)).toMatchObject(options);
  });

  it.each([
    { argv: ['-c', 'a', '-A'], message: '--consumer and --all-consumers contradict each other' },
    { argv: ['--source=s', '--all-sources'], message: '--source and --all-sources contradict each other' },
    { argv: ['--consumer='], message: '--consumer is empty' },
    { argv: ['--status=Broken'], message: '--status does not know "Broken"' },
    { argv: ['--limit=0'], message: '--limit takes a whole number of at least 1, not "0"' },
    { argv: ['-l', '=x'], message: /^the selector "=x" / },
    { argv: ['-o', 'xml'], message: '--output does not know "xml"' },
  ])('list $argv is a usage error', ({ argv, message }) => {
    expect(usageErrorOf(() => parseFor(listCommand, argv)).message).toEqual(
      typeof message === 'string' ? message : expect.stringMatching(message),
    );
  });
});

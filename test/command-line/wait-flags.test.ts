import { describe, expect, it } from 'vitest';
import { parseInputOf } from '../../src/command-line/parse-input.ts';
import { readCommandLine } from '../../src/command-line/program.ts';
import { scanArgv } from '../../src/command-line/scan-argv.ts';
import { flagSyntaxes } from '../../src/command-line/flag-syntax.ts';
import { commands, grammar } from '../../src/commands/index.ts';
import { usageErrorOf } from './support.ts';

/** What says how it is waited. */
const aboutWaiting = {
  failOn: '--fail-on=Job/j:Failed',
  failureGrace: '--failure-grace=1s',
  feedbackSettle: '--feedback-settle=1s',
  via: '--via=stream',
} as const;

/** A line of each command that waits when it is told to, without the telling; and the flags that do tell it. */
const lines: Readonly<Record<string, { readonly line: string; readonly waits: readonly (readonly string[])[] }>> = {
  apply: { line: 'apply -f w.yaml -c c1', waits: [['--watch'], ['--wait'], ['--canary=1']] },
  build: { line: 'build -f w.yaml -n w -c c1 --apply', waits: [['--watch'], ['--wait']] },
  delete: { line: 'delete w -c c1', waits: [['--watch']] },
  edit: { line: 'edit w -c c1', waits: [['--watch'], ['--wait']] },
  rollback: { line: 'rollback w -c c1', waits: [['--watch'], ['--wait']] },
};
/** Commands with such a flag and --watch that need no --watch to wait, or only read. */
const others = ['wait', 'list'];

const own = commands.flatMap((spec) => {
  const has = Object.entries(aboutWaiting).filter(([name]) =>
    spec.flags.some((flag) => flagSyntaxes(flag)[0].attribute === name),
  );
  const isChoice = spec.flags.some((flag) => ['watch', 'wait'].includes(flagSyntaxes(flag)[0].attribute));
  return has.length > 0 && isChoice && !others.includes(spec.name) ? [{ name: spec.name, flags: has }] : [];
});

function parse(argv: readonly string[]): unknown {
  const silent = { out: (): void => undefined, err: (): void => undefined, columns: 80 };
  const invocation = readCommandLine(scanArgv(argv, grammar), commands, silent);
  if (invocation === undefined) throw new Error(`no command in ${argv.join(' ')}`);
  return invocation.spec.parse(parseInputOf(invocation, { env: {} }));
}

describe('a flag about waiting', () => {
  it('is tested here of every command that waits when it is told to', () => {
    expect(own.map(({ name }) => name).sort()).toEqual(Object.keys(lines).sort());
  });

  const cases = own.flatMap(({ name, flags }) => flags.map(([, flag]) => ({ name, flag })));

  it.each(cases)('$name $flag is refused where nothing is waited for, and says for what it is', ({ name, flag }) => {
    const { line = name, waits = [] } = lines[name] ?? {};
    const argv = line.split(' ');
    const { message } = usageErrorOf(() => parse([...argv, flag]));
    const ways = waits.map(([way = '']) => way.split('=')[0]);
    expect(message).toBe(
      `${flag.split('=')[0]} is for ${ways.join(', ').replace(/, (--\w+)$/, ' and $1')}: nothing else is waited for`,
    );
  });

  it.each(cases)('$name $flag is taken where something is', ({ name, flag }) => {
    const { line = name, waits = [] } = lines[name] ?? {};
    for (const way of waits) expect(() => parse([...line.split(' '), ...way, flag])).not.toThrow();
  });
});

import { describe, expect, it } from 'vitest';
import { parseArguments, usage } from '../../robustness/arguments.ts';
import { families } from '../../robustness/families.ts';
import { UsageError } from '../../robustness/flags.ts';
import * as ofMutations from '../../robustness/mutations/arguments.ts';
import { mutations } from '../../robustness/mutations/table.ts';

function mistakeIn(argv: readonly string[], parse: (argv: readonly string[]) => unknown = parseArguments): string {
  try {
    parse(argv);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return 'none';
}

const real = ['--maestro-http=http://127.0.0.1:8000', '--maestro-grpc=127.0.0.1:8090', '--maestro-db=postgres://x'];

describe('the flags of the robustness suite', () => {
  it('have standards, and a seed by chance', () => {
    const given = parseArguments([]);
    expect(given).toMatchObject({ minutes: 1, parallel: 1, clients: 3, steps: 5, times: 1, help: false });
    expect(given.families).toBeUndefined();
    expect(given.real).toBeUndefined();
    expect(Number.isSafeInteger(given.seed)).toBe(true);
  });

  it.each([
    [['--minutes=0'], '--minutes is "0"; give a number above 0'],
    [['--minutes=-1'], '--minutes is "-1"; give a number above 0'],
    [['--minutes=abc'], '--minutes is "abc"; give a number above 0'],
    [['--minutes=Infinity'], '--minutes is "Infinity"; give a number above 0'],
    [['--seed=x'], '--seed is "x"; give a whole number from 0 on'],
    [['--seed='], '--seed is ""; give a whole number from 0 on'],
    [['--parallel=0'], '--parallel is "0"; give a whole number from 1 on'],
    [['--clients=0'], '--clients is "0"; give a whole number from 1 on'],
    [['--steps=1.5'], '--steps is "1.5"; give a whole number from 1 on'],
    [['--family=work'], 'there is no family "work"; there are works, fleets, gitops, migrate'],
    [
      ['--family=gitops', ...real, '--kubeconfig=c1=f'],
      'there is no family "gitops" that can run against a real Maestro; there are works',
    ],
    [['--stop-server=true'], 'a real Maestro needs --maestro-http, --maestro-grpc, --maestro-db and --kubeconfig'],
    [[...real, '--kubeconfig=f'], '--kubeconfig is "f"; give CONSUMER=FILE'],
    [
      [...real, '--kubeconfig=c1=f', '--parallel=2'],
      'programs share the agents of a real Maestro, so --parallel must be 1',
    ],
  ])('%j: %s', (argv, message) => {
    expect(mistakeIn(argv)).toBe(message);
  });

  it('says of a flag that is none which one', () => {
    expect(mistakeIn(['--minute=1'])).toContain('--minute');
  });

  it('tells of every family in its help', () => {
    for (const { name } of families) expect(usage).toContain(name);
  });
});

describe('the flags of the search for mutations', () => {
  it('look for all of the table, each in the time that it states, when none is given', () => {
    expect(ofMutations.parseArguments([])).toEqual({ help: false, seed: 1, parallel: 1 });
  });

  it('are taken', () => {
    const [{ name, family } = { name: '', family: '' }] = mutations;
    const argv = [
      `--only=${name}`,
      `--family=${family}`,
      '--minutes=0.5',
      '--seed=7',
      '--parallel=2',
      '--json=found.json',
    ];
    expect(ofMutations.parseArguments(argv)).toEqual({
      ...{ help: false, only: [name], families: [family], minutes: 0.5, seed: 7, parallel: 2, json: 'found.json' },
    });
  });

  it.each([
    [['--minutes=0'], '--minutes is "0"; give a number above 0'],
    [['--seed=1.5'], '--seed is "1.5"; give a whole number from 0 on'],
    [['--parallel=x'], '--parallel is "x"; give a whole number from 1 on'],
    [['--family=work'], 'there is no family "work"; there are works, fleets, gitops, migrate'],
    [['--only=waves-without-waits', '--family=works'], '--only=waves-without-waits is of the family fleets'],
  ])('%j: %s', (argv, message) => {
    expect(mistakeIn(argv, ofMutations.parseArguments)).toBe(message);
  });

  it('say of a name, and of a flag, that is none which one', () => {
    expect(mistakeIn(['--only=all-is-well'], ofMutations.parseArguments)).toContain('no mutation "all-is-well"');
    expect(mistakeIn(['--minute=1'], ofMutations.parseArguments)).toContain('--minute');
  });
});

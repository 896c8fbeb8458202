import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commands } from '../../src/commands/index.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import type { CliRun } from '../support/run-cli.ts';
import { personWith, type Person } from './support/kept.ts';
import { runWithEditor } from './support/scripted-editor.ts';

/*
 * What a write takes away is told, whatever output was asked for. Names are all that standard output holds with
 * `-o name`, so it stands beside them then, and --quiet keeps back nothing of it.
 */

let maestro: StandIn;
let person: Person;
beforeEach(async () => {
  maestro = await startStandIn({ consumers: ['c1', 'c2'], agent: { delayMs: 2 } });
  person = personWith(() => maestro);
});
afterEach(() => maestro.close());

const list = (...names: readonly string[]): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: names.map((name) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'default' },
      data: { key: 'one' },
    })),
  });

const store = (names: readonly string[], ...more: readonly string[]): Promise<CliRun> =>
  person.done(['apply', '-f', '-', '-n', 'w', '-c', 'c1', ...more], { stdin: list(...names) });
const apply = (names: readonly string[], more: readonly string[]): Promise<CliRun> =>
  person.done(['apply', '-f', '-', '-n', 'w', ...more], { stdin: list(...names) });

const removes = 'warning: w: removes ConfigMap/default/gone\n';
const takesAlong = 'warning: w: takes along ConfigMap/default/gone of other (forced)\n';

interface Case {
  readonly command: string;
  readonly title: string;
  readonly run: (more: readonly string[]) => Promise<CliRun>;
  /** All that is to stand on standard error with --quiet. */
  readonly told: readonly string[];
}

const cases: readonly Case[] = [
  {
    command: 'apply',
    title: 'of its own manifest',
    run: async (more) => {
      await store(['kept', 'gone']);
      return apply(['kept'], ['-c', 'c1', ...more]);
    },
    told: [removes],
  },
  {
    command: 'apply',
    title: 'of what others own, by force',
    run: async (more) => {
      await store(['gone'], '--manager=other');
      return apply(['kept'], ['-c', 'c1', '--force', ...more]);
    },
    told: ['warning: w: removes ConfigMap/default/gone of other (forced)\n'],
  },
  {
    command: 'apply',
    title: 'on several consumers',
    run: async (more) => {
      await apply(['kept', 'gone'], ['-c', 'c1', '-c', 'c2']);
      return apply(['kept'], ['-c', 'c1', '-c', 'c2', ...more]);
    },
    told: ['warning: w on c1: removes ConfigMap/default/gone\n', 'warning: w on c2: removes ConfigMap/default/gone\n'],
  },
  {
    command: 'edit',
    title: 'of what is not in the text any more',
    run: async (more) => {
      await store(['kept', 'gone']);
      const rename = (text: string): string => text.replace('name: gone', 'name: come');
      const done = await runWithEditor(['edit', 'w', '-c', 'c1', '--yes', ...more], [rename], { endpoints: maestro });
      expect(done.exitCode, done.stderr).toBe(0);
      return done;
    },
    told: [removes],
  },
  {
    command: 'rollback',
    title: 'of what was not there then',
    run: async (more) => {
      await store(['kept'], '--keep-history');
      await store(['kept', 'gone'], '--keep-history');
      return person.done(['rollback', 'w', '-c', 'c1', '--to=1', '--yes', ...more]);
    },
    told: [removes],
  },
  {
    command: 'delete',
    title: 'of a work that holds what others own, by force',
    run: async (more) => {
      await store(['gone'], '--manager=other');
      return person.done(['delete', 'w', '-c', 'c1', '--force', ...more]);
    },
    told: [takesAlong],
  },
  {
    command: 'delete',
    title: 'of manifests that others own, by force',
    run: async (more) => {
      await store(['kept', 'gone'], '--manager=other');
      return person.done(['delete', 'w', '-c', 'c1', '--resource=ConfigMap/gone', '--force', ...more]);
    },
    told: [takesAlong],
  },
  {
    command: 'delete',
    title: 'on several consumers',
    run: async (more) => {
      await apply(['gone'], ['-c', 'c1', '-c', 'c2', '--manager=other']);
      return person.done(['delete', 'w', '-c', 'c1', '-c', 'c2', '--force', '--yes', ...more]);
    },
    told: [takesAlong, takesAlong],
  },
];

describe('beside -o name', () => {
  it('all commands that write are looked at here', () => {
    const writing = commands.filter(
      ({ name, hasOutcome, outputs = [] }) => hasOutcome !== false && outputs.includes('name') && name !== 'wait',
    );
    expect(writing.map(({ name }) => name).sort()).toEqual([...new Set(cases.map(({ command }) => command))].sort());
  });

  describe.each(cases)('$command $title', ({ run, told }) => {
    it('tells it', async () => {
      const done = await run(['-o', 'name']);
      for (const text of told) expect(done.stderr).toContain(text);
      expect(done.stdout).not.toContain('ConfigMap');
    });

    it('tells it with --quiet, and nothing else', async () => {
      const done = await run(['-o', 'name', '--quiet']);
      expect(done.stderr.split(/(?<=\n)/).sort()).toEqual([...told].sort());
      expect(done.stdout).not.toContain('ConfigMap');
    });

    it('tells it with --quiet in a line of JSON where logs are that', async () => {
      const done = await run(['-o', 'name', '--quiet', '--log-format=json']);
      const lines = done.stderr.trimEnd().split('\n');
      expect(lines.map((line) => JSON.parse(line) as unknown)).toHaveLength(told.length);
      for (const line of lines) expect(JSON.parse(line)).toMatchObject({ level: 'warn' });
    });
  });
});

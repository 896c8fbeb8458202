import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printContexts } from '../../src/commands/config/get-contexts/output.ts';
import { printConsumers } from '../../src/commands/consumer/list/output.ts';
import { openInventory } from '../../src/commands/migrate/inventory/output.ts';
import { openChangeOutput } from '../../src/commands/watch/output.ts';
import type { Context, OutputStream } from '../../src/context.ts';
import { WorksTally } from '../../src/core/status/works-tally.ts';
import { textWidth } from '../../src/core/text-width.ts';
import { workName, type ResourceBundle } from '../../src/core/works/resource-bundle.ts';
import { printWork, openWorkList, type WorkListOptions } from '../../src/output/work-list.ts';
import { openTable, type Column } from '../../src/output/table.ts';
import { available } from '../core/status/build.ts';
import { bundle, configMap } from '../operations/support/fakes.ts';
import { ManualClock } from '../support/fake-clock.ts';
import { projectRoot } from '../support/run-cli.ts';

/** A table as a terminal of some width shows it. */
interface Shown {
  readonly lines: readonly string[];
  /** Names and ids, each of which stands whole wherever it stands. */
  readonly names: readonly string[];
}

interface Made {
  readonly works: readonly ResourceBundle[];
  readonly columns: number;
}

type Print = (made: Made, place: Pick<Context, 'stdout' | 'clock' | 'env'>) => Promise<unknown>;

/** As often long as short: it is long ones that tables have to make room for. */
const name = (longest: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...'abcdefgh01-'), { minLength: longest, maxLength: longest })
    .chain((characters) => fc.integer({ min: 1, max: longest }).map((length) => characters.slice(0, length).join('')))
    .map((text) => `a${text.slice(1)}`.replace(/-$/, 'z'));

/** Works as fleets have them, named after their consumers, and others. */
const works = fc.array(
  fc
    .record({ name: name(63), consumer: name(63), after: fc.boolean(), reported: fc.boolean(), deleted: fc.boolean() })
    .map(({ name: own, consumer, after, reported, deleted }, at = 0) => {
      const held = after ? `${consumer.slice(0, 40)}-${own}`.slice(0, 63).replace(/-+$/, '') : own;
      const { status } = available(2, [configMap('one')]);
      return bundle({
        id: `${held}-${consumer}-${at}`,
        consumerName: consumer,
        version: 2,
        metadata: { name: held },
        ...(reported && status !== undefined ? { status } : {}),
        ...(deleted ? { deletedAt: '2026-11-22T10:00:00Z' } : {}),
      });
    }),
  { minLength: 1, maxLength: 6 },
);

const options = (format: 'table' | 'wide', oneConsumer: boolean): WorkListOptions => ({
  output: { format },
  table: { labelKeys: [], showLabels: false },
  oneConsumer,
  headers: true,
  sourceOf: () => 'maestro-cli',
});

const tables: Readonly<Record<string, Print>> = {
  list: async ({ works: all }, place) => (await openWorkList(options('table', false), place)).page(all),
  'list of one consumer': async ({ works: all }, place) =>
    (await openWorkList(options('table', true), place)).page(all),
  'list -o wide': async ({ works: all }, place) => (await openWorkList(options('wide', false), place)).page(all),
  'list, a page for each work': async ({ works: all }, place) => {
    const list = await openWorkList(options('wide', false), place);
    for (const one of all) list.page([one]);
  },
  'get -o table': async ({ works: [one] }, place) => one && printWork(one, options('table', true), place),
  'get -o wide': async ({ works: [one] }, place) => one && printWork(one, options('wide', true), place),
  watch: async ({ works: all }, place) => {
    const print = await openChangeOutput(
      { output: { format: 'text' }, headers: true, scope: { by: 'list', consumers: [], selector: [] } },
      place,
    );
    for (const kept of all) print([{ type: 'ADDED', kept }]);
    print(all.map((kept) => ({ type: 'DELETED', kept })));
  },
  'consumer list': (made, place) => consumerList('table', made, place),
  'consumer list -o wide': (made, place) => consumerList('wide', made, place),
  'config get-contexts': async ({ works: all }, { stdout }) =>
    printContexts(
      { contexts: new Map(all.map(({ consumerName }) => [consumerName, { consumer: consumerName }])) },
      undefined,
      'table',
      stdout,
    ),
  'migrate inventory -o wide': async ({ works: all }, { stdout }) =>
    all.forEach((work) =>
      openInventory('wide', stdout).cluster({
        consumer: work.consumerName,
        pattern: 'A',
        shared: [],
        works: [
          {
            name: workName(work),
            version: 1,
            managers: ['maestro-cli'],
            managersFrom: 'record',
            objects: ['ConfigMap/one'],
            manifestConfigs: 0,
            deleteOption: 'Foreground',
            executor: false,
            bytes: 1000,
          },
        ],
      }),
    ),
};

async function consumerList(
  format: 'table' | 'wide',
  { works: all }: Made,
  place: Pick<Context, 'stdout' | 'clock' | 'env'>,
): Promise<unknown> {
  const tally = new WorksTally();
  for (const one of all) tally.add(one, place.clock.wallMs());
  const rows = all.map(({ consumerName, id }) => ({
    consumer: {
      id,
      name: consumerName,
      labels: { name: consumerName },
      createdAt: '2026-11-22T10:00:00Z',
      updatedAt: '',
    },
    works: tally.of(consumerName),
  }));
  const table = { labelKeys: [], showLabels: false };
  return printConsumers(
    rows,
    { output: { format }, table, headers: true, withWorks: true, sortBy: { key: 'name' } },
    place,
  );
}

async function shown(print: Print, made: Made): Promise<Shown> {
  let text = '';
  const stdout: OutputStream = { write: (part) => (text += part), isTTY: true, columns: made.columns };
  await print(made, { stdout, clock: new ManualClock(), env: { NO_COLOR: '1' } });
  return {
    lines: text.trimEnd().split('\n'),
    names: made.works.flatMap((work) => [work.id, work.consumerName, workName(work)]),
  };
}

/** Words that a cut name would leave: no name holds an ellipsis, and sentences end in one after blanks or words. */
function cutNames({ lines, names }: Shown): readonly string[] {
  const words = lines.flatMap((line) => line.split(/ +/)).filter((word) => word.endsWith('…'));
  return words.filter((word) => word.length > 9 && names.some((whole) => whole.startsWith(word.slice(0, -1))));
}

describe('on a terminal of any width', () => {
  it.each(Object.entries(tables))(
    '%s keeps names whole, and lines no longer than the terminal',
    async (_title, print) => {
      await fc.assert(
        fc.asyncProperty(works, fc.integer({ min: 40, max: 200 }), async (all, columns) => {
          const table = await shown(print, { works: all, columns });
          expect(cutNames(table)).toEqual([]);
          // A line that is longer holds one column and nothing else: the name, which has to stand somewhere.
          const long = table.lines.filter((line) => textWidth(line) > columns);
          expect(long.filter((line) => / {3}/.test(line.trim()))).toEqual([]);
          for (const line of long) expect(table.names).toContain(line.trim());
        }),
        { numRuns: 40 },
      );
    },
  );

  it('holds whatever the columns of a table are', () => {
    const column = fc.record({ header: name(12), text: fc.boolean(), rank: fc.integer({ min: -3, max: 9 }) });
    fc.assert(
      fc.property(
        fc.array(column, { minLength: 1, maxLength: 9 }),
        fc.array(fc.array(name(70), { minLength: 9, maxLength: 9 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 200 }),
        (columns: readonly Column[], rows, width) => {
          let text = '';
          const table = openTable(columns, { write: (part) => (text += part), isTTY: true, columns: width });
          for (const row of rows) table.rows([row.slice(0, columns.length)]);
          const lines = text.trimEnd().split('\n');
          for (const line of lines.filter((one) => textWidth(one) > width)) expect(line.trim()).not.toMatch(/ {3}/);
          const whole = new Set([...columns.map(({ header }) => header), ...rows.flat()]);
          const uncut = lines.flatMap((line) => line.split(/ +/)).filter((word) => word !== '' && !word.endsWith('…'));
          expect(uncut.filter((word) => !whole.has(word))).toEqual([]);
          if (columns.every((one) => one.text !== true)) expect(text).not.toContain('…');
        },
      ),
      { numRuns: 300 },
    );
  });
});

it('cuts sentences and nothing else: no table says of another column that it may be cut', () => {
  const sentences = ['BLOCKED BY', 'LABELS', 'MESSAGE', 'REASON', 'STATES', 'WHAT', 'WHAT IS SEEN', 'WHY'];
  const found = globSync('src/**/*.{ts,tsx}', { cwd: projectRoot }).flatMap((file) => {
    const text = readFileSync(join(projectRoot, file), 'utf8');
    return [...text.matchAll(/\{[^{}]*\btext: true\b[^{}]*/g)]
      .filter(([whole]) => whole.includes('header'))
      .map(([whole]) => /header: '([^']*)'/.exec(whole)?.[1] ?? `${file}: ${whole}`);
  });
  expect(found.length).toBeGreaterThan(5);
  expect(found.filter((header) => !sentences.includes(header))).toEqual([]);
});

import { describe, expect, it } from 'vitest';
import { parseFor } from '../../support/parse-for.ts';
import { getCommand } from '../../../src/commands/get/command.ts';
import { listCommand } from '../../../src/commands/list/command.ts';
import { sortWorks, type SortKey } from '../../../src/commands/list/sort.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { decodeBundle } from '../../../src/core/works/decode-bundle.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { MaestroError } from '../../../src/errors.ts';

describe('argv to options', () => {
  it.each([
    [[], { consumers: [], states: [], resources: [], headers: true, output: { format: 'table' }, timeoutMs: 30_000 }],
    [['--resource=ConfigMap'], { resources: [{ resourceKind: 'ConfigMap' }] }],
    [
      ['--filter=Deployment/web', '--resource=Job/np/x'],
      { filter: 'Deployment/web', resources: [{ resourceKind: 'Job', namespace: 'np', name: 'x' }] },
    ],
    [
      ['--sort-by=state', '--limit=3', '-o', 'wide'],
      { sortBy: { key: 'state' }, limit: 3, output: { format: 'wide' } },
    ],
    [
      ['--watch'],
      { watch: { via: 'stream', intervalMs: 1000, liveIntervalMs: 5000 }, timeoutMs: Number.POSITIVE_INFINITY },
    ],
    [
      ['-w', '--interval=200ms', '--timeout=5s', '-o', 'json'],
      { watch: { via: 'stream', intervalMs: 200, liveIntervalMs: 200 }, timeoutMs: 5000 },
    ],
    [['--status=applied,Failed', '--status=Deleting'], { states: ['applied', 'failed', 'deleting'] }],
  ])('%j', (argv, expected) => {
    expect(parseFor(listCommand, argv)).toMatchObject(expected);
  });

  it('leaves the headers out when the flag says so', () => {
    expect(listCommand.parse({ flags: { headers: false }, args: [], env: {} }).headers).toBe(false);
    expect(getCommand.parse({ flags: { headers: false, name: ['w'], consumer: 'c' }, args: [], env: {} }).headers).toBe(
      false,
    );
  });

  it.each([
    [['-o', 'xml'], '--output does not know "xml"'],
    [['-o', 'jsonpath='], 'needs a template'],
    [['-o', 'jsonpath={.a'], 'not closed'],
    [['--resource=/x'], '--resource takes'],
    [['--resource='], '--resource takes'],
    [['--sort-by=size'], '--sort-by does not know'],
    [['--sort-by=.a[b'], 'the bracket is not closed'],
    [['--columns=name,stat'], '--columns does not know "stat"'],
    [['--columns=name,,state'], 'holds an empty name'],
    [['--columns=name', '-o', 'json'], '--columns is for tables'],
    [['--columns=name', '-o', 'wide'], 'contradict'],
    [['-L', 'app', '-o', 'yaml'], '--label-columns is for tables'],
    [['-o', 'custom-columns=NAME'], 'is not HEADER:path'],
    [['-o', 'custom-columns=NAME:.a['], 'the path of the custom column NAME does not parse'],
    [['-o', 'custom-columns-file='], 'needs a file'],
    [['--status=Done'], '--status does not know'],
    [['--limit=0'], '--limit takes'],
    [['--interval=1s'], '--interval is for --watch'],
    [['--watch', '--interval=0'], 'more than 0'],
    [['--watch', '--limit=1'], 'contradict'],
    [['--watch', '-o', 'yaml'], 'has no end'],
    [['--watch', '-o', 'jsonpath={.a}'], 'has no end'],
    [['--consumer=a', '-A'], 'contradict'],
  ])('refuses %j before anything is sent', (argv, message) => {
    let caught: unknown;
    try {
      parseFor(listCommand, argv);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(MaestroError);
    expect(caught).toMatchObject({ code: 'usage' });
    expect((caught as MaestroError).message).toContain(message);
  });
});

function bundle(
  name: string,
  consumer: string,
  version: number,
  createdAt: string,
  more: JsonObject = {},
): ResourceBundle {
  return decodeBundle({
    id: `${consumer}-${name}`,
    consumer_name: consumer,
    version,
    created_at: createdAt,
    updated_at: createdAt,
    metadata: { name },
    manifests: [],
    ...more,
  });
}

const wallMs = Date.parse('2026-11-22T11:00:05Z');

describe('sortWorks', () => {
  const failed = {
    status: {
      ObservedVersion: 2,
      SequenceID: '1',
      conditions: [{ type: 'Applied', status: 'False', observedGeneration: 2 }],
    },
  };
  const works = [
    bundle('b', 'c1', 3, '2026-11-22T11:00:01Z'),
    bundle('a', 'c2', 2, '2026-11-22T11:00:03Z', failed),
    bundle('Z', 'c1', 10, '2026-11-22T11:00:02Z', { deleted_at: '2026-11-22T11:00:02Z' }),
    bundle('a', 'c1', 3, '2026-11-22T11:00:00Z'),
  ];

  it.each<[SortKey, readonly string[]]>([
    ['name', ['c1-Z', 'c1-a', 'c2-a', 'c1-b']],
    ['consumer', ['c1-Z', 'c1-a', 'c1-b', 'c2-a']],
    ['version', ['c2-a', 'c1-a', 'c1-b', 'c1-Z']],
    ['age', ['c2-a', 'c1-Z', 'c1-b', 'c1-a']],
    ['state', ['c2-a', 'c1-Z', 'c1-a', 'c1-b']],
  ])('%s', (key, expected) => {
    expect(sortWorks(works, { key }, wallMs).map(({ id }) => id)).toEqual(expected);
    expect(
      sortWorks([...works].reverse(), { key }, wallMs).map(({ id }) => id),
      'whatever the order was',
    ).toEqual(expected);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { History } from '../../robustness/works/history/history.ts';
import { families } from '../../robustness/families.ts';
import { elsewhere } from '../../robustness/mutations/elsewhere.ts';
import { editsOf } from '../../robustness/mutations/mutation.ts';
import { mutations } from '../../robustness/mutations/table.ts';
import { edited } from '../../robustness/mutations/warm-copy.ts';
import { resultOfEarlierRun } from '../../robustness/works/program/command-line.ts';
import { properties, violations } from '../../robustness/works/properties/index.ts';
import { readmeTables } from '../../robustness/readme.ts';
import {
  apply,
  applied,
  asked,
  build,
  call,
  deletion,
  early,
  following,
  gone,
  held,
  history,
  listing,
  object,
  reported,
  row,
  target,
  unreached,
  waiting,
} from './support/works-histories.ts';
import { slips } from './support/works-slips.ts';
import { describeProperties, type Counterexample } from './support/properties.ts';

const root = join(import.meta.dirname, '../..');
const timedOut = call(
  'w',
  { kind: 'wait', target, until: 'Applied', stream: false },
  { exitCode: 6, stderr: 'error: timed out' },
);

/** For each property what violates it, and what is as near to that as it may be. */
const cases: readonly Counterexample<History>[] = [
  {
    property: 'one-story',
    bad: { calls: [call('a', apply, { exitCode: 8, result: '{"status":"Appl' })] },
    good: { calls: [call('a', apply, { exitCode: 8 })] },
  },
  {
    property: 'success-is-stored',
    bad: { calls: [call('a', apply)], rows: [row(1, [held('red', 'b')])], objects: [object('red', 'b')] },
    good: { calls: [call('a', apply)], rows: [row(1, [held('red', 'a')])], objects: [object('red', 'a')] },
  },
  {
    property: 'wait-is-proven',
    bad: {
      calls: [call('a', waiting, { ...applied, version: 2 })],
      rows: [row(2, [held('red', 'a')], reported(2, 1))],
      objects: [object('red', 'a')],
    },
    good: {
      calls: [call('a', waiting, { ...applied, version: 2 })],
      rows: [row(2, [held('red', 'a')], reported(2))],
      objects: [object('red', 'a')],
    },
  },
  {
    property: 'proof-ends-a-wait',
    bad: {
      calls: [{ ...timedOut, endedMs: 9_500 }],
      rows: [row(1, [held('red', 'b')], { ...reported(1), atMs: 900 })],
      objects: [object('red', 'b')],
    },
    good: {
      calls: [{ ...timedOut, endedMs: 9_500 }],
      rows: [row(1, [held('red', 'b')], { ...reported(1), atMs: 6_000 })],
      objects: [object('red', 'b')],
    },
  },
  {
    property: 'list-is-whole',
    bad: { calls: [listing([{ uid: 'id', name: 'w1', resourceVersion: '1' }])], rows: [row(2, [], { atMs: 900 })] },
    good: { calls: [listing([{ uid: 'id', name: 'w1', resourceVersion: '2' }])], rows: [row(2, [], { atMs: 900 })] },
  },
  {
    property: 'refusal-changes-nothing',
    bad: {
      calls: [call('a', apply, { exitCode: 10 })],
      rows: [row(1, [held('red', 'a')])],
      objects: [object('red', 'a')],
    },
    good: {
      calls: [call('a', apply, { exitCode: 8 })],
      rows: [row(1, [held('red', 'a')])],
      objects: [object('red', 'a')],
    },
  },
  {
    property: 'failures-are-true',
    bad: { calls: [call('a', apply, { exitCode: 7, stderr: 'error: w1 on c1 was deleted while waiting' })] },
    good: {
      calls: [
        call('a', apply, { exitCode: 7, stderr: 'error: w1 on c1 was deleted while waiting' }),
        call('d', deletion),
      ],
      rows: [early('ann'), asked, gone],
    },
  },
  {
    property: 'nothing-of-others',
    bad: {
      calls: [call('a', apply, { version: 2 })],
      rows: [row(1, [held('blue', 'b', 'ben')]), row(2, [held('red', 'a')])],
      objects: [object('red', 'a')],
    },
    good: {
      calls: [call('a', apply, { version: 2 })],
      rows: [row(1, [held('blue', 'b', 'ben')]), row(2, [held('blue', 'b', 'ben'), held('red', 'a')])],
      objects: [object('blue', 'b'), object('red', 'a')],
    },
  },
  {
    property: 'executor-stays',
    bad: {
      calls: [call('a', apply, { version: 2 })],
      rows: [row(1, [held('red', 'b')], { executor: true }), row(2, [held('red', 'a')])],
      objects: [object('red', 'a')],
    },
    good: {
      calls: [call('a', { ...apply, how: 'plain' }, { version: 2 })],
      rows: [row(1, [held('red', 'b')], { executor: true }), row(2, [held('red', 'a')])],
      objects: [object('red', 'a')],
    },
  },
  {
    property: 'writes-once',
    what: 'a version that changes nothing of what is given beside the objects either',
    bad: {
      calls: [call('a', apply, { version: 2 })],
      rows: [row(1, [held('red', 'a')], { options: '[]' }), row(2, [held('red', 'a')], { options: '[]' })],
      objects: [object('red', 'a')],
    },
    good: {
      calls: [call('a', apply, { version: 2 })],
      rows: [row(1, [held('red', 'a')], { options: '[]' }), row(2, [held('red', 'a')])],
      objects: [object('red', 'a')],
    },
  },
  {
    property: 'outages-are-waited-out',
    what: 'a call whose time was up before it was over',
    bad: { calls: [{ ...call('a', apply, { exitCode: 6, stderr: 'error: timed out' }), argv: ['--timeout=8s'] }] },
    good: {
      calls: [
        { ...call('a', apply, { exitCode: 6, stderr: 'error: timed out' }), argv: ['--timeout=8s'], endedMs: 9_100 },
      ],
    },
  },
  {
    property: 'writes-once',
    bad: {
      calls: [
        call('a', apply),
        call('d', { kind: 'delete-resource', target, manager: 'ann', object: 'red' }, { version: 2 }),
      ],
      rows: [row(1, [held('red', 'a')]), row(2, []), row(3, [held('red', 'a')])],
      objects: [object('red', 'a')],
    },
    good: {
      calls: [
        call('a', apply),
        call('d', { kind: 'delete-resource', target, manager: 'ann', object: 'red' }, { version: 2 }),
      ],
      rows: [row(1, [held('red', 'a')]), row(2, [])],
    },
  },
  {
    property: 'outages-are-waited-out',
    bad: { calls: [unreached(2_000)] },
    good: { calls: [unreached(9_000)] },
  },
  {
    property: 'reruns-converge',
    bad: {
      reruns: [call('again0-second', waiting, { ...applied, operation: 'updated' })],
      rows: [row(1, [held('red', 'again0')], reported(1))],
      objects: [object('red', 'again0')],
    },
    good: {
      reruns: [call('again0-second', waiting, { ...applied, operation: 'unchanged' })],
      rows: [row(1, [held('red', 'again0')], reported(1))],
      objects: [object('red', 'again0')],
    },
  },
  {
    property: 'nothing-without-owner',
    bad: {
      calls: [call('d', deletion)],
      rows: [row(1, [held('red', 'a')], { removed: true })],
      objects: [object('red', 'a')],
    },
    good: { calls: [call('d', deletion)], rows: [row(1, [held('red', 'a')], { removed: true })] },
  },
  {
    property: 'ends-in-time',
    bad: { calls: [{ ...call('a', apply, { exitCode: 6 }), endedMs: 61_000 }] },
    good: { calls: [{ ...call('a', apply, { exitCode: 6 }), endedMs: 11_000 }] },
  },
  {
    property: 'full-disk-is-told',
    bad: {
      calls: [
        { ...call('a', apply, { exitCode: 8, struck: ['full-disk'], stderr: 'error: it failed' }), result: undefined },
      ],
    },
    good: {
      calls: [
        {
          ...call('a', apply, {
            exitCode: 8,
            struck: ['full-disk'],
            stderr: 'error: result.json cannot be written: no space left on the device',
          }),
          result: undefined,
        },
      ],
    },
  },
  {
    property: 'output-is-whole',
    bad: {
      calls: [
        call('a', { kind: 'list', consumer: 'c1' }, { exitCode: 8, struck: ['slow-reader'], stdout: '{"items": [' }),
      ],
    },
    good: {
      calls: [call('a', { kind: 'list', consumer: 'c1' }, { exitCode: 8, struck: ['slow-reader'], stdout: '' })],
    },
  },
  {
    property: 'rotation-is-followed',
    bad: {
      calls: [call('a', apply, { exitCode: 9 })],
      rotations: [{ takesAtMs: 100, refusesAtMs: 600, publishedAtMs: 800 }],
    },
    good: {
      calls: [call('a', apply, { exitCode: 9 })],
      rotations: [{ takesAtMs: 100, refusesAtMs: 600, publishedAtMs: 1_001 }],
    },
  },
  {
    property: 'lines-are-whole',
    bad: { calls: [call('f', following, { exitCode: 143, stdout: '{"name":"w1"}\n{"name":' })] },
    good: { calls: [call('f', following, { exitCode: 143, stdout: '{"name":"w1"}\n{"name":"w2"}\n' })] },
  },
  // What else violates a property, in a way of its own.
  {
    property: 'full-disk-is-told',
    what: 'a write that ended well on a file system that was full',
    bad: {
      calls: [{ ...call('a', apply, { struck: ['full-file-system'] }), result: undefined }],
      rows: [row(1, [held('red', 'a')])],
      objects: [object('red', 'a')],
    },
    good: {
      calls: [call('a', apply, { struck: ['full-file-system'] })],
      rows: [row(1, [held('red', 'a')])],
      objects: [object('red', 'a')],
    },
  },
  {
    property: 'lines-are-whole',
    what: 'a follower that SIGINT ended as if it were SIGTERM',
    bad: {
      calls: [call('f', { ...following, stop: { signal: 'SIGINT', afterMs: 500 } }, { exitCode: 143, stdout: '' })],
    },
    good: {
      calls: [call('f', { ...following, stop: { signal: 'SIGINT', afterMs: 500 } }, { exitCode: 130, stdout: '' })],
    },
  },
  {
    property: 'lines-are-whole',
    what: 'a follower that a signal ended while it told',
    bad: {
      calls: [{ ...call('f', following, { stdout: '{"name":"w1"}\n' }), exitCode: undefined, signal: 'SIGTERM' }],
    },
    // Node itself ends so for as long as it starts.
    good: { calls: [{ ...call('f', following, { stdout: '' }), exitCode: undefined, signal: 'SIGTERM' }] },
  },
  {
    property: 'lines-are-whole',
    what: 'a follower that keeps all that nobody reads',
    bad: { calls: [{ ...call('f', following, { stdout: '' }), peakKib: 400_000 }] },
    good: { calls: [{ ...call('f', following, { stdout: '' }), peakKib: 200_000 }] },
  },
  {
    property: 'rotation-is-followed',
    what: 'a call that shows an old token long after it had the new one',
    bad: {
      calls: [{ ...call('a', apply, { exitCode: 9 }), endedMs: 7_000 }],
      rotations: [{ takesAtMs: 900, refusesAtMs: 6_000, publishedAtMs: 1_100 }],
    },
    good: {
      calls: [{ ...call('a', apply, { exitCode: 9 }), endedMs: 7_000 }],
      rotations: [{ takesAtMs: 900, refusesAtMs: 4_000, publishedAtMs: 1_100 }],
    },
  },
  {
    property: 'rotation-is-followed',
    what: 'a refusal under the code of something else',
    bad: { calls: [call('a', apply, { exitCode: 8, stderr: 'error: Maestro did not accept the caller' })] },
    good: { calls: [call('a', apply, { exitCode: 130, stderr: 'error: interrupted' })] },
  },
  {
    property: 'refusal-changes-nothing',
    what: 'a write that insisted on a version which is not stored',
    bad: {
      calls: [call('a', { ...apply, stale: true })],
      rows: [row(1, [held('red', 'a')])],
      objects: [object('red', 'a')],
    },
    good: { calls: [call('a', { ...apply, stale: true }, { exitCode: 5 })] },
  },
  {
    property: 'nothing-of-others',
    what: 'a build that took away what its own manager had',
    bad: {
      calls: [call('a', build, { version: 2 })],
      rows: [row(1, [held('blue', 'b')]), row(2, [held('red', 'a')])],
      objects: [object('red', 'a')],
    },
    good: {
      calls: [call('a', build, { version: 2 })],
      rows: [row(1, [held('red', 'b')]), row(2, [held('red', 'a')])],
      objects: [object('red', 'a')],
    },
  },
  {
    property: 'nothing-of-others',
    what: 'a deletion that took along what others held',
    bad: { calls: [call('d', deletion)], rows: [early('ben'), asked, gone] },
    good: { calls: [call('d', deletion)], rows: [early('ann'), asked, gone] },
  },
  {
    property: 'wait-is-proven',
    what: 'a deletion that was waited for and not seen to end',
    bad: { calls: [call('d', { ...deletion, wait: true }, applied)], rows: [early('ann'), asked] },
    good: { calls: [call('d', { ...deletion, wait: true }, applied)], rows: [early('ann'), asked, gone] },
  },
  {
    property: 'wait-is-proven',
    what: 'an unchanged work that is told as applied and was not',
    bad: {
      calls: [call('a', apply, { ...applied, operation: 'unchanged' })],
      rows: [row(1, [held('red', 'a')])],
      objects: [object('red', 'a')],
    },
    good: {
      calls: [call('a', apply, { ...applied, operation: 'unchanged' })],
      rows: [row(1, [held('red', 'a')], reported(1))],
      objects: [object('red', 'a')],
    },
  },
  {
    property: 'one-story',
    what: 'the result of an earlier run beside what was written',
    bad: {
      calls: [{ ...call('a', apply), exitCode: undefined, signal: 'SIGKILL', result: resultOfEarlierRun }],
      rows: [row(1, [held('red', 'a')])],
      objects: [object('red', 'a')],
    },
    good: { calls: [{ ...call('a', apply), exitCode: undefined, signal: 'SIGKILL', result: resultOfEarlierRun }] },
  },
  {
    property: 'writes-once',
    what: 'a version that changes nothing',
    bad: {
      calls: [call('a', apply, { version: 2 })],
      rows: [row(1, [held('red', 'a')]), row(2, [held('red', 'a')])],
      objects: [object('red', 'a')],
    },
    good: {
      calls: [call('a', apply)],
      rows: [row(1, [held('red', 'a')]), row(1, [held('red', 'a')], reported(1))],
      objects: [object('red', 'a')],
    },
  },
  {
    property: 'list-is-whole',
    what: 'a list without a work that stood all the time',
    bad: { calls: [listing([])], rows: [row(2, [], { atMs: 900 })] },
    good: { calls: [listing([])], rows: [row(2, [], { atMs: 1_100 })] },
  },
];

describeProperties('each property of the robustness suite', {
  properties,
  violations,
  history,
  cases: [...cases, ...slips],
});

describe('each property of the robustness suite, beside its histories', () => {
  it('asks nothing of a call for what was stored before a loss of data that it never saw', () => {
    const apart = { lostDataAtMs: [-10_000], calls: [call('a', apply)], objects: [object('red', 'a')] };
    const found = (epoch: number): readonly string[] =>
      violations(history({ ...apart, rows: [row(1, [held('red', 'a')], { epoch })] })).map(({ property }) => property);
    expect(found(0)).toContain('success-is-stored');
    expect(found(1)).toEqual([]);
  });

  it('asks nothing of a call in the course of which the server lost its data', () => {
    expect(violations(history({ calls: [call('a', apply)], lostDataAtMs: [1_500] }))).toEqual([]);
  });
});

describe('the mutations of the robustness suite', () => {
  it.each(mutations)('$name stands once in each of its files, and says which family finds it, and how', (mutation) => {
    for (const edit of editsOf(mutation))
      expect(edited(edit, readFileSync(join(root, edit.file), 'utf8'))).toBeTypeOf('string');
    const family = families.find(({ name }) => name === mutation.family);
    expect(family?.properties.map(({ name }) => name)).toEqual(expect.arrayContaining([...mutation.properties]));
  });

  it.each(elsewhere)('leave to $test that $fault', ({ test, title }) => {
    expect(readFileSync(join(root, test), 'utf8')).toContain(title);
  });

  it('have a name each', () => {
    const names = mutations.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });
});

it('the README of the robustness suite has all of them in its tables', () => {
  const readme = readFileSync(join(root, 'robustness/README.md'), 'utf8');
  for (const rows of Object.values(readmeTables)) expect(readme).toContain(rows.join('\n'));
});

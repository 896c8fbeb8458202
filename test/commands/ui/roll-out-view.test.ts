import { appendFileSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { factLine, entryLine, headerLine } from '../../../src/core/fleet/journal.ts';
import { RollOutRecord } from '../../../src/core/roll-out/record.ts';
import type { RollOutFact } from '../../../src/core/roll-out/facts.ts';
import {
  RollOutSource,
  type FollowedRollOut,
  type RollOutData,
} from '../../../src/commands/ui/data/roll-out-source.ts';
import type { Key } from '../../../src/commands/ui/frame/key.ts';
import type { GatherDeps, Place } from '../../../src/commands/ui/frame/view.ts';
import { widthOf, type Line } from '../../../src/commands/ui/screen/line.ts';
import { rollOutView, type RollOutPosition } from '../../../src/commands/ui/views/roll-out-view.ts';
import { ManualClock } from '../../support/fake-clock.ts';
import { fleetRollOut, hostileRollOut } from '../../output/report/support.ts';

/** What is left of 80×24 for a view. */
const place: Place = { columns: 80, rows: 20, wallMs: 30_000 };
const key = (name: string): Key =>
  name.length === 1 ? { kind: 'character', text: name } : ({ kind: 'key', name } as Key);

function dataOf(facts: readonly RollOutFact[], more: Partial<FollowedRollOut> = {}): RollOutData {
  const record = new RollOutRecord();
  for (const fact of facts) record.take(fact);
  return {
    followed: { path: 'rollout.jsonl', picture: record.picture(), use: 'held', unknownLines: 0, ...more },
    open: () => undefined,
  };
}

/** Presses keys; gives the lines, and where one is then. */
function pressed(
  data: RollOutData,
  keys: readonly string[],
  at: Place = place,
): {
  readonly lines: readonly Line[];
  readonly text: string;
  readonly state: RollOutPosition;
  readonly wish?: unknown;
} {
  const view = rollOutView(() => data);
  let state = view.start;
  let wish: unknown;
  for (const name of keys) {
    const answer = view.onKey(state, key(name), data, at);
    if (answer !== undefined) ({ state } = answer);
    wish = answer?.wish;
  }
  const lines = view.picture(state, data, at);
  return { lines, text: lines.map(({ spans }) => spans.map(({ text }) => text).join('')).join('\n'), state, wish };
}

describe('the view of a roll-out', () => {
  it('shows waves, a sign for each cluster, and the largest causes of trouble', () => {
    const { text } = pressed(dataOf(fleetRollOut(60, 20)), []);
    const lines = text.split('\n');
    expect(lines[0]).toBe('37/60 Applied  – 20 not begun  ? 1 silent  ✕ 2 failed');
    expect(lines[1]).toBe('rollout.jsonl · 60 clusters');
    expect(lines[2]).toBe('begun 29s ago, ended after 15s, stopped early: 2 works failed (the limit is 2)');
    expect(text).toContain('\n2 works: version 1 could not be applied: denied by policy\n');
    expect(text).toContain('wave 1  20 clusters  ✓ 17 Applied  ? 1 silent  ✕ 2 failed  took 5s');
    expect(text).toContain(`  >✕ ✕ ?${' ✓'.repeat(17)}`);
    expect(text).toContain(`   –${' –'.repeat(19)}`);
    expect(text).toContain('cluster-0000  failed');
  });

  it('goes from cluster to cluster, to the next trouble, and to the works of one', () => {
    const data = dataOf(fleetRollOut(60, 20));
    expect(pressed(data, ['right', 'right', 'right']).text).toContain('cluster-0003  Applied after 1s');
    expect(pressed(data, ['down']).text).toContain('cluster-0020  Applied');
    expect(pressed(data, ['G']).text).toContain('cluster-0059  not begun');
    expect(pressed(data, ['n', 'n']).text).toContain('cluster-0002  silent');
    expect(pressed(data, ['n', 'n', 'n']).text).toContain('cluster-0000  failed');
    expect(pressed(data, ['l', 'enter']).wish).toEqual({ wish: 'works-of', consumer: 'cluster-0001' });
    expect(pressed(data, ['o']).wish).toMatchObject({ wish: 'type', kind: 'path', text: 'rollout.jsonl' });
  });

  it('shows what is in the way whole, with all its clusters', () => {
    const { text } = pressed(dataOf(fleetRollOut(60, 20)), ['r']);
    expect(text).toContain(
      '2 works: version 1 could not be applied: denied by policy\n  cluster-0000/w  cluster-0001/w',
    );
    expect(text).toContain('1 work: the agent has never reported\n  cluster-0002/w');
    expect(pressed(dataOf(fleetRollOut(60, 20)), ['r', 'escape']).state.shows).toBe('cells');
  });

  it('fits any screen with 3,000 clusters, has the selected one on it, and is drawn in less than 50 ms', () => {
    const data = dataOf(fleetRollOut(3_000, 300));
    for (const at of [place, { ...place, columns: 40, rows: 6 }, { ...place, columns: 200, rows: 60 }]) {
      for (const keys of [[], ['G'], ['G', 'up', 'left'], ['page-down', 'page-down'], ['n']]) {
        const { lines, text } = pressed(data, keys, at);
        expect(lines.length).toBeLessThanOrEqual(at.rows);
        if (at.rows >= place.rows) expect(text).toMatch(/>[✓✕?–]/);
        for (const each of lines.filter(({ spans }) => spans.some(({ text: part }) => / [✓✕?–]/.test(part))).slice(1))
          if (at.columns >= place.columns) expect(widthOf(each)).toBeLessThanOrEqual(at.columns);
      }
    }
    const times = Array.from({ length: 20 }, () => {
      const from = performance.now();
      pressed(data, ['G', 'up']);
      return performance.now() - from;
    }).toSorted((a, b) => a - b);
    expect(times[10]).toBeLessThan(50);
  });

  it('lets no name and no message steer the terminal', () => {
    const steering = hostileRollOut.map(
      (fact) => JSON.parse(JSON.stringify(fact).replaceAll('img', '\\u001b[2J')) as RollOutFact,
    );
    for (const keys of [[], ['r'], ['n']]) {
      const { text } = pressed(dataOf(steering), keys);
      // eslint-disable-next-line no-control-regex -- what steers a terminal is what must not be there
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    }
  });

  it('says what it cannot know: of an old journal, of a run that said nothing of its end, of a file that is none', () => {
    const stored: RollOutFact = { kind: 'stored', cluster: 'c1', work: 'w', how: 'doneBefore', wallMs: 0 };
    expect(pressed(dataOf([stored]), []).text).toContain('An earlier version wrote this journal');
    expect(pressed(dataOf(fleetRollOut(4, 2).slice(0, 3), { use: 'free' }), []).text).toContain(
      'no run uses it any more, and none said how it ended',
    );
    expect(pressed(dataOf([], { problem: 'w.yaml is no journal of maestro-cli' }), []).text).toContain('is no journal');
    expect(pressed({ followed: undefined, open: () => undefined }, []).text).toContain('press o and name the\nfile');
  });
});

describe('a journal that is followed', () => {
  function source(
    cwd: string,
    path: string | undefined,
  ): { readonly data: RollOutSource; readonly look: () => Promise<void>; readonly end: () => void } {
    const clock = new ManualClock();
    const stop = new AbortController();
    const deps = {
      context: { cwd, isRunning: () => true },
      session: { budget: { clock } },
      signal: stop.signal,
      changed: () => undefined,
    } as unknown as GatherDeps;
    return {
      data: new RollOutSource(deps, path),
      look: async () => {
        await clock.advance(301);
      },
      end: () => stop.abort(),
    };
  }

  it('is shown as it grows, from its beginning, and anew when another takes its place', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'maestro-cli-journal-'));
    const path = join(cwd, 'j');
    const { data, look, end } = source(cwd, 'j');
    expect(data.followed?.problem).toBe('j cannot be read: no such file or directory');
    const [begun, ...facts] = fleetRollOut(4, 2);
    const header = headerLine({ endpoint: 'e', source: 's', input: 'i' });
    writeFileSync(path, header + factLine(begun as Parameters<typeof factLine>[0]));
    await look();
    expect(data.followed?.picture.counts).toMatchObject({ toCome: 4 });
    expect(data.followed?.problem).toBeUndefined();
    appendFileSync(
      path,
      entryLine({ consumer: 'cluster-0000', name: 'w', version: 1, work: 'h', how: 'created', wallMs: 5 }),
    );
    await look();
    expect(data.followed?.picture.counts).toMatchObject({ toCome: 3, written: 1 });
    expect(facts.length).toBeGreaterThan(0);
    writeFileSync(join(cwd, 'other'), header);
    renameSync(join(cwd, 'other'), path);
    await look();
    expect(data.followed?.picture).toMatchObject({ total: 0 });
    writeFileSync(path, 'kind: List\n');
    await look();
    expect(data.followed?.problem).toBe('j is no journal of maestro-cli');
    end();
  });
});

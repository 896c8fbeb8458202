import { expect, it } from 'vitest';
import type { Key } from '../../../src/commands/ui/frame/key.ts';
import { startOfList, type ListState } from '../../../src/commands/ui/frame/list-state.ts';
import { tableView } from '../../../src/commands/ui/frame/table-view.ts';
import { tableLines } from '../../../src/commands/ui/frame/table.ts';
import { line, span } from '../../../src/commands/ui/screen/line.ts';

interface Work {
  readonly name: string;
  readonly cluster: string;
}

const works: readonly Work[] = [
  { name: 'np', cluster: 'east-1' },
  { name: 'np-of-east-1', cluster: 'east-2' },
  { name: 'np', cluster: 'east-12' },
  { name: 'web', cluster: 'east-1' },
];
const place = { columns: 80, rows: 20, wallMs: 0 };
const escape: Key = { kind: 'key', name: 'escape' };

const view = tableView<Work, readonly Work[]>({
  name: 'works',
  title: 'Works',
  gather: () => works,
  rows: (all) => all,
  idOf: ({ name, cluster }) => `${cluster}/${name}`,
  of: ({ cluster }) => cluster,
  texts:
    () =>
    ({ name, cluster }) => [name, cluster],
  columns: () => [{ header: 'PLACE', rank: 0, cell: ({ name, cluster }) => span(`${cluster}/${name}`) }],
  sorts: [{ about: 'by name' }],
  summary: (_all, shown) => line(`${shown.length} shown`),
  empty: () => 'there are no works',
  subject: ({ name }) => ({ name }),
});

function textOf(state: ListState): string {
  return view
    .picture(state, works, place)
    .map(({ spans }) =>
      spans
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    )
    .join('\n')
    .trimEnd();
}

it('shows the works of one cluster, and of none whose name or works hold the name of that', () => {
  const opened = { ...startOfList, only: 'east-1' };
  expect(textOf(opened)).toMatch(/^east-1 · 2 shown/);
  expect(textOf(opened)).not.toMatch(/east-2\/|east-12\//);
  expect(textOf({ ...opened, only: 'east-9' })).toContain('there is nothing of east-9; esc goes back');
  expect(textOf(startOfList)).toMatch(/^4 shown/);
});

it('takes away with escape what was typed first, and then goes back to where the cluster was chosen', () => {
  const typed = { ...startOfList, only: 'east-1', filter: 'web' };
  expect(textOf(typed)).toMatch(/^east-1 · \/web · 1 shown/);
  const first = view.onKey(typed, escape, works, place);
  expect(first?.wish).toBeUndefined();
  const second = view.onKey(first?.state ?? typed, escape, works, place);
  expect(second?.wish).toEqual({ wish: 'back' });
  expect(textOf(second?.state ?? typed)).toMatch(/^4 shown/);
  // Nothing is left for it to do: what it means then is the frame's.
  expect(view.onKey(startOfList, escape, works, place)).toBeUndefined();
});

it('cuts a sentence before it leaves a column out, and never a name', () => {
  const lines = (width: number): readonly string[] =>
    tableLines<Work>({
      columns: [
        { header: 'NAME', rank: 0, cell: ({ name }) => span(name) },
        { header: 'CLUSTER', rank: 2, cell: ({ cluster }) => span(cluster) },
        {
          header: 'BLOCKED BY',
          rank: 10,
          text: true,
          cell: () => span('admission webhook "quota" denied the request'),
        },
      ],
      shown: works,
      selected: 0,
      width,
    }).map(({ spans }) =>
      spans
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    );
  expect(lines(80)[1]).toBe('> np            east-1   admission webhook "quota" denied the request');
  expect(lines(60)[2]).toBe('  np-of-east-1  east-2   admission webhook "quota" denied t…');
  expect(lines(48)[2]).toBe('  np-of-east-1  east-2');
  expect(lines(20)[2]).toBe('  np-of-east-1');
});

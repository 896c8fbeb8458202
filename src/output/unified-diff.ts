import { structuredPatch } from 'diff';
import type { Palette } from './colour.ts';

/** Lines round a change, as `diff -u` shows them. */
const context = 3;
/** Beyond so many changed lines the shortest edit is not worth its search; all is shown as replaced. */
const mostEdits = 2_000;

/** `---` and `+++`. */
const headerLines = 2;

/** One side of a comparison; without text it is absent. */
export interface Side {
  readonly name: string;
  readonly text: string | undefined;
}

/** The unified diff of two texts, with headers that patch tools understand; "" when they are the same. */
export function unifiedDiff(before: Side, after: Side): string {
  const oldText = before.text ?? '';
  const newText = after.text ?? '';
  if (oldText === newText) return '';
  const hunks = structuredPatch('', '', oldText, newText, undefined, undefined, {
    context,
    maxEditLength: mostEdits,
  })?.hunks.map((hunk) => ({
    head: `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`,
    lines: hunk.lines,
  })) ?? [replacement(oldText, newText)];
  return [
    `--- ${before.text === undefined ? '/dev/null' : before.name}`,
    `+++ ${after.text === undefined ? '/dev/null' : after.name}`,
    ...hunks.flatMap(({ head, lines }) => [head, ...lines]),
    '',
  ].join('\n');
}

/** The same text with its lines coloured. */
export function colourDiff(diff: string, palette: Pick<Palette, 'added' | 'removed' | 'place' | 'heading'>): string {
  return diff
    .split('\n')
    .map((line, index) => {
      // Only here: a removed line may begin with two hyphens, too.
      if (index < headerLines) return palette.heading(line);
      if (line.startsWith('@@')) return palette.place(line);
      if (line.startsWith('-')) return palette.removed(line);
      return line.startsWith('+') ? palette.added(line) : line;
    })
    .join('\n');
}

/** An empty range stands behind the line before it. */
function range(start: number, count: number): string {
  if (count === 0) return `${start - 1},0`;
  return count === 1 ? String(start) : `${start},${count}`;
}

function replacement(oldText: string, newText: string): { readonly head: string; readonly lines: readonly string[] } {
  const removed = linesOf(oldText);
  const added = linesOf(newText);
  return {
    head: `@@ -${range(1, removed.length)} +${range(1, added.length)} @@`,
    lines: [...removed.map((line) => `-${line}`), ...added.map((line) => `+${line}`)],
  };
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

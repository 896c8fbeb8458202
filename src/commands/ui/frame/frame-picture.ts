import { counted } from '../../../core/text.ts';
import { fitLine, line, span, wrapText, type Line, type Span } from '../screen/line.ts';
import type { FrameState } from './frame-state.ts';
import type { KeyHelp } from './view.ts';

/** What the lines at the top tell, whatever is shown below. */
export interface Standing {
  /** Where is read from, and where writes go. */
  readonly server: string;
  readonly source: string;
  readonly contextName: string | undefined;
  readonly allowsChanges: boolean;
  /** How fresh what is shown is, and what keeps it from being fresh. */
  readonly sight: Span;
}

export interface FrameSize {
  readonly columns: number;
  readonly rows: number;
}

/** Below this nothing can be told that is whole. */
export const leastSize: FrameSize = { columns: 40, rows: 10 };
/** Lines above and below a view. */
const above = 3;
const below = 1;

/** As much as is left for a view. */
export function viewSize({ columns, rows }: FrameSize): FrameSize {
  return { columns, rows: Math.max(0, rows - above - below) };
}

export interface FrameInput {
  readonly state: FrameState;
  readonly size: FrameSize;
  readonly standing: Standing;
  readonly tabs: readonly string[];
  readonly keys: readonly KeyHelp[];
  /** Of the view that is shown; called only when there is room for it. */
  readonly body: (size: FrameSize) => readonly Line[];
}

/** A picture of exactly as many lines as there are rows. */
export function framePicture({ state, size, standing, tabs, keys, body }: FrameInput): readonly Line[] {
  if (isTooSmall(size)) return tooSmall(size);
  const inner = viewSize(size);
  const shown = overlayLines(state, keys, inner) ?? body(inner);
  const lines = [
    ...standingLines(standing, size.columns),
    tabLine(state.tab, tabs),
    ...filled(shown, inner.rows),
    bottomLine(state, keys, size.columns),
  ];
  return lines.map((each) => fitLine(each, size.columns));
}

/** Whether nothing of the views, and of what is asked, is on the screen. */
export function isTooSmall({ columns, rows }: FrameSize): boolean {
  return columns < leastSize.columns || rows < leastSize.rows;
}

function tooSmall({ columns, rows }: FrameSize): readonly Line[] {
  const text = `too small: ${leastSize.columns}×${leastSize.rows} is the least, this is ${columns}×${rows}; q leaves`;
  return filled(
    wrapText(text, columns).map((each) => line(each)),
    rows,
  ).map((each) => fitLine(each, columns));
}

function filled(lines: readonly Line[], rows: number): readonly Line[] {
  return Array.from({ length: rows }, (_, row) => lines[row] ?? line(''));
}

function standingLines(
  { server, source, contextName, allowsChanges, sight }: Standing,
  columns: number,
): readonly [Line, Line] {
  const mode = allowsChanges ? span('changes allowed', 'warn') : span('read-only', 'good');
  const facts = [
    span(`source ${source}`),
    ...(contextName === undefined ? [] : [span(`context ${contextName}`)]),
    mode,
  ];
  // How fresh all of it is must be there on the narrowest screen too.
  const left = columns - sight.text.length - 2;
  const described = fitLine(
    { spans: facts.flatMap((fact, index) => (index === 0 ? [fact] : [span(' · '), fact])) },
    left,
  );
  return [line(span('maestro-cli ', 'strong'), span(server, 'place')), line(...described.spans, '  ', sight)];
}

function tabLine(tab: number, tabs: readonly string[]): Line {
  return line(
    ...tabs.flatMap((title, index) => [
      span(index === tab ? `[${index + 1} ${title}]` : ` ${index + 1} ${title} `, index === tab ? 'strong' : 'dim'),
      ' ',
    ]),
  );
}

function bottomLine({ prompt, told }: FrameState, keys: readonly KeyHelp[], columns: number): Line {
  if (prompt !== undefined) {
    // The end of what is typed is what is being typed.
    const room = columns - prompt.label.length - 2;
    const text = [...prompt.text].slice(-Math.max(1, room)).join('');
    return line(span(prompt.label, 'strong'), text, span('▏', 'strong'));
  }
  if (told !== undefined) return line(span(told, 'strong'));
  return line(span(hintsFor(keys, columns), 'dim'));
}

/** As many of the keys as there is room for; the last two are always there. */
function hintsFor(keys: readonly KeyHelp[], columns: number): string {
  const last = ['? help', 'q quit'];
  const shown: string[] = [];
  for (const { key, about } of keys) {
    if ([...shown, `${key} ${about}`, ...last].join(' · ').length > columns) break;
    shown.push(`${key} ${about}`);
  }
  return [...shown, ...last].join(' · ');
}

/** Keys that mean the same in every view. */
const commonKeys: readonly KeyHelp[] = [
  { key: '1 … 5, tab', about: 'another view' },
  { key: 'esc', about: 'back to the view that this one was opened from' },
  { key: 'y', about: 'show the name whole, to copy it' },
  { key: '?', about: 'this help' },
  {
    key: 'D, E, A',
    about: 'delete the work, edit it, apply a file to the cluster: with --allow-changes, after a question',
  },
  { key: 'ctrl-l', about: 'draw the screen anew' },
  { key: 'ctrl-z', about: 'stop for a while; fg comes back' },
  { key: 'q, ctrl-c', about: 'leave' },
];

function overlayLines(
  { overlay }: FrameState,
  keys: readonly KeyHelp[],
  { columns, rows }: FrameSize,
): readonly Line[] | undefined {
  if (overlay === undefined) return undefined;
  if (overlay.kind === 'name')
    // Nothing stands beside it, so that whole lines can be marked.
    return [line(span(overlay.note, 'dim')), line(''), ...wrapText(overlay.name, columns).map((part) => line(part))];
  if (overlay.kind === 'question') {
    const from = Math.min(overlay.from, Math.max(0, overlay.lines.length - rows));
    const hidden = overlay.lines.length - from - rows;
    if (hidden <= 0) return overlay.lines.slice(from, from + rows);
    const more = `… ${counted(hidden + 1, 'more line')} of what would be done; down and page-down show them`;
    return [...overlay.lines.slice(from, from + rows - 1), line(span(more, 'warn'))];
  }
  const all = [...keys, ...commonKeys];
  const width = Math.max(...all.map(({ key }) => key.length)) + 2;
  const lines = [
    line(span('Keys', 'strong'), span('  any other key goes back, up and down scroll', 'dim')),
    ...all.flatMap(({ key, about }) =>
      wrapText(about, columns - width).map((part, index) =>
        line(span((index === 0 ? key : '').padEnd(width), 'place'), part),
      ),
    ),
  ];
  const from = Math.min(overlay.from, Math.max(0, lines.length - rows));
  return lines.slice(from, from + rows);
}

import type { Stretch } from '../terminal/screen.ts';
import { escaped, monospace, picture, type Colours, type PictureText } from './svg.ts';

/** One line of a terminal: what was typed, what was answered, or a remark. */
export interface TerminalLine {
  readonly kind: 'typed' | 'answered' | 'remark';
  readonly text: string;
}

const fontSize = 13;
/** Fonts differ; each line is drawn exactly so wide. */
const characterWidth = 7.8;
const lineHeight = 19;
const margin = 16;
const barHeight = 28;

/** A terminal as a picture, as wide as its longest line. */
export function terminalPicture(text: PictureText, lines: readonly TerminalLine[]): string {
  const columns = Math.max(...lines.map((line) => line.text.length));
  const width = Math.ceil(columns * characterWidth) + 2 * margin;
  const height = barHeight + lines.length * lineHeight + 2 * margin - 6;
  const shapes = [
    ...windowShapes(width, height),
    ...lines.flatMap(({ kind, text: words }, index) =>
      words === ''
        ? []
        : [
            `<text class="${kind}" x="${margin}" y="${barHeight + margin + index * lineHeight + 6}" textLength="${(words.length * characterWidth).toFixed(1)}" lengthAdjust="spacingAndGlyphs">${escaped(words)}</text>`,
          ],
    ),
  ];
  return picture(text, { width, height }, { colours, css: [...css, '.remark { fill: var(--remark); }'] }, shapes);
}

const colours: Colours = {
  window: ['#f6f8fa', '#0d1117'],
  edge: ['#d0d7de', '#30363d'],
  typed: ['#0550ae', '#79c0ff'],
  answered: ['#1f2328', '#e6edf3'],
  remark: ['#59636e', '#9198a1'],
};

const css = [
  `text { font: ${fontSize}px ${monospace}; white-space: pre; }`,
  '.window { fill: var(--window); stroke: var(--edge); }',
  '.button { fill: var(--edge); }',
  '.typed { fill: var(--typed); font-weight: 600; }',
  '.answered { fill: var(--answered); }',
];

function windowShapes(width: number, height: number): readonly string[] {
  return [
    `<rect class="window" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    ...[0, 1, 2].map((index) => `<circle class="button" cx="${20 + index * 18}" cy="17" r="5"/>`),
  ];
}

/** The eight colours of a terminal and their bright forms, as they can be read on both papers. */
const paint: Colours = {
  c0: ['#59636e', '#6e7681'],
  c1: ['#cf222e', '#ff7b72'],
  c2: ['#116329', '#3fb950'],
  c3: ['#7d4e00', '#d29922'],
  c4: ['#0969da', '#58a6ff'],
  c5: ['#8250df', '#bc8cff'],
  c6: ['#1b7c83', '#39c5cf'],
  c7: ['#59636e', '#b1bac4'],
};

/** What a real terminal shows, cell by cell, below the line that was typed. */
export function screenPicture(
  text: PictureText,
  {
    typed,
    columns,
    rows,
  }: { readonly typed: string; readonly columns: number; readonly rows: readonly (readonly Stretch[])[] },
): string {
  const width = Math.ceil(columns * characterWidth) + 2 * margin;
  const height = barHeight + (rows.length + 1) * lineHeight + 2 * margin - 6;
  const shapes = [
    ...windowShapes(width, height),
    ...stretchShapes({ text: typed, bold: false, dim: false, inverse: false, underline: false }, 0, 0, 'typed'),
    ...rows.flatMap((row, index) => {
      let column = 0;
      return row.flatMap((stretch) => {
        const at = column;
        column += stretch.text.length;
        return stretchShapes(stretch, at, index + 1, 'answered');
      });
    }),
  ];
  return picture(
    text,
    { width, height },
    {
      colours: { ...colours, ...paint },
      css: [
        ...css,
        ...Object.keys(paint).flatMap((name) => [`.${name} { fill: var(--${name}); }`]),
        '.bold { font-weight: 600; }',
        '.dim { fill: var(--remark); }',
        '.on { fill: var(--answered); }',
        '.inverse { fill: var(--window); }',
        '.underline { text-decoration: underline; }',
      ],
    },
    shapes,
  );
}

function stretchShapes(stretch: Stretch, column: number, row: number, plain: string): readonly string[] {
  const { text, colour, background, bold, dim, inverse, underline } = stretch;
  const x = (margin + column * characterWidth).toFixed(1);
  const y = barHeight + margin + row * lineHeight;
  const width = (text.length * characterWidth).toFixed(1);
  const paper = inverse
    ? colour === undefined
      ? 'on'
      : `c${colour % 8}`
    : background === undefined
      ? undefined
      : `c${background % 8}`;
  const classes = [
    inverse ? 'inverse' : colour === undefined ? plain : `c${colour % 8}`,
    ...(bold ? ['bold'] : []),
    ...(dim ? ['dim'] : []),
    ...(underline ? ['underline'] : []),
  ];
  return [
    ...(paper === undefined
      ? []
      : [`<rect class="${paper}" x="${x}" y="${y - 8}" width="${width}" height="${lineHeight}"/>`]),
    ...(text.trim() === ''
      ? []
      : [
          `<text class="${classes.join(' ')}" x="${x}" y="${y + 6}" textLength="${width}" lengthAdjust="spacingAndGlyphs">${escaped(text)}</text>`,
        ]),
  ];
}

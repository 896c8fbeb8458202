import { escaped, monospace, picture, type PictureText } from './svg.ts';

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
    `<rect class="window" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    ...[0, 1, 2].map((index) => `<circle class="button" cx="${20 + index * 18}" cy="17" r="5"/>`),
    ...lines.flatMap(({ kind, text: words }, index) =>
      words === ''
        ? []
        : [
            `<text class="${kind}" x="${margin}" y="${barHeight + margin + index * lineHeight + 6}" textLength="${(words.length * characterWidth).toFixed(1)}" lengthAdjust="spacingAndGlyphs">${escaped(words)}</text>`,
          ],
    ),
  ];
  return picture(
    text,
    { width, height },
    {
      colours: {
        window: ['#f6f8fa', '#0d1117'],
        edge: ['#d0d7de', '#30363d'],
        typed: ['#0550ae', '#79c0ff'],
        answered: ['#1f2328', '#e6edf3'],
        remark: ['#59636e', '#9198a1'],
      },
      css: [
        `text { font: ${fontSize}px ${monospace}; white-space: pre; }`,
        '.window { fill: var(--window); stroke: var(--edge); }',
        '.button { fill: var(--edge); }',
        '.typed { fill: var(--typed); font-weight: 600; }',
        '.answered { fill: var(--answered); }',
        '.remark { fill: var(--remark); }',
      ],
    },
    shapes,
  );
}

import type { Palette } from '../../../output/colour.ts';
import type { Line, Tone } from './line.ts';

/** Makes the text of a line, with its colours. */
export type Painter = (line: Line) => string;

/** @param palette the colours of all other output; without colour its members give the text back */
export function painter(palette: Palette): Painter {
  const paint = (text: string, tone: Tone): string => {
    if (typeof tone === 'object') return palette.state(tone.state, text);
    switch (tone) {
      case 'plain':
        return text;
      case 'strong':
        return palette.heading(text);
      case 'dim':
        return palette.skip(text);
      case 'place':
        return palette.place(text);
      case 'good':
        return palette.pass(text);
      case 'warn':
        return palette.warn(text);
      case 'bad':
        return palette.fail(text);
      case 'added':
        return palette.added(text);
      case 'removed':
        return palette.removed(text);
    }
  };
  return ({ spans, selected }) => {
    const text = spans.map((span) => paint(span.text, span.tone)).join('');
    return selected === true ? palette.selected(text) : text;
  };
}

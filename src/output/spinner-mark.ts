import type { BottomLine } from '../context.ts';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;
const frameMs = 100;

/** What turns before a line while something goes on. */
export function spinnerMark(wallMs: number, colour: boolean): NonNullable<BottomLine['before']> {
  const frame = frames[Math.floor(wallMs / frameMs) % frames.length] ?? frames[0];
  return { text: colour ? `\u001B[36m${frame}\u001B[39m ` : `${frame} `, columns: 2 };
}

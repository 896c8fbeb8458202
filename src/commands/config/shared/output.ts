import type { OutputStream } from '../../../context.ts';

/** The one thing that was asked for: a name, or a path. */
export function printAnswer(text: string, stdout: OutputStream): void {
  stdout.write(`${text}\n`);
}

/** What was done to a context. */
export function printChanged(name: string, what: string, stdout: OutputStream): void {
  stdout.write(`context/${name} ${what}\n`);
}

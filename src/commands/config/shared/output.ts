import type { Context } from '../../../context.ts';

type Streams = Pick<Context, 'stdout' | 'stderr'>;

/** The one thing that was asked for: a name, or a path. */
export function printAnswer(text: string, { stdout }: Pick<Streams, 'stdout'>): void {
  stdout.write(`${text}\n`);
}

/**
 * What was done to a context.
 *
 * @param warning what it does not change, though one might think so
 */
export function printChanged(name: string, what: string, { stdout, stderr }: Streams, warning?: string): void {
  stdout.write(`context/${name} ${what}\n`);
  if (warning !== undefined) stderr.write(`warning: ${warning}\n`);
}

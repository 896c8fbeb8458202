import { createInterface } from 'node:readline/promises';
import { Readable, Writable } from 'node:stream';
import type { Context } from '../context.ts';
import { MaestroError } from '../errors.ts';

/** @throws MaestroError usage where nobody could answer, so that -y is needed */
export function refuseWithoutTerminal(context: Context): void {
  if (!context.interactive) throw new MaestroError('usage', 'this asks first, and there is no terminal to ask on', { hint: 'Give -y.' });
}

/**
 * Asks on a terminal; elsewhere -y is needed.
 *
 * @throws MaestroError usage when the answer is not yes
 */
export async function confirm(question: string, context: Context): Promise<void> {
  refuseWithoutTerminal(context);
  const input = Readable.from(context.stdin());
  const output = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      context.stderr.write(chunk.toString());
      done();
    },
  });
  const prompt = createInterface({ input, output });
  try {
    const answer = await prompt.question(`${question} [y/N] `, { signal: context.signal });
    if (!/^y(es)?$/i.test(answer.trim())) throw new MaestroError('usage', 'not confirmed, nothing was done');
  } finally {
    prompt.close();
    input.destroy();
  }
}

import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline/promises';
import { Readable, Writable } from 'node:stream';
import type { Context } from '../context.ts';
import { oneLine } from '../core/shown-text.ts';
import { MaestroError } from '../errors.ts';

/** @throws MaestroError usage where nobody could answer, so that -y is needed */
export function refuseWithoutTerminal({ interactive }: Pick<Context, 'interactive'>): void {
  if (!interactive)
    throw new MaestroError('usage', 'this asks first, and there is no terminal to ask on', { hint: 'Give -y.' });
}

/**
 * Asks on a terminal; elsewhere -y is needed.
 *
 * @throws MaestroError usage when the answer is not yes
 */
export async function confirm(
  question: string,
  context: Pick<Context, 'interactive' | 'stdin' | 'stderr' | 'signal'>,
): Promise<void> {
  refuseWithoutTerminal(context);
  const input = Readable.from(context.stdin());
  const output = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      context.stderr.write(chunk.toString());
      done();
    },
  });
  const prompt = createInterface({ input, output });
  let answer: string | undefined;
  try {
    answer = await Promise.race([
      prompt.question(`${oneLine(question)} [y/N] `, { signal: context.signal }),
      ended(prompt),
    ]);
    if (!/^y(es)?$/i.test(answer.trim())) throw notConfirmed();
  } catch (caught) {
    // The error must not stand behind the question.
    if (answer === undefined) context.stderr.write('\n');
    throw context.signal.aborted ? MaestroError.fromAbort(context.signal) : caught;
  } finally {
    prompt.close();
    input.destroy();
  }
}

/** An input that ends (Ctrl-D) is no answer, and the question would stay open. */
async function ended(prompt: Interface): Promise<never> {
  await once(prompt, 'close');
  throw notConfirmed();
}

function notConfirmed(): MaestroError {
  return new MaestroError('usage', 'not confirmed, nothing was done');
}

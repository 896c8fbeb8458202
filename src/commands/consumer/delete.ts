import { createInterface } from 'node:readline/promises';
import { Readable, Writable } from 'node:stream';
import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import type { ConsumerDeleteOptions } from './commands.ts';
import { printConsumer } from './print.ts';
import { findConsumer, withMaestro } from './shared.ts';

export async function run(options: ConsumerDeleteOptions, context: Context): Promise<CommandResult> {
  return withMaestro(options, context, async (maestro, budget) => {
    const consumer = await findConsumer(maestro, options.name, budget);
    if (!options.yes) await confirm(`Unregister the consumer ${consumer.name} (${consumer.id})?`, context);
    await maestro.reader.deleteConsumer(consumer.id, budget);
    printConsumer(consumer, options, context, 'deleted');
    return { exitCode: ExitCode.Done };
  });
}

/** Asks on a terminal; elsewhere nobody could answer, so -y is needed. */
async function confirm(question: string, context: Context): Promise<void> {
  if (!context.interactive) throw new MaestroError('usage', 'this asks first, and there is no terminal to ask on', { hint: 'Give -y.' });
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

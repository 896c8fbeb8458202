import type { Context } from '../../../context.ts';
import { MaestroError } from '../../../errors.ts';
import type { OutputOption, ReadyOutput } from '../../../output/output-option.ts';

/**
 * Reads the file of columns, when `-o` names one.
 *
 * @throws MaestroError usage, before anything is asked of Maestro
 */
export async function readyOutput<Format extends string>(
  output: OutputOption<Format>,
  context: Pick<Context, 'cwd' | 'stdin' | 'signal'>,
): Promise<ReadyOutput<Format>> {
  if (!('file' in output)) return output;
  const { readInput } = await import('../../../io/input-files.ts');
  const { parseCustomColumnsFile } = await import('../../../output/custom-columns.ts');
  try {
    const { name, text } = await readInput(output.file, context);
    return { format: 'custom-columns', columns: parseCustomColumnsFile(text, name) };
  } catch (error) {
    context.signal.throwIfAborted();
    const { code, message, hint } = MaestroError.from(error);
    if (code !== 'invalid-input') throw error;
    throw new MaestroError('usage', message, { ...(hint === undefined ? {} : { hint }), cause: error });
  }
}

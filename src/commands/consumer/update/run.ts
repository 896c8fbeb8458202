import type { CommandResult } from '../../../command-line/command-spec.ts';
import type { Context } from '../../../context.ts';
import { canonicalJson } from '../../../core/json.ts';
import { ExitCode } from '../../../exit-code.ts';
import { nameTarget } from '../../shared/write/name-target.ts';
import { withMaestro, type MaestroContext } from '../../shared/with-maestro.ts';
import { findConsumer } from '../shared/find-consumer.ts';
import { printConsumer } from '../shared/output.ts';
import type { ConsumerUpdateOptions } from './options.ts';

/** Reads the labels, changes those that were named, and writes the whole map back, as Maestro wants it. */
export async function run(
  options: ConsumerUpdateOptions,
  context: MaestroContext & Pick<Context, 'nameTarget' | 'stdout'>,
): Promise<CommandResult> {
  return withMaestro(options, context, async (session) => {
    nameTarget(options, context, { channel: 'http' });
    const { maestro, budget } = session;
    const consumer = await findConsumer(options.name, session);
    const kept = Object.entries(consumer.labels).filter(([key]) => !options.removeLabels.includes(key));
    const labels = { ...Object.fromEntries(kept), ...options.labels };
    const same = canonicalJson(labels) === canonicalJson(consumer.labels);
    const updated = same ? consumer : await maestro.reader.updateConsumer(consumer.id, labels, budget);
    printConsumer(updated, options.output, context, same ? 'unchanged' : 'updated');
    return { exitCode: ExitCode.Done };
  });
}

import { readConsumerList } from '../core/fleet/consumer-list.ts';
import { readInput, type Source } from '../io/input-files.ts';
import type { ConsumerChoice } from '../operations/fleet/choose-consumers.ts';
import type { ConsumersOption } from './consumer-choice.ts';

/** Reads the file of names, when consumers are chosen by one. */
export async function readConsumerChoice(option: ConsumersOption, source: Source): Promise<ConsumerChoice> {
  if (option.kind !== 'file') return option;
  const { text, name } = await readInput(option.path, source);
  return { kind: 'named', names: readConsumerList(text, name) };
}

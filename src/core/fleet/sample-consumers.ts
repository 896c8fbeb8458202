import { MaestroError } from '../../errors.ts';
import { isJsonObject, parseJson, type JsonValue } from '../json.ts';
import { isDnsLabel } from '../works/names.ts';
import { readConsumerList } from './consumer-list.ts';
import type { TemplateConsumer } from './consumer-template.ts';

/** A consumer that a template is tried with. */
export interface SampleConsumer {
  readonly name: string;
  /** All that it has; undefined when nobody said. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Stands for the name of any consumer. */
export const sampleName = 'sample-consumer';
/** Stands for the value of any label: a word that names, labels and most texts take. */
export const sampleLabel = 'sample';

/**
 * Reads consumers to try a template with: what `consumer list -o json` prints,
 * so names with all of their labels, or a list of names.
 *
 * @param file as messages name it
 * @throws MaestroError usage for anything else
 */
export function readSampleConsumers(text: string, file: string): readonly SampleConsumer[] {
  if (!/^\s*[[{]/.test(text.replace(/^\uFEFF/, ''))) return readConsumerList(text, file).map((name) => ({ name }));
  const refuse = (what: string): never => {
    throw new MaestroError('usage', `${file}: ${what}`, {
      hint: 'It takes what maestro-cli consumer list -o json prints, or one name a line.',
    });
  };
  let value: JsonValue;
  try {
    value = parseJson(text.replace(/^\uFEFF/, ''));
  } catch {
    return refuse('this begins as JSON and is none');
  }
  const items = isJsonObject(value) ? value['items'] : value;
  if (!Array.isArray(items) || items.length === 0) return refuse('this lists no consumers');
  return (items as readonly JsonValue[]).map((item, index) => {
    const { name, labels = {} } = isJsonObject(item) ? item : {};
    if (typeof name !== 'string' || !isDnsLabel(name))
      return refuse(`the consumer at ${index} has no name of a consumer`);
    if (!isJsonObject(labels)) return refuse(`the labels of ${name} are no map`);
    const texts = Object.entries(labels).flatMap(([key, label]) => (typeof label === 'string' ? [[key, label]] : []));
    return { name, labels: Object.fromEntries(texts) as Record<string, string> };
  });
}

/** A consumer to fill in, with samples where nothing is known of it. */
export function filledSample({ name, labels }: SampleConsumer, keys: readonly string[]): TemplateConsumer {
  return { name, labels: labels ?? Object.fromEntries(keys.map((key) => [key, sampleLabel])) };
}

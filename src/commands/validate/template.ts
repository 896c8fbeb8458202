import {
  labelsIn,
  missingLabels,
  renderWork,
  templateProblems,
  usedLabels,
} from '../../core/fleet/consumer-template.ts';
import {
  filledSample,
  readSampleConsumers,
  sampleLabel,
  sampleName,
  type SampleConsumer,
} from '../../core/fleet/sample-consumers.ts';
import { isJsonObject, type JsonValue } from '../../core/json.ts';
import { listed } from '../../core/text.ts';
import { workDocument } from '../../core/works/document.ts';
import type { ManifestWork } from '../../core/works/manifest-work.ts';
import type { Problem } from '../../core/works/problem.ts';
import type { WorkInput } from '../../core/works/read-works.ts';
import { pathText, type JsonPath } from '../../core/yaml/json-path.ts';
import { readInput, type Source } from '../../io/input-files.ts';
import type { FilledIn } from '../../output/findings/finding.ts';
import type { TemplateOptions } from './options.ts';

/** A work as one consumer would get it. */
export interface FilledWork {
  readonly input: WorkInput;
  readonly consumer: string;
}

/** What a template is checked with: the consumers that were given, or one that stands for any. */
export async function sampleConsumers(
  { name, labels, from }: TemplateOptions,
  source: Source,
): Promise<readonly SampleConsumer[]> {
  const given = labels === undefined ? {} : { labels };
  if (from === undefined) return [{ name: name ?? sampleName, ...given }];
  const { text, name: file } = await readInput(from, source);
  return readSampleConsumers(text, file).map((consumer) => ({ ...given, ...consumer }));
}

/** What stands for the expressions of these works, as the report tells it. */
export function filledInto(
  works: readonly WorkInput[],
  consumers: readonly SampleConsumer[],
  { name, from }: TemplateOptions,
): FilledIn {
  const keys = [...new Set(works.flatMap(({ work }) => usedLabels(work).map(({ key }) => key)))].sort();
  const isSampled = consumers.some(({ labels }) => labels === undefined);
  const isNamed = name !== undefined || from !== undefined;
  return {
    consumers: isNamed ? consumers.map((consumer) => consumer.name) : [],
    samples: {
      ...(isNamed ? {} : { 'consumer.name': sampleName }),
      ...(isSampled ? Object.fromEntries(keys.map((key) => [`consumer.labels["${key}"]`, sampleLabel])) : {}),
    },
  };
}

/**
 * Checks a template: its expressions first, and then what becomes of it on
 * each consumer. What all of them have wrong is told once; else it is told
 * whose it is. Places are those in the template.
 *
 * @param check what is wrong with a work as it goes to one consumer
 */
export function checkTemplate(
  input: WorkInput,
  consumers: readonly SampleConsumer[],
  check: (filled: FilledWork) => readonly Problem[],
): readonly Problem[] {
  const wrong = templateProblems(input.work);
  if (wrong.length > 0) return wrong.map((problem) => ({ rule: 'template-expression', ...problem }));
  const found = new Map<string, { readonly problem: Problem; readonly consumers: string[] }>();
  for (const consumer of consumers) {
    for (const problem of problemsOn(consumer, input, check)) {
      const key = JSON.stringify([problem.severity, pathText(problem.path), problem.message, problem.rule]);
      const known = found.get(key) ?? { problem, consumers: [] };
      found.set(key, known);
      if (known.consumers.at(-1) !== consumer.name) known.consumers.push(consumer.name);
    }
  }
  return [...found.values()].map(({ problem, consumers: names }) => {
    const isCommon = names.length === consumers.length && problem.rule !== 'missing-label';
    return isCommon ? problem : { ...problem, message: `${problem.message}, on ${listed(names)}` };
  });
}

/** A work as a consumer would get it, with samples for what is not known of it. */
export function filledWork(work: ManifestWork, consumer: SampleConsumer): ManifestWork {
  const keys = consumer.labels === undefined ? usedLabels(work).map(({ key }) => key) : [];
  return renderWork(work, filledSample(consumer, keys));
}

function problemsOn(
  sample: SampleConsumer,
  input: WorkInput,
  check: (filled: FilledWork) => readonly Problem[],
): readonly Problem[] {
  const missing = sample.labels === undefined ? [] : missingLabels(usedLabels(input.work), filledSample(sample, []));
  if (missing.length > 0) {
    return missing.map(({ key, path }) => ({
      severity: 'error',
      rule: 'missing-label',
      path,
      message: `the label ${key} is missing`,
    }));
  }
  const problems = check({ input: { ...input, work: filledWork(input.work, sample) }, consumer: sample.name });
  if (sample.labels !== undefined) return problems;
  const document = workDocument(input.work);
  return problems.map((problem) => softened(problem, document));
}

/** A made-up value can be wrong where the real one is not: then it is a question, and no answer. */
function softened(problem: Problem, template: JsonValue): Problem {
  const text = valueAt(template, problem.path);
  const [key] = typeof text === 'string' ? labelsIn(text) : [];
  if (key === undefined) return problem;
  const suggestion = `"${sampleLabel}" stands for the label ${key} here; --consumer-label ${key}=VALUE checks with a real one`;
  return { ...problem, severity: 'warning', suggestion };
}

function valueAt(value: JsonValue | undefined, path: JsonPath): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((at, key) => {
    if (typeof key === 'number') return Array.isArray(at) ? (at as readonly JsonValue[])[key] : undefined;
    return isJsonObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }, value);
}

/** `filled in: consumer.name = sample-consumer (samples; …)`, for people. */
export function filledInText({ consumers, samples }: FilledIn): string {
  const made = Object.entries(samples).map(([expression, value]) => `${expression} = ${value}`);
  const real =
    consumers.length === 0
      ? []
      : [`${consumers.length === 1 ? 'consumer' : `${consumers.length} consumers`} ${listed(consumers)}`];
  const how = made.length === 0 ? '' : ` (made up; --consumer, --consumer-label and --consumers-from give real ones)`;
  return `filled in: ${[...real, ...made].join(', ')}${how}`;
}

import type { SampleConsumer } from '../../core/fleet/sample-consumers.ts';
import type { KnownObjects } from '../../core/schemas/check-objects.ts';
import type { Problem } from '../../core/works/problem.ts';
import type { WorkInput } from '../../core/works/read-works.ts';
import type { Finding, FoundReport } from '../../output/findings/finding.ts';
import { checkWork } from '../shared/input/check-work.ts';
import { checkedWork, findingOf } from './findings.ts';
import type { ValidateOptions } from './options.ts';
import { groupWorks, type WorkGroup } from './group-works.ts';
import type { ManifestSource } from '../shared/input/read-manifests.ts';
import type { ReadSchemas } from '../shared/input/read-schemas.ts';
import { fileFinding, readFiles, type ReadFile } from './read-files.ts';
import { checkTemplate, filledInto, filledWork, sampleConsumers } from './template.ts';

/** Reads and checks all that the options name, offline. @throws MaestroError usage */
export async function inspect(
  options: ValidateOptions,
  context: ManifestSource,
  warn: (text: string) => void,
): Promise<FoundReport> {
  const consumers = options.template === undefined ? undefined : await sampleConsumers(options.template, context);
  const files = await readFiles(options, context, warn);
  const groups = groupWorks(files, options.name);
  const works = groups.flatMap((group) => group.works.map((input) => ({ input, group })));
  const needed = options.schemas.use && (works.length > 0 || options.schemas.files.length > 0);
  const given = needed ? await loadSchemas(options, works, context) : undefined;
  const withoutSchema = new Set<string>();
  const findings: Finding[] = [
    ...nothingAtAll(files, groups),
    ...files.flatMap((file) => file.findings),
    ...(given?.findings ?? []),
    ...groups.flatMap((group) => group.problems.map((problem) => findingOf(problem, undefined, group))),
    ...works.flatMap(({ input, group }) =>
      problemsOf(input, { consumers, known: given?.known, withoutSchema }).map((problem) =>
        findingOf(problem, input, group),
      ),
    ),
    ...consumerMismatches(works, options),
    ...duplicatesOn(works, consumers),
  ];
  const names = [...new Set([...files.flatMap(namesOf), ...findings.map((finding) => finding.file)])];
  return {
    files: names,
    works: works.map(({ input, group }) => checkedWork(filledWith(input, consumers?.[0]), group)),
    findings: sorted(findings, names),
    withoutSchema: [...withoutSchema].sort(),
    ...(options.template === undefined || consumers === undefined
      ? {}
      : {
          filledIn: filledInto(
            works.map(({ input }) => input),
            consumers,
            options.template,
          ),
        }),
    excerpts: new Map(files.flatMap(({ excerpts }) => [...(excerpts ?? [])])),
  };
}

interface CheckTools {
  /** That a template is tried with. */
  readonly consumers: readonly SampleConsumer[] | undefined;
  readonly known: KnownObjects | undefined;
  readonly withoutSchema: Set<string>;
}

function problemsOf(input: WorkInput, { consumers, known, withoutSchema }: CheckTools): readonly Problem[] {
  if (consumers === undefined) return checkWork(input, known, withoutSchema);
  return checkTemplate(input, consumers, (filled) => [
    ...checkWork(filled.input, known, withoutSchema),
    ...mismatches(filled.input, filled.consumer, `is not ${filled.consumer}, where the work goes`),
  ]);
}

/** With the name of the template: what is told of a work is told of all that it becomes. */
function filledWith(input: WorkInput, consumer: SampleConsumer | undefined): WorkInput {
  return consumer === undefined
    ? input
    : { ...input, work: { ...filledWork(input.work, consumer), name: input.work.name } };
}

/** A file is one place to look in, and each document of a kustomization, which is in no file. */
function namesOf({ name, documents }: ReadFile): readonly string[] {
  return documents.length === 0 ? [name] : documents.map(({ file }) => file);
}

interface FoundWork {
  readonly input: WorkInput;
  readonly group: WorkGroup;
}

/** Unpacking and compiling schemas takes longer than all other checks, so it is loaded only when used. */
async function loadSchemas(
  options: ValidateOptions,
  works: readonly FoundWork[],
  context: ManifestSource,
): Promise<ReadSchemas> {
  const { readSchemas } = await import('../shared/input/read-schemas.ts');
  const files = await readFiles({ files: options.schemas.files }, context, () => undefined);
  return readSchemas(
    files,
    works.flatMap(({ input }) => input.work.manifests),
  );
}

function nothingAtAll(files: readonly ReadFile[], groups: readonly WorkGroup[]): Finding[] {
  const silent = files.every((file) => file.findings.every(({ severity }) => severity === 'warning'));
  const nothing = silent && groups.every(({ works, problems }) => works.length === 0 && problems.length === 0);
  return nothing ? [fileFinding(files[0]?.name ?? '', 'no-manifest', 'there is no manifest in any of the files')] : [];
}

function consumerMismatches(works: readonly FoundWork[], { consumer }: ValidateOptions): Finding[] {
  if (consumer === undefined) return [];
  return works.flatMap(({ input, group }) =>
    mismatches(input, consumer.name, `contradicts --consumer=${consumer.name}`).map((problem) =>
      findingOf(problem, input, group),
    ),
  );
}

function mismatches({ work: { namespace } }: WorkInput, consumer: string, how: string): readonly Problem[] {
  if (namespace === undefined || namespace === consumer) return [];
  const message = `${namespace} ${how}`;
  return [{ severity: 'error', rule: 'consumer-mismatch', path: ['metadata', 'namespace'], message }];
}

/** Names that differ in the template may be one on a consumer. */
function duplicatesOn(works: readonly FoundWork[], consumers: readonly SampleConsumer[] | undefined): Finding[] {
  if (consumers === undefined) return duplicateWorks(works);
  const found = new Map<string, Finding>();
  for (const consumer of works.length < 2 ? [] : consumers) {
    const filled = works.map(({ input, group }) => ({
      input: { ...input, work: filledWork(input.work, consumer) },
      group,
    }));
    for (const finding of duplicateWorks(filled)) {
      const key = `${finding.file}:${finding.line}:${finding.column}`;
      if (!found.has(key)) found.set(key, finding);
    }
  }
  return [...found.values()];
}

/** Files of one directory may be meant for different consumers; within one file nobody could tell them apart. */
function duplicateWorks(works: readonly FoundWork[]): Finding[] {
  const seen = new Map<string, string>();
  return works.flatMap(({ input, group }) => {
    if (group.plain) return [];
    const { name, namespace } = input.work;
    const key = JSON.stringify([namespace ?? '', name]);
    const place = input.locate(['metadata', 'name']);
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, `${place?.file ?? ''}:${place?.line ?? 1}`);
      return [];
    }
    const sameFile = first.startsWith(`${place?.file ?? ''}:`);
    const message = `the work ${name} is given twice; apply refuses both together`;
    return [
      findingOf(
        {
          severity: sameFile ? 'error' : 'warning',
          rule: 'duplicate-work',
          path: ['metadata', 'name'],
          message,
          suggestion: `the first is at ${first}`,
        },
        input,
        group,
      ),
    ];
  });
}

function sorted(findings: readonly Finding[], files: readonly string[]): readonly Finding[] {
  const rank = new Map(files.map((file, index) => [file, index]));
  return findings.toSorted(
    (a, b) => (rank.get(a.file) ?? 0) - (rank.get(b.file) ?? 0) || a.line - b.line || a.column - b.column,
  );
}

import { namesManifests, type ManifestInput } from '../../../command-line/manifest-input.ts';
import type { Context } from '../../../context.ts';
import { matchesSelector } from '../../../core/expressions/selectors.ts';
import type { Selector } from '../../../core/expressions/syntax-tree.ts';
import { foreseenRefusals } from '../../../core/kinds/check-object.ts';
import { kindFinder } from '../../../core/kinds/known-kinds.ts';
import { builtByAnnotation } from '../../../core/ownership/owners.ts';
import { builtFromAnnotation } from '../../../core/works/own-annotations.ts';
import { labelledWork } from '../../../core/works/adapter.ts';
import { adapterWorkName } from '../../../core/works/names.ts';
import { manifestKey, manifestLabel, type ManifestKey, type ManifestWork } from '../../../core/works/manifest-work.ts';
import { problemText, warningText, type Problem } from '../../../core/works/problem.ts';
import { manifestsPath } from '../../../core/works/validate.ts';
import { holdsManifest, readWorks, type WorkInput } from '../../../core/works/read-works.ts';
import { MaestroError } from '../../../errors.ts';
import type { ApplyRequest } from '../../../operations/apply/plan.ts';
import { checkConsumerName, problemsOfRead, refuseElsewhere } from '../../../operations/fit-work.ts';
import { checkBeforeWrite } from '../../../operations/wait/check-condition.ts';
import type { Reporter } from '../../../output/reporter.ts';
import { asManifestWork } from './loose-source.ts';
import { readManifestFiles } from './read-manifests.ts';
import type { WriteOptions } from '../write/write-options.ts';

/** A work ready to be sent, and where to. */
export interface PreparedWork {
  readonly work: ManifestWork;
  readonly consumer: string;
  /** The version that must be stored: the one asked for, or the one that the document was read at. */
  readonly ifVersion?: number;
  /** The document named the version, and nobody else. */
  readonly ifVersionOfDocument?: boolean;
  /** When the row was made that must be stored, as the server says: another work of the name has another one. */
  readonly ifCreatedAt?: string;
  /** Who writes it: who was named, else the one that `build` made the document for. */
  readonly manager: string;
}

/**
 * Reads and checks everything before anything is sent: one bad document among
 * many means that none of them goes out.
 *
 * @param isLoose shorter forms of a ManifestWork are taken, too: `build` makes one work at a time of them
 * @throws MaestroError invalid-input with every problem, or usage
 */
export async function prepareWorks(
  options: WriteOptions,
  context: Context,
  reporter: Reporter,
  isLoose = false,
): Promise<readonly PreparedWork[]> {
  const { adapter, consumer } = options;
  const ofAdapter = adapter === undefined || consumer === undefined ? adapter : adapterWorkName(consumer, adapter);
  const read = await readInputWorks({ ...options, name: options.name ?? ofAdapter, isLoose }, context, (text) =>
    reporter.warn(text),
  );
  const works = read.works.map((input) => ({ ...input, work: namedAfterAdapter(input.work, options) }));
  const { problems } = read;
  const check = await checksFor(works, options);
  // Without files nothing is brought, only taken out.
  const found = !namesManifests(options) ? [] : works.flatMap((input) => locatedProblems(check(input), input));
  refuseProblems([...problems, ...found], reporter);
  if (options.ifVersion !== undefined && works.length > 1) {
    throw new MaestroError('usage', `--if-version names the version of one work, and there are ${works.length}`);
  }
  const prepared = works.map((input): PreparedWork => ({
    work: input.work,
    consumer: consumerOf(input.work, options),
    ...writtenAs(input, input.work, options),
  }));
  refuseDuplicates(prepared);
  for (const { work, ifVersion, ifVersionOfDocument = false } of prepared) {
    refuseBroughtAndDropped(work, options.drops ?? []);
    if (options.overwrite && ifVersionOfDocument)
      reporter.warn(
        `${work.name}: the document was read at version ${ifVersion}; --overwrite writes over whatever is stored`,
      );
  }
  // What a merge leaves behind is known when the work has been read.
  if (!options.merge)
    for (const { work } of prepared) checkBeforeWrite(work, options.await, (text) => reporter.warn(text));
  return prepared;
}

/**
 * What is checked of a work: the rules of the server and of agents, and in a
 * dry run, which is about nothing else, the schemas too. They take twice the
 * time and more memory than all the rest of an apply (docs/performance.md), so
 * a run that sends leaves them to `validate`, and to the cluster. What every
 * cluster refuses is an error of a dry run and a warning of one that sends.
 */
export async function checksFor(
  works: readonly WorkInput[],
  { dryRun }: Pick<WriteOptions, 'dryRun'>,
): Promise<(input: WorkInput) => readonly Problem[]> {
  if (dryRun !== 'client') {
    const find = kindFinder(works.flatMap(({ work }) => work.manifests));
    return ({ work }) => [...problemsOfRead(work), ...foreseenRefusals(work, find, manifestsPath)];
  }
  const { openChecks } = await import('./open-checks.ts');
  return openChecks(works);
}

/**
 * At which version a work is written, and for whom.
 *
 * @param work as it goes out, with what was filled in for its consumer
 * @throws MaestroError usage when the document and --if-version name different versions
 */
export function writtenAs(
  input: WorkInput,
  work: ManifestWork,
  options: WriteOptions,
): Pick<PreparedWork, 'ifVersion' | 'ifVersionOfDocument' | 'manager'> {
  const manager = options.manager ?? (work.annotations[builtByAnnotation] || options.source);
  const readAt = input.readAt ?? builtFromVersion(work);
  const { ifVersion } = options;
  if (ifVersion === undefined)
    return { manager, ...(readAt === undefined ? {} : { ifVersion: readAt, ifVersionOfDocument: true }) };
  if (readAt !== undefined && readAt !== ifVersion) {
    throw new MaestroError(
      'usage',
      `${work.name} was read at version ${readAt} (metadata.resourceVersion), which contradicts --if-version=${ifVersion}`,
      {
        hint: 'Nothing was sent. Leave one of the two out.',
      },
    );
  }
  return { manager, ifVersion };
}

/** What is asked of the operation for one work. */
export function requestOf(prepared: PreparedWork, options: WriteOptions): ApplyRequest {
  const { work, consumer, manager, ifVersion, ifVersionOfDocument = false, ifCreatedAt } = prepared;
  const { source, overwrite, merge, adds = false, drops = [], force, noRemove } = options;
  const pinned =
    ifVersion === undefined || (overwrite && ifVersionOfDocument) ? {} : { ifVersion, ifVersionOfDocument };
  return {
    source,
    consumer,
    work,
    overwrite,
    manager,
    merge,
    adds,
    ...(drops.length === 0
      ? {}
      : { drops: (key: ManifestKey) => drops.some((selector) => matchesSelector(selector, key)) }),
    force,
    noRemove,
    ...pinned,
    ...(ifCreatedAt === undefined ? {} : { ifCreatedAt }),
  };
}

/** Which files are read, and as what. */
interface ReadRequest extends Pick<WriteOptions, keyof ManifestInput | 'adapter'> {
  /** Of plain manifests, and in the place of the name in a document. */
  readonly name: string | undefined;
  readonly isLoose?: boolean;
}

/** The works of the files that were named, and what is wrong with their envelopes. */
export async function readInputWorks(
  { name, adapter, isLoose = false, ...manifests }: ReadRequest,
  context: Context,
  warn: (text: string) => void,
): Promise<{ readonly works: readonly WorkInput[]; readonly problems: readonly Problem[] }> {
  if (!namesManifests(manifests)) return { works: [nothingBrought(name ?? '')], problems: [] };
  const read = await readManifestFiles(manifests, context, warn);
  const empty = read
    .filter(({ documents }) => !documents.some((document) => holdsManifest(document)))
    .map(({ file }): Problem => ({ severity: 'error', file, path: [], message: 'there is no manifest in it' }));
  if (empty.length === read.length)
    throw new MaestroError('invalid-input', `${read.map(({ file }) => file).join(', ')}: there is no manifest in it`, {
      hint: 'Nothing was sent.',
    });
  const documents = read.flatMap((file) =>
    isLoose ? file.documents.map((document) => asManifestWork(document, name ?? '')) : file.documents,
  );
  const inputs = readWorks(documents, {
    ...(name === undefined ? {} : { name }),
    ...(isLoose ? { severalHint: 'build makes one work at a time; give it one ManifestWork.' } : {}),
  });
  const works = inputs.works.map((input) => ({ ...input, work: labelledWork(input.work, adapter) }));
  if (inputs.works.length === 0 && inputs.problems.length === 0) {
    throw new MaestroError('invalid-input', `${read.map(({ file }) => file).join(', ')}: there is no manifest in it`);
  }
  // What a file that came out empty should have held would be missing in its work, and so be removed.
  return { works, problems: [...empty, ...inputs.problems] };
}

function nothingBrought(name: string): WorkInput {
  const work = { name, labels: {}, annotations: {}, manifests: [], manifestConfigs: [] };
  return { work, document: undefined, locate: () => undefined, manifestPlace: () => undefined };
}

/** The version on what earlier builds wrote, and 0 on what was built while there was no work. */
function builtFromVersion(work: ManifestWork): number | undefined {
  const text = work.annotations[builtFromAnnotation];
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new MaestroError(
    'invalid-input',
    `${work.name}: the annotation ${builtFromAnnotation} is "${text}", which is no version`,
    {
      hint: 'Nothing was sent. Build the document again, or remove the annotation.',
    },
  );
}

function refuseBroughtAndDropped(work: ManifestWork, drops: readonly Selector[]): void {
  const both = work.manifests
    .map((manifest) => manifestKey(manifest))
    .find((key) => drops.some((selector) => matchesSelector(selector, key)));
  if (both === undefined) return;
  throw new MaestroError('usage', `${manifestLabel(both)} is given and named by --remove; leave one of the two out`, {
    hint: 'Nothing was sent.',
  });
}

/** Where the documents name the consumer, the name of an adapter's work follows from that. */
function namedAfterAdapter(work: ManifestWork, { name, adapter, consumer, consumerElse }: WriteOptions): ManifestWork {
  if (name !== undefined || adapter === undefined || consumer !== undefined) return work;
  const where = work.namespace ?? consumerElse?.name;
  if (where !== undefined) return { ...work, name: adapterWorkName(where, adapter) };
  throw new MaestroError('usage', '--adapter needs the consumer, which is part of the name', {
    hint: 'Give --consumer, or name the consumer in metadata.namespace.',
  });
}

export function locatedProblems(problems: readonly Problem[], input: WorkInput): readonly Problem[] {
  return problems.map((problem) => ({ ...problem, ...input.locate(problem.path) }));
}

/**
 * Warns of what only looks wrong.
 *
 * @throws MaestroError invalid-input with everything that is wrong
 */
export function refuseProblems(problems: readonly Problem[], reporter: Reporter): void {
  for (const warning of problems.filter((problem) => problem.severity === 'warning'))
    reporter.warn(warningText(warning));
  const lines = problems.filter((problem) => problem.severity === 'error').map((problem) => problemText(problem));
  if (lines.length === 0) return;
  const text = lines.length === 1 ? lines[0] : `${lines.length} problems:\n  ${lines.join('\n  ')}`;
  throw new MaestroError('invalid-input', text ?? '', { hint: 'Nothing was sent.' });
}

function consumerOf(work: ManifestWork, options: WriteOptions): string {
  const chosen = options.consumer ?? work.namespace ?? options.consumerElse?.name;
  if (chosen === undefined) {
    throw new MaestroError('usage', `no consumer for ${work.name}`, {
      hint: 'Give --consumer, name it in metadata.namespace, or let the context hold one: config set-context --consumer.',
    });
  }
  refuseElsewhere(work, chosen);
  checkConsumerName(chosen);
  return chosen;
}

function refuseDuplicates(works: readonly PreparedWork[]): void {
  const seen = new Set<string>();
  for (const { work, consumer } of works) {
    const key = `${consumer}/${work.name}`;
    if (seen.has(key))
      throw new MaestroError('invalid-input', `the work ${work.name} for ${consumer} is given twice`, {
        hint: 'Nothing was sent.',
      });
    seen.add(key);
  }
}

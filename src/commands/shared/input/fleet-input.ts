import type { ConsumersOption } from '../../../command-line/consumer-choice.ts';
import { readConsumerChoice } from '../../../command-line/read-consumers.ts';
import type { Context } from '../../../context.ts';
import {
  missingLabels,
  renderWork,
  templateProblems,
  usedLabels,
  type TemplateConsumer,
  type UsedLabel,
} from '../../../core/fleet/consumer-template.ts';
import { inputHash } from '../../../core/fleet/journal.ts';
import { tellingOnce } from '../../../core/text.ts';
import { adapterWorkName } from '../../../core/works/names.ts';
import type { ManifestWork } from '../../../core/works/manifest-work.ts';
import { problemText, warningText, type Problem } from '../../../core/works/problem.ts';
import type { WorkInput } from '../../../core/works/read-works.ts';
import { MaestroError } from '../../../errors.ts';
import type { ConsumerChoice } from '../../../operations/fleet/choose-consumers.ts';
import type { ApplyTask } from '../../../operations/fleet/fleet-task.ts';
import { awaitedOf } from '../../../operations/fleet/strategy.ts';
import { checkBeforeWrite } from '../../../operations/wait/check-condition.ts';
import type { Reporter } from '../../../output/reporter.ts';
import { checksFor, locatedProblems, readInputWorks, refuseProblems, writtenAs } from './prepare-works.ts';
import type { WriteOptions } from '../write/write-options.ts';

/** Problems shown of works that were made for consumers; one mistake shows on each of them. */
const shownProblems = 10;

/** Who gets the works, and whether each gets its own. */
export interface FleetChoice {
  readonly consumers: ConsumersOption;
  /** Fill each consumer into its works. */
  readonly template: boolean;
  /** So many are written to and waited for before the rest. */
  readonly canary?: number;
  /** What the canary is waited for by when nothing is awaited of the rest. */
  readonly canaryAwait?: WriteOptions['await'];
}

/** What goes out to each consumer, as it was read: nothing is made for any consumer yet. */
export interface FleetInput<Options extends WriteOptions = WriteOptions, Fleet extends FleetChoice = FleetChoice> {
  readonly options: Options;
  readonly fleet: Fleet;
  readonly works: readonly WorkInput[];
  readonly choice: ConsumerChoice;
  /** Labels that each consumer must have, by the work that asks for them. */
  readonly labels: ReadonlyMap<WorkInput, readonly UsedLabel[]>;
  /** Each consumer's work is another one, in name or content. */
  readonly varies: boolean;
  /** What is checked of each work that goes out. */
  readonly check: (input: WorkInput) => readonly Problem[];
  /** One text per input; a journal belongs to one. */
  readonly hash: string;
}

/**
 * Reads and checks all that can be told without knowing the consumers.
 *
 * @throws MaestroError invalid-input with every problem, or usage
 */
export async function readFleetInput<Options extends WriteOptions, Fleet extends FleetChoice>(
  options: Options,
  fleet: Fleet,
  context: Context,
  reporter: Reporter,
): Promise<FleetInput<Options, Fleet>> {
  if (fleet.consumers.kind === 'file' && fleet.consumers.path === '-' && options.files.includes('-')) {
    throw new MaestroError(
      'usage',
      'standard input (-) can be read only once, and both -f and --consumers-from name it',
    );
  }
  const { adapter } = options;
  // The name of an adapter's work is made per consumer; one that cannot be is refused there.
  const { works, problems } = await readInputWorks({ ...options, name: options.name ?? adapter }, context, (text) =>
    reporter.warn(text),
  );
  const varies = fleet.template || adapter !== undefined;
  const check = await checksFor(works, options);
  const found = works.flatMap((input) => {
    const own = fleet.template ? templateProblems(input.work) : adapter === undefined ? check(input) : [];
    return locatedProblems(own, input);
  });
  refuseProblems([...problems, ...found], reporter);
  if (options.ifVersion !== undefined && works.length > 1) {
    throw new MaestroError('usage', `--if-version names the version of one work, and there are ${works.length}`);
  }
  const awaited = awaitedOfGiven({ options, fleet });
  if (!varies) for (const { work } of works) checkBeforeWrite(work, awaited, (text) => reporter.warn(text));
  const { source, manager = source, merge, force, overwrite, ifVersion, noRemove } = options;
  const readAt = works.map((input) => input.readAt ?? null);
  const pins = readAt.every((version) => version === null) ? {} : { readAt };
  const how = {
    manager,
    merge,
    force,
    overwrite,
    ifVersion,
    adapter,
    template: fleet.template,
    ...(noRemove ? { noRemove } : {}),
    ...pins,
  };
  return {
    options,
    fleet,
    works,
    check,
    varies,
    choice: await readConsumerChoice(fleet.consumers, context),
    labels: new Map(fleet.template ? works.map((one) => [one, usedLabels(one.work)]) : []),
    hash: inputHash(
      works.map(({ work }) => work),
      how,
    ),
  };
}

/** What is awaited of the works as they were given. Of a merge it is held against what is stored, by the roll-out. */
function awaitedOfGiven({ options, fleet }: Pick<FleetInput, 'options' | 'fleet'>): WriteOptions['await'] {
  return options.merge ? undefined : awaitedOf({ ...fleet, await: options.await });
}

/** The works of one consumer, made when they are needed, so that memory does not grow with the fleet. */
export function* tasksFor(input: FleetInput, consumer: TemplateConsumer): Generator<ApplyTask> {
  for (const one of input.works) {
    const work = workFor(input, one.work, consumer);
    const { manager, ifVersion, ifVersionOfDocument = false } = writtenAs(one, work, input.options);
    const pinned =
      ifVersion === undefined || (input.options.overwrite && ifVersionOfDocument)
        ? {}
        : { ifVersion, ifVersionOfDocument };
    yield { op: 'apply', consumer: consumer.name, work, manager, ...pinned };
  }
}

function workFor({ options, fleet }: FleetInput, work: ManifestWork, consumer: TemplateConsumer): ManifestWork {
  const named =
    options.adapter === undefined ? work : { ...work, name: adapterWorkName(consumer.name, options.adapter) };
  return fleet.template ? renderWork(named, consumer) : named;
}

/**
 * Checks what goes to each consumer before anything is sent to the first.
 *
 * @throws MaestroError usage for one version that is to hold for several consumers;
 *   invalid-input for labels that are missing, names and manifests that came out wrong, and
 *   documents that name another consumer
 */
export function checkFleet(input: FleetInput, consumers: readonly TemplateConsumer[], reporter: Reporter): void {
  if (input.options.ifVersion !== undefined && consumers.length > 1) {
    throw new MaestroError(
      'usage',
      `--if-version names the version of one work, and each of ${consumers.length} consumers has a work with a version of its own`,
      {
        hint: 'Nothing was sent. Leave it out: an update carries the version that was read on its consumer, so nobody is overwritten unseen. Or choose one consumer.',
      },
    );
  }
  const pinned = input.works.find(({ readAt }) => readAt !== undefined);
  if (pinned !== undefined && consumers.length > 1 && !input.options.overwrite) {
    throw new MaestroError(
      'usage',
      `${pinned.work.name} was read at version ${pinned.readAt} (metadata.resourceVersion), and each of ${consumers.length} consumers has a work with a version of its own`,
      {
        hint: 'Nothing was sent. Leave metadata.resourceVersion out; get -o manifestwork prints none.',
      },
    );
  }
  const problems = new Set<string>();
  const warn = tellingOnce((text) => reporter.warn(text));
  for (const consumer of consumers) {
    for (const text of problemsOf(input, consumer, warn)) problems.add(text);
    // Namespaces and contents that do not vary are wrong once.
    if (problems.size > shownProblems) break;
  }
  const [first, ...more] = problems;
  if (first === undefined) return;
  const count = problems.size > shownProblems ? `more than ${shownProblems}` : problems.size;
  const text =
    more.length === 0
      ? first
      : `${count} problems:\n  ${[...problems].slice(0, shownProblems).join('\n  ')}${problems.size > shownProblems ? '\n  and more' : ''}`;
  throw new MaestroError('invalid-input', text, { hint: 'Nothing was sent.' });
}

function* problemsOf(input: FleetInput, consumer: TemplateConsumer, warn: (text: string) => void): Generator<string> {
  const about = (problem: Problem): string => `consumer ${consumer.name}: ${problemText(problem)}`;
  for (const one of input.works) {
    const missing = missingLabels(input.labels.get(one) ?? [], consumer);
    for (const { key, path } of missing) {
      const problem: Problem = { severity: 'error', path, message: `the consumer has no label ${key}` };
      yield* locatedProblems([problem], one).map(about);
    }
    if (missing.length > 0) continue;
    const work = workFor(input, one.work, consumer);
    if (work.namespace !== undefined && work.namespace !== consumer.name) {
      const message = `the namespace is ${work.namespace}, and the work goes to ${consumer.name}`;
      const suggestion = 'leave it out; the namespace of a ManifestWork is its consumer';
      yield* locatedProblems([{ severity: 'error', path: ['metadata', 'namespace'], message, suggestion }], one).map(
        problemText,
      );
    }
    if (!input.varies) continue;
    for (const problem of locatedProblems(input.check({ ...one, work }), one)) {
      if (problem.severity === 'warning') warn(warningText(problem));
      else yield about(problem);
    }
    checkBeforeWrite(work, awaitedOfGiven(input), warn);
  }
  yield* twice(input, consumer);
}

function* twice(input: FleetInput, consumer: TemplateConsumer): Generator<string> {
  if (input.works.length < 2) return;
  const seen = new Set<string>();
  for (const { work } of tasksFor(input, consumer)) {
    if (seen.has(work.name)) yield `the work ${work.name} for ${consumer.name} is given twice`;
    seen.add(work.name);
  }
}

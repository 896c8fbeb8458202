import { confirm } from '../../../command-line/confirm.ts';
import type { Context } from '../../../context.ts';
import { failedWork, type WorkOutcome } from '../../../core/outcome/outcome.ts';
import { describeLoss } from '../../../core/ownership/losses.ts';
import { oneWord } from '../../../core/shown-text.ts';
import type { WorkAddress } from '../../../core/works/work-address.ts';
import { workFromBundle } from '../../../core/works/document.ts';
import { workName, type ResourceBundle } from '../../../core/works/resource-bundle.ts';
import { MaestroError } from '../../../errors.ts';
import { planApply, type ApplyPlan } from '../../../operations/apply/plan.ts';
import { readForShowing } from '../../../operations/find-work.ts';
import { checkBeforeWrite } from '../../../operations/wait/check-condition.ts';
import { openPalette } from '../../../output/colour.ts';
import type { Reporter } from '../../../output/reporter.ts';
import { colourDiff } from '../../../output/unified-diff.ts';
import { printOutcomes } from '../../../output/works-writer.ts';
import type { HistoryOption } from '../history/keep-history.ts';
import { nameTarget } from '../write/name-target.ts';
import { changesOfPlan } from './plan-changes.ts';
import { refuseUnwritable } from './refuse-unwritable.ts';
import { requestOf, type PreparedWork } from '../input/prepare-works.ts';
import { withMaestro, type MaestroContext, type MaestroSession } from '../with-maestro.ts';
import type { PartChange } from './work-changes.ts';
import { writePrepared, type WriteRunOptions } from '../write/write-works.ts';
import { endpointText } from '../../../operations/connection-trouble.ts';

/**
 * A change of a stored work by hand: what it would do is shown, asked for, and then written under the version that was
 * read.
 */
export interface ChangeOptions extends WriteRunOptions {
  /** Do not ask. */
  readonly yes: boolean;
  /** Keep so many versions; undefined leaves it to what was kept of the work before. */
  readonly keepVersions?: number;
}

/** What a change is called in the history of its work. */
export type ChangeAs = Omit<HistoryOption, 'versions'>;

/** Who is shown what would change, and agrees to it. */
export interface ChangeHost {
  /** @param changes masked; never empty */
  show(changes: readonly PartChange[], plan: ApplyPlan): Promise<void> | void;
  /** @throws MaestroError usage when the answer is no */
  confirm(question: string): Promise<void>;
}

/** A person at a terminal, or whoever has said --yes. */
export function terminalHost(options: ChangeOptions, context: Context, reporter: Reporter): ChangeHost {
  const { log, yes, dryRun } = options;
  return {
    show: async (changes) => {
      if (log.format === 'json' || (log.quiet && yes)) return;
      reporter.end();
      const palette = await openPalette(context.stderr, context.env);
      context.stderr.write(changes.map(({ diff }) => colourDiff(diff, palette)).join(''));
    },
    confirm: async (question) => {
      if (dryRun !== undefined) return;
      reporter.end();
      nameTarget(options, context, { consumer: options.takenConsumer });
      if (!yes) await confirm(question, context);
    },
  };
}

/**
 * Reads the work that is to be changed, and refuses at once what no change of
 * it could get past: a work that is not under the id to which it would be
 * written, one that is being deleted, an executor that nobody can write back.
 *
 * @returns the work under the name that it was asked for by, also when it is stored without one
 * @throws MaestroError not-found, conflict, ownership
 */
export async function readForChange(
  address: WorkAddress,
  options: ChangeOptions,
  context: MaestroContext,
  reporter: Reporter,
): Promise<ResourceBundle> {
  return withMaestro(
    options,
    context,
    async (session) => {
      const found = await readForShowing(session.maestro.reader, address, options.source, session.budget);
      const bundle = named(found, address);
      await refuseUnwritable(bundle, options.source, session);
      try {
        await planOf({ ...preparedOf(bundle, options), work: workFromBundle(bundle) }, options, session);
      } catch (caught) {
        // Mistakes in what is stored may be what is to be mended.
        if (MaestroError.from(caught).code !== 'invalid-input') throw caught;
      }
      return bundle;
    },
    reporter,
  );
}

function named(bundle: ResourceBundle, address: WorkAddress): ResourceBundle {
  if (address.by === 'id' || workName(bundle) !== '') return bundle;
  return { ...bundle, metadata: { ...bundle.metadata, name: address.name } };
}

/** Who writes what is read, and at which version. */
export function preparedOf(
  bundle: ResourceBundle,
  { manager, source }: Pick<ChangeOptions, 'manager' | 'source'>,
): Omit<PreparedWork, 'work'> {
  const { consumerName: consumer, version: ifVersion, createdAt: ifCreatedAt } = bundle;
  return { consumer, ifVersion, ifCreatedAt, manager: manager ?? source };
}

/** Where a change goes, as the head of an edit and the question have it. */
export function serverText({
  settings,
  source,
}: Pick<ChangeOptions, 'source'> & {
  readonly settings: Pick<ChangeOptions['settings'], 'grpcEndpoint' | 'httpEndpoint' | 'origins'>;
}): string {
  return `${endpointText(settings, 'grpc')} as source ${source}`;
}

/**
 * Shows what a change would do, asks, and writes it. The write is pinned to the
 * version that was read, so that what was shown is what is done.
 *
 * @throws MaestroError usage when nobody agreed, or what is awaited could never come true; all else is in the outcome
 */
export async function sendChange(
  prepared: PreparedWork,
  options: ChangeOptions,
  context: Context,
  { host, reporter, as }: { readonly host: ChangeHost; readonly reporter: Reporter; readonly as: ChangeAs },
): Promise<WorkOutcome> {
  const { work, consumer } = prepared;
  try {
    const isChange = await withMaestro(
      options,
      context,
      async (session) => {
        const plan = await planOf(prepared, options, session);
        checkBeforeWrite(plan.work, options.await, (text) => reporter.warn(text));
        if (plan.action === 'unchanged') return false;
        const changes = await changesOfPlan(plan, session.maestro, session.budget);
        reporter.end();
        await host.show(changes, plan);
        for (const loss of plan.action === 'update' ? plan.losses : [])
          reporter.warn(`${work.name}: ${describeLoss(loss)} (forced)`);
        return true;
      },
      reporter,
    );
    if (isChange)
      await host.confirm(`write this to ${oneWord(work.name)} on ${oneWord(consumer)} at ${serverText(options)}?`);
  } catch (caught) {
    const error = MaestroError.from(caught);
    if (error.code === 'usage') throw error;
    const outcome = failedWork({ manifestWorkName: work.name, consumer }, error, false);
    if (options.output === 'json') printOutcomes([outcome], context);
    return outcome;
  }
  const { historyOption } = await import('../history/keep-history.ts');
  const history = historyOption(options, { consumer, name: work.name }, as, { ...context, reporter });
  const { outcome } = await writePrepared(
    [prepared],
    { ...options, ...(history === undefined ? {} : { history }), isShown: true },
    context,
    reporter,
  );
  const [written] = outcome.works;
  if (written === undefined) throw new MaestroError('internal', `no outcome of ${work.name}`);
  return written;
}

function planOf(prepared: PreparedWork, options: ChangeOptions, session: MaestroSession): Promise<ApplyPlan> {
  const { maestro, budget, reporter } = session;
  return planApply(requestOf(prepared, options), { ...maestro, onNotice: (text) => reporter.info(text) }, budget);
}

/** An error with one more sentence on what to do. */
export function withHint(error: MaestroError, text: string): MaestroError {
  if (text === '') return error;
  const joined = (hint: string | undefined): string => [hint, text].filter((part) => part !== undefined).join(' ');
  const { code, message, reason, delivery, latestVersion } = error;
  return new MaestroError(code, message, {
    reason,
    hint: { program: joined(error.hint), command: joined(error.commandHint) },
    ...(delivery === undefined ? {} : { delivery }),
    ...(latestVersion === undefined ? {} : { latestVersion }),
    cause: error,
  });
}

import { nameTarget } from '../../shared/write/name-target.ts';
import type { CommandResult } from '../../../command-line/command-spec.ts';
import { confirm, refuseWithoutTerminal } from '../../../command-line/confirm.ts';
import type { Context } from '../../../context.ts';
import { counted, listed } from '../../../core/text.ts';
import { MaestroError } from '../../../errors.ts';
import { ExitCode } from '../../../exit-code.ts';
import { clearConditions, readLeftApplications } from '../../../gitops/fleet-state/clear-conditions.ts';
import { readOwnBundles, type FoundBundles, type OwnBundle } from '../../../gitops/fleet-state/own-bundles.ts';
import { disableCommand, disableControllers, readOwnControllers } from '../../../gitops/fleet-state/own-controllers.ts';
import { OwnershipProbes } from '../../../gitops/fleet-state/ownership-probes.ts';
import { runRounds } from '../../../gitops/fleet-state/rounds.ts';
import { newRunId } from '../../../gitops/handover/run-id.ts';
import { uninstalling } from '../../../gitops/fleet-state/uninstall.ts';
import { switchEveryMs } from '../../../gitops/run/guard.ts';
import { createBudget, pause, type Budget } from '../../../operations/budget.ts';
import { fold } from '../../../operations/fleet/events-of.ts';
import { openBackup } from '../shared/backup-file.ts';
import { chosenBundles, isNarrowed } from '../shared/bundle-choice.ts';
import { FleetStateOutput, foreseen, tellLeftAlone } from '../shared/fleet-state-output.ts';
import { withHub, type HubSession } from '../shared/with-hub.ts';
import type { UninstallOptions } from './options.ts';
import { whatIsLeft } from './what-is-left.ts';
import { endpointText } from '../../../operations/connection-trouble.ts';

const words = {
  'keep-workloads': { met: 'let go', unchanged: 'gone before', already: ['NotFound'] },
  'delete-workloads': { met: 'deleted', unchanged: 'gone before', already: ['NotFound'] },
} as const;

/** For what is to be done on hub and probes when the bundles have ended, however they did. */
const afterwardsMs = 60_000;

/** Takes the bundles of this hub out of Maestro, once somebody has agreed. */
export async function run(options: UninstallOptions, context: Context): Promise<CommandResult> {
  const asks = !options.yes && !options.dryRun;
  if (asks) refuseWithoutTerminal(context);
  return withHub(options, context, async (session) => {
    const found = await chosenBundles(options.choice, options.source, session);
    if (options.dryRun) return predict(found, options, session, context);
    await brake(found, options, session);
    if (!options.dryRun) nameTarget(options, context, { hub: session.kube.server });
    if (asks) await confirm(questionOf(found, options, session), context);
    // A person may take long to answer; that is no time of the run.
    const budget = asks ? createBudget(options.timeoutMs, context) : session.budget;
    if (await stopControllers(options, session, budget)) {
      // They may have written until then, and nobody has agreed to more than was counted.
      const now = await chosenBundles(options.choice, options.source, { ...session, budget });
      if (now.own.length > found.own.length)
        throw new MaestroError(
          'conflict',
          `the controllers published meanwhile: there are ${counted(now.own.length, 'bundle')} now, not ${found.own.length}. They are stopped now; do the same again`,
        );
    }
    return takeAway(found, options, { ...session, budget }, context);
  });
}

/** What forbids to begin, found before anybody is asked. */
async function brake(found: FoundBundles, options: UninstallOptions, session: HubSession): Promise<void> {
  if (options.atMost !== undefined && found.own.length > options.atMost)
    throw new MaestroError(
      'conflict',
      `there are ${counted(found.own.length, 'bundle')} of this hub, more than --at-most ${options.atMost}: nothing was done`,
    );
  const controllers = await readOwnControllers(session.kube, options.places, session.budget);
  if (controllers.leader === '' || controllers.disabled || options.disable) return;
  throw new MaestroError(
    'conflict',
    `the controllers lead (${controllers.leader}), and would publish again what is taken away`,
    { hint: `Give --disable, or set the switch first: ${disableCommand(controllers, options.places)}` },
  );
}

/**
 * With the switch set, and nobody who has not seen it: the controllers look every few seconds, and a write that they
 * began before is over by then or refused, because ours are pinned and stamped.
 *
 * @returns whether there were any that may have written meanwhile
 */
async function stopControllers(options: UninstallOptions, session: HubSession, budget: Budget): Promise<boolean> {
  const { kube, reporter } = session;
  const controllers = await readOwnControllers(kube, options.places, budget);
  if (options.disable && !controllers.disabled) {
    await disableControllers(kube, controllers, options.places, budget);
    reporter.info('pullModel.maestro.disabled is set');
  }
  if (controllers.leader === '') return false;
  reporter.info(`waiting ${(switchEveryMs * 2) / 1_000}s, until the controllers have seen the switch`);
  await pause(budget, switchEveryMs * 2);
  return true;
}

async function takeAway(
  found: FoundBundles,
  options: UninstallOptions,
  session: HubSession,
  context: Context,
): Promise<CommandResult> {
  const { source, goal } = options;
  const { budget, maestro } = session;
  const hubId = await session.hubId();
  const runId = newRunId(context.clock.wallMs(), context.random);
  const output = new FleetStateOutput(found, { ...options, words: words[goal] }, context, session);
  const backup = openBackup(options.backup ?? '', `uninstall of hub ${hubId}`, context, output.reporter);
  const publishing = { ...maestro, onNotice: (text: string) => output.reporter.info(text) };
  const probes = new OwnershipProbes({ source, hubId, runId: `uninstall-${runId}` }, publishing, budget);
  const gone = new Set<string>();
  try {
    tellLeftAlone(found, output.reporter);
    const decide = uninstalling({ goal, source, hubId, runId }, { probes, backup, budget });
    const events = runRounds(
      found.own,
      { source, maxConcurrency: options.maxConcurrency, decide, beforeRound: () => probes.ask() },
      { maestro, onNotice: publishing.onNotice },
      budget,
    );
    await fold(events, (event) => {
      output.take(event);
      if (event.kind === 'outcome' && event.outcome.exitCode === ExitCode.Done) gone.add(event.bundle.application);
    });
    const isWhole = !isNarrowed(options.choice) && gone.size === keysOf(found.own).size;
    // What was waited for may have taken all the time, and what is done is to be told of on the hub as well.
    const after = createBudget(afterwardsMs, context);
    const cleanUp = { ...session, reporter: output.reporter, budget: after };
    if (isWhole && !context.signal.aborted) await refuseComeBack(options, cleanUp);
    if (!context.signal.aborted) await leaveHub(gone, isWhole, options, cleanUp);
    if (goal === 'keep-workloads' && !context.signal.aborted)
      await probes.end([...new Set(found.own.map(({ consumer }) => consumer))], after);
    if (found.own.length === 0) {
      output.reporter.info('this hub has no bundles');
      return { exitCode: ExitCode.Done };
    }
    return { outcome: { works: output.end() } };
  } finally {
    backup.close();
    output.close();
  }
}

/** Whoever leads without a Lease, or on another hub of the same id, publishes anew what is taken away. */
async function refuseComeBack(
  options: UninstallOptions,
  { maestro, budget, hubId }: Pick<HubSession, 'maestro' | 'budget' | 'hubId'>,
): Promise<void> {
  const { own } = await readOwnBundles(maestro.reader, { source: options.source, hubId: await hubId() }, budget);
  if (own.length === 0) return;
  throw new MaestroError(
    'conflict',
    `${counted(own.length, 'bundle')} of this hub came back while they were taken away: a controller runs`,
    { hint: 'Stop it, or give --disable, and do the same again.' },
  );
}

function keysOf(bundles: readonly OwnBundle[]): ReadonlySet<string> {
  return new Set(bundles.map(({ application }) => application));
}

/** Takes our conditions off the hub, and says what is left there and to be done. */
async function leaveHub(
  gone: ReadonlySet<string>,
  isWhole: boolean,
  options: UninstallOptions,
  { kube, budget, reporter }: Pick<HubSession, 'kube' | 'budget' | 'reporter'>,
): Promise<void> {
  const left = await readLeftApplications(kube, gone, budget);
  let cleared = 0;
  for (const application of left) {
    // One whose bundle stays keeps what says how that stands.
    if (!isWhole && !gone.has(application.key)) continue;
    if (await clearConditions(kube, application, budget)) cleared += 1;
  }
  if (cleared > 0) reporter.info(`conditions taken off ${counted(cleared, 'Application')} of the hub`);
  for (const line of whatIsLeft(
    left.filter(({ key }) => gone.has(key)),
    { ...options, isWhole },
  ))
    reporter.info(line);
}

function predict(found: FoundBundles, options: UninstallOptions, session: HubSession, context: Context): CommandResult {
  const { goal } = options;
  const output = new FleetStateOutput(found, { ...options, words: words[goal] }, context, session);
  try {
    tellLeftAlone(found, output.reporter);
    for (const bundle of found.own)
      output.take({ kind: 'outcome', bundle, outcome: foreseen(bundle, forecastOf(bundle, options)) });
    if (found.own.length > 0) return { outcome: { works: output.end() } };
    output.reporter.info('this hub has no bundles');
    return { exitCode: ExitCode.Done };
  } finally {
    output.close();
  }
}

function forecastOf({ cascades, deleting }: OwnBundle, { goal }: UninstallOptions): string {
  if (deleting) return 'is being deleted';
  if (goal === 'keep-workloads') return 'would be let go, and stay on its cluster';
  return cascades
    ? 'would be deleted with what it deployed'
    : 'would be deleted; it has no finalizer of Argo CD, so what it deployed stays';
}

function questionOf({ own }: FoundBundles, { goal, settings }: UninstallOptions, { kube }: HubSession): string {
  const clusters = [...new Set(own.map(({ consumer }) => consumer))];
  const applications = counted(own.length, 'Application');
  const where = `on ${counted(clusters.length, 'cluster')} (${listed(clusters)})`;
  const what =
    goal === 'keep-workloads'
      ? `let go of ${applications} ${where}, which stay there, and delete their bundles`
      : `DELETE ${applications} ${where}, and what they deployed,`;
  return `uninstall: ${what} of the hub ${kube.server} at ${endpointText(settings, 'grpc')}?`;
}

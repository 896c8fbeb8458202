import { counted, listed } from '../../../../core/text.ts';
import { MaestroError } from '../../../../errors.ts';
import { classicPullModel, pullModelAnnotation } from '../../../../gitops/constants.ts';
import {
  pauseClassic,
  pauseCommands,
  startClassic,
  startCommands,
  whyClassicMayWrite,
} from '../../../../gitops/handover/classic-switch.ts';
import { switchOffClusters } from '../../../../gitops/handover/cluster-switch.ts';
import { clustersLeftOut } from '../../../../gitops/handover/clusters-left-out.ts';
import type { WrittenObject } from '../../../../gitops/handover/pinned-write.ts';
import type { HandoverDirection, HandoverGoal, HandoverPlan } from '../../../../gitops/handover/plan.ts';
import { readPullModels, type PullModels } from '../../../../gitops/survey/pull-models.ts';
import type { HubSession } from '../../shared/with-hub.ts';
import type { CarryOutOptions } from './options.ts';

/*
 * What has to be true of the classic model before a plan is carried out, and
 * is made true when it was asked for: stopped on the way to Maestro, running on
 * the way to classic. The clusters of the whole plan are switched off for our
 * controllers before, because those go on with whatever nobody holds them back
 * from.
 */

type Session = Pick<HubSession, 'kube' | 'budget' | 'reporter'>;
type ClassicOptions = Pick<CarryOutOptions, 'goal' | 'pauseClassic' | 'startClassic' | 'clusters'>;

/** Which model has the applications when the goal is reached. */
function wayOf(direction: HandoverDirection, goal: HandoverGoal): HandoverDirection {
  if (goal !== 'rollback') return direction;
  return direction === 'to-maestro' ? 'to-classic' : 'to-maestro';
}

/** @throws MaestroError usage for a flag that would bring up the model from which the applications are taken */
export function refuseFlagsOfOtherDirection(
  { direction, clusters }: HandoverPlan,
  { goal, pauseClassic: pauses, startClassic: starts, clusters: named }: ClassicOptions,
): void {
  const way = wayOf(direction, goal);
  const where = `this plan is ${direction}, and ${goal} leads ${way}`;
  if (pauses && way === 'to-classic') throw new MaestroError('usage', `--pause-classic is of no use here: ${where}`);
  if (starts && way === 'to-maestro') throw new MaestroError('usage', `--start-classic is of no use here: ${where}`);
  if (starts && goal === 'rollback' && named.length > 0 && named.length < clusters.length)
    throw new MaestroError('usage', '--start-classic is for all clusters of the plan, and --cluster names some', {
      hint: 'The classic model works on every cluster. Roll the others back too, and start it with the last.',
    });
}

/** Clusters to carry a plan out on, and all that it has. */
export interface ChosenPlan {
  /** With the chosen clusters. */
  readonly plan: HandoverPlan;
  readonly whole: HandoverPlan;
}

/**
 * Switches clusters off for our controllers, and stops or starts the classic model when that was asked for. While that
 * model is about to be stopped or started, it is all clusters of the plan that are switched off, because it works on
 * all of them; later only those that are chosen, since others may be with our controllers by then.
 *
 * @throws MaestroError conflict while the classic model could write where it must not, or does not run where it has to,
 *   with the commands for that
 */
export async function prepareClassic(
  { plan, whole }: ChosenPlan,
  options: ClassicOptions,
  session: Session,
): Promise<void> {
  const { goal } = options;
  const way = wayOf(plan.direction, goal);
  if (way === 'to-maestro') await prepareStop({ plan, whole }, options, session);
  else if (goal === 'run') await prepareStart(whole, options, session);
  else if (goal === 'rollback') {
    const { kube, budget } = session;
    // It is started at the end, when it is too late to refuse.
    if (options.startClassic) refuseLeftOut(await clustersLeftOut(whole, 'to-classic', kube, budget), 'to-classic');
    await switchOff(plan, session);
  }
}

async function prepareStop(
  { plan, whole }: ChosenPlan,
  { goal, pauseClassic: pauses }: ClassicOptions,
  session: Session,
): Promise<void> {
  const { kube, budget, reporter } = session;
  const { classicNamespace } = plan.settings;
  const models = await modelsOf(plan, session);
  const why = whyClassicMayWrite(models);
  if (why !== undefined && pauses)
    refuseLeftOut(await clustersLeftOut(whole, 'to-maestro', kube, budget), 'to-maestro');
  if (goal !== 'finish') await switchOff(why === undefined ? plan : whole, session);
  if (why === undefined) return;
  if (!pauses) throw mayWrite(why, models, { classicNamespace, goal });
  tell(await pauseClassic(kube, classicNamespace, budget), reporter);
}

async function prepareStart(
  whole: HandoverPlan,
  { startClassic: starts }: ClassicOptions,
  session: Session,
): Promise<void> {
  const { kube, budget, reporter } = session;
  const { classicNamespace } = whole.settings;
  if (starts) refuseLeftOut(await clustersLeftOut(whole, 'to-classic', kube, budget), 'to-classic');
  await switchOff(whole, session);
  if (starts) tell(await startClassic(kube, classicNamespace, budget), reporter);
  else refuseStopped(await modelsOf(whole, session), classicNamespace);
}

async function switchOff({ clusters }: HandoverPlan, { kube, budget, reporter }: Session): Promise<void> {
  const names = clusters.map(({ name }) => name);
  const switched = await switchOffClusters(kube, names, budget);
  if (switched.length > 0)
    reporter.info(`${counted(switched.length, 'cluster')} switched off for the controllers: ${listed(switched)}`);
}

/** Starts the classic model when it has all its applications again, or tells how. */
export async function startAfterRollback(
  plan: HandoverPlan,
  { startClassic: starts }: Pick<ClassicOptions, 'startClassic'>,
  session: Session,
): Promise<void> {
  if (wayOf(plan.direction, 'rollback') !== 'to-classic') return;
  const { kube, budget, reporter } = session;
  const { classicNamespace } = plan.settings;
  if (starts) {
    tell(await startClassic(kube, classicNamespace, budget), reporter);
    return;
  }
  const left = await clustersLeftOut(plan, 'to-classic', kube, budget);
  if (left.length > 0) {
    reporter.info(
      `the classic pull model is not started by this, and not to be started yet: it would take up the Applications of ${counted(left.length, 'cluster')} (${listed(left)}) that the controllers have`,
    );
    return;
  }
  const { hubs } = await modelsOf(plan, session);
  const commands = startCommands(hubs.seen ? hubs.value : [], classicNamespace);
  reporter.info(`the classic pull model is not started by this; start it with: ${commands.join(' && ')}`);
}

async function modelsOf({ settings }: HandoverPlan, { kube, budget }: Session): Promise<PullModels> {
  const { classicNamespace, ownNamespace } = settings;
  return readPullModels(kube, { classicNamespace, ownNamespace }, budget);
}

function tell(written: readonly WrittenObject[], reporter: Session['reporter']): void {
  for (const { object, text } of written) reporter.info(`${object}: ${text}`);
}

function refuseLeftOut(clusters: readonly string[], way: HandoverDirection): void {
  if (clusters.length === 0) return;
  const [first = ''] = clusters;
  const what =
    way === 'to-maestro'
      ? 'the controllers would take up their Applications at once when the classic pull model stops'
      : 'the classic pull model would take up their Applications at once when it starts';
  throw new MaestroError(
    'conflict',
    `the plan leaves out ${counted(clusters.length, 'cluster')} (${listed(clusters)}), and ${what}`,
    {
      hint: `Plan all clusters, and carry the plan out on some of them first with --canary or --cluster. Or leave them to the classic model for now: kubectl annotate managedcluster ${first} ${pullModelAnnotation}=${classicPullModel}`,
    },
  );
}

function mayWrite(
  why: string,
  { hubs }: PullModels,
  { classicNamespace, goal }: { readonly classicNamespace: string; readonly goal: HandoverGoal },
): MaestroError {
  const commands = pauseCommands(hubs.seen ? hubs.value : [], classicNamespace);
  return new MaestroError('conflict', `nothing is handed over while the classic pull model may write: ${why}`, {
    // finish has no such flag.
    hint: `Give ${goal === 'finish' ? 'run ' : ''}--pause-classic, or stop it yourself: ${commands.join(' && ')}`,
  });
}

function refuseStopped({ classic, hubs }: PullModels, classicNamespace: string): void {
  if (!classic.seen || (classic.value?.desiredReplicas ?? 0) > 0) return;
  const commands = startCommands(hubs.seen ? hubs.value : [], classicNamespace);
  throw new MaestroError(
    'conflict',
    'the classic pull model does not run, so it cannot take over what is handed to it',
    {
      hint: `Give --start-classic, or start it yourself: ${commands.join(' && ')}`,
    },
  );
}

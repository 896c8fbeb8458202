import { nameTarget } from '../../shared/write/name-target.ts';
import type { CommandResult } from '../../../command-line/command-spec.ts';
import { confirm, refuseWithoutTerminal } from '../../../command-line/confirm.ts';
import type { Context } from '../../../context.ts';
import { counted, listed } from '../../../core/text.ts';
import { ExitCode } from '../../../exit-code.ts';
import { forecastOf, freezing, unfreezing } from '../../../gitops/fleet-state/freeze.ts';
import type { FoundBundles } from '../../../gitops/fleet-state/own-bundles.ts';
import { runRounds } from '../../../gitops/fleet-state/rounds.ts';
import { newRunId } from '../../../gitops/handover/run-id.ts';
import { createBudget } from '../../../operations/budget.ts';
import { fold } from '../../../operations/fleet/events-of.ts';
import { chosenBundles, isNarrowed } from './bundle-choice.ts';
import type { FleetStateOptions } from './fleet-state-options.ts';
import { FleetStateOutput, foreseen, tellLeftAlone } from './fleet-state-output.ts';
import { withHub, type HubSession } from './with-hub.ts';
import { endpointText } from '../../../operations/connection-trouble.ts';

export interface ChangeFrozenOptions extends FleetStateOptions {
  readonly goal: 'freeze' | 'unfreeze';
  readonly wait: boolean;
  /** Only unfreezing touches. */
  readonly touch: boolean;
}

const words = {
  freeze: { met: 'frozen', unchanged: 'frozen before', already: ['AlreadyFrozen', 'NotFound'] },
  unfreeze: { met: 'unfrozen', unchanged: 'not frozen', already: ['NotFrozen', 'NotFound'] },
} as const;

/** Why an Application that was changed on its cluster stays so. */
const untouchedText =
  'what was changed on the clusters meanwhile stays until the content of an Application changes; --touch has the agents apply every one again';

/** Freezes or unfreezes the bundles of this hub, once somebody has agreed. */
export async function changeFrozen(options: ChangeFrozenOptions, context: Context): Promise<CommandResult> {
  const asks = !options.yes && !options.dryRun;
  if (asks) refuseWithoutTerminal(context);
  return withHub(options, context, async (session) => {
    const found = await chosenBundles(options.choice, options.source, session);
    if (found.own.length === 0) {
      tellLeftAlone(found, session.reporter);
      session.reporter.info(`this hub has no bundles to ${options.goal}`);
      return { exitCode: ExitCode.Done };
    }
    if (!options.dryRun) nameTarget(options, context, { hub: session.kube.server });
    if (asks) await confirm(questionOf(found, options, session), context);
    // A person may take long to answer; that is no time of the run.
    const budget = asks ? createBudget(options.timeoutMs, context) : session.budget;
    context.keepHeapSmall();
    const output = new FleetStateOutput(found, { ...options, words: words[options.goal] }, context, {
      ...session,
      budget,
    });
    try {
      tellLeftAlone(found, output.reporter);
      if (options.dryRun) {
        for (const bundle of found.own)
          output.take({ kind: 'outcome', bundle, outcome: foreseen(bundle, forecastOf(options.goal, bundle)) });
        return { outcome: { works: output.end() } };
      }
      const { source, wait, touch } = options;
      const common = {
        source,
        hubId: await session.hubId(),
        runId: newRunId(context.clock.wallMs(), context.random),
        wait,
        wallMs: () => context.clock.wallMs(),
      };
      const decide = options.goal === 'freeze' ? freezing(common) : unfreezing({ ...common, touch });
      const deps = { maestro: session.maestro, onNotice: (text: string) => output.reporter.info(text) };
      await fold(runRounds(found.own, { ...options, decide }, deps, budget), (event) => output.take(event));
      if (options.goal === 'unfreeze' && !touch) output.reporter.info(untouchedText);
      return { outcome: { works: output.end() } };
    } finally {
      output.close();
    }
  });
}

function questionOf(
  { own }: FoundBundles,
  { goal, choice, settings }: ChangeFrozenOptions,
  { kube }: HubSession,
): string {
  const clusters = [...new Set(own.map(({ consumer }) => consumer))];
  const what = isNarrowed(choice) ? counted(own.length, 'bundle') : `all ${counted(own.length, 'bundle')}`;
  const where = `on ${counted(clusters.length, 'cluster')} (${listed(clusters)})`;
  return `${goal}: ${what} of the hub ${kube.server} ${where} at ${endpointText(settings, 'grpc')}?`;
}

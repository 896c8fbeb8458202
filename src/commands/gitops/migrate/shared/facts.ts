import type { Context } from '../../../../context.ts';
import type { Stage } from '../../../../core/fleet/waves.ts';
import type { RollOutFact, RollOutPlan, UntimedFact } from '../../../../core/roll-out/facts.ts';
import type { HandoverPlan, PlannedCluster } from '../../../../gitops/handover/plan.ts';
import type {
  ApplicationResult,
  ClusterResult,
  HandoverEnd,
  HandoverEvent,
} from '../../../../gitops/handover/run-handover.ts';
import { stepTexts } from '../../../../gitops/handover/step-texts.ts';
import { goalWords } from './goal-words.ts';
import type { CarryOutOptions } from './options.ts';
import { endOf } from './outcomes.ts';
import { endpointText } from '../../../../operations/connection-trouble.ts';

/** Tells the report of a run how far a handover has come. */
export interface HandoverTeller {
  take(event: HandoverEvent): void;
  end(end: HandoverEnd): void;
}

export function tellingHandover(
  { clusters, hubServer, source }: HandoverPlan,
  {
    stages,
    goal,
    settings,
  }: Pick<CarryOutOptions, 'goal' | 'settings'> & {
    readonly stages: readonly Stage<PlannedCluster>[];
  },
  report: { take(fact: RollOutFact): void },
  { clock, commandLine }: Pick<Context, 'clock' | 'commandLine'>,
): HandoverTeller {
  const tell = (fact: UntimedFact): void => report.take({ ...fact, wallMs: clock.wallMs() });
  const keys = new Map(clusters.map(({ name, applications }) => [name, applications.map(({ key }) => key)] as const));
  const plan: RollOutPlan = {
    ...(commandLine === undefined ? {} : { command: commandLine }),
    server: endpointText(settings, 'grpc'),
    source,
    hub: hubServer,
    noun: 'application',
    stages: stages.map(({ name, number, members }) => ({
      name,
      number,
      awaits: goalWords[goal],
      clusters: members.map((member) => ({ name: member.name, works: member.applications.length })),
    })),
  };
  const ended = (result: ApplicationResult): void =>
    tell({ kind: 'ended', cluster: result.cluster, work: result.application, end: endOf(result) });
  tell({ kind: 'begun', plan });
  return {
    take: (event) => {
      switch (event.kind) {
        case 'stageBegun':
        case 'stageEnded':
          return tell({ kind: event.kind, stage: stages.indexOf(event.stage) });
        case 'step': {
          const { cluster, application: work, step } = event;
          if (work !== undefined) tell({ kind: 'stands', cluster, work, as: 'pending', text: stepTexts[step].taken });
          return;
        }
        case 'waiting':
          for (const work of keys.get(event.cluster) ?? [])
            tell({ kind: 'stands', cluster: event.cluster, work, as: 'pending', text: event.text });
          return;
        case 'application':
          return ended(event.result);
        case 'cluster':
          event.result.applications.forEach(ended);
          for (const text of notesOf(event.result)) tell({ kind: 'noted', cluster: event.result.cluster, text });
      }
    },
    end: ({ stoppedBy }) => tell({ kind: 'over', ...(stoppedBy === undefined ? {} : { stoppedBy }) }),
  };
}

/** What its applications do not say themselves. */
function notesOf({ applications, error, heldBack }: ClusterResult): readonly string[] {
  const said = new Set(applications.map(({ text }) => text));
  return [error?.message, heldBack].filter((text) => text !== undefined).filter((text) => !said.has(text));
}

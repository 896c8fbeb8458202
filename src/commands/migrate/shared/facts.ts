import type { Context } from '../../../context.ts';
import type { Stage } from '../../../core/fleet/waves.ts';
import type { Goal } from '../../../core/migration/advance.ts';
import type { ClusterPlan } from '../../../core/migration/cluster-plan.ts';
import { endOf, type RollOutFact, type RollOutPlan, type UntimedFact } from '../../../core/roll-out/facts.ts';
import { outcomeWorks } from '../../../operations/migrate/outcome-works.ts';
import type { MigrationEnd, MigrationRunEvent } from '../../../operations/migrate/run-migration.ts';
import { endWords, isFurther } from './end-words.ts';

/** Tells the report of a run how far a migration has come. */
export interface MigrationTeller {
  take(event: MigrationRunEvent): void;
  end(end: MigrationEnd): void;
}

export function tellingMigration(
  stages: readonly Stage<ClusterPlan>[],
  { goal, ...about }: Pick<RollOutPlan, 'server' | 'source'> & { readonly goal: Goal },
  report: { take(fact: RollOutFact): void },
  { clock, commandLine }: Pick<Context, 'clock' | 'commandLine'>,
): MigrationTeller {
  const tell = (fact: UntimedFact): void => report.take({ ...fact, wallMs: clock.wallMs() });
  const works = new Map(
    stages.flatMap(({ members }) =>
      members.map((plan) => [plan.consumer, outcomeWorks(plan, goal).map(({ work }) => work.name)] as const),
    ),
  );
  const plan: RollOutPlan = {
    ...(commandLine === undefined ? {} : { command: commandLine }),
    ...about,
    noun: 'work',
    stages: stages.map(({ name, number, members }) => ({
      name,
      number,
      awaits: endWords[goal],
      clusters: members.map(({ consumer }) => ({ name: consumer, works: works.get(consumer)?.length ?? 0 })),
    })),
  };
  tell({ kind: 'begun', plan });
  return {
    take: (event) => {
      switch (event.kind) {
        case 'stageBegun':
        case 'stageEnded':
          return tell({ kind: event.kind, stage: stages.indexOf(event.stage) });
        case 'step': {
          const { step, consumer: cluster } = event;
          const work = step.to.work.name;
          if (step.kind === 'delete' || works.get(cluster)?.includes(work) !== true) return;
          const how = step.kind === 'create' ? 'created' : 'updated';
          return tell({ kind: 'stored', cluster, work, how, version: step.kind === 'create' ? 1 : step.version + 1 });
        }
        case 'waiting':
          for (const work of works.get(event.consumer) ?? [])
            tell({ kind: 'stands', cluster: event.consumer, work, as: 'pending', text: event.text });
          return;
        case 'cluster':
          return;
        case 'outcome': {
          const { outcome } = event;
          const end = { ...endOf(outcome), ...(isFurther(goal, outcome) ? { as: 'unchanged' as const } : {}) };
          return tell({ kind: 'ended', cluster: outcome.consumer, work: outcome.manifestWorkName, end });
        }
      }
    },
    end: ({ stoppedBy }) => tell({ kind: 'over', ...(stoppedBy === undefined ? {} : { stoppedBy }) }),
  };
}

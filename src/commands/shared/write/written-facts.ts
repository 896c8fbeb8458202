import type { ConnectionOptions } from '../../../command-line/connection-options.ts';
import type { Context } from '../../../context.ts';
import type { WorkOutcome } from '../../../core/outcome/outcome.ts';
import {
  endOf,
  type RollOutFact,
  type RollOutPlan,
  type StandsAs,
  type UntimedFact,
} from '../../../core/roll-out/facts.ts';
import type { AwaitedCondition } from '../../../operations/wait/conditions.ts';
import type { WaitTarget } from '../../../operations/wait/judge.ts';
import { conditionWord } from '../../../operations/work-outcomes.ts';
import { endpointText } from '../../../operations/connection-trouble.ts';

/** Tells the report of a run what becomes of works that are written one after the other. */
export interface WriteTeller {
  /** A write is over, before anything is waited for. */
  sent(outcome: WorkOutcome): void;
  stands(this: void, target: Pick<WaitTarget, 'consumer' | 'name'>, as: StandsAs, text: string): void;
  ended(outcomes: readonly WorkOutcome[]): void;
}

/** Begins to tell: one wave, with all clusters that are written to. */
export function tellingWrites(
  works: readonly { readonly consumer: string }[],
  options: Pick<ConnectionOptions, 'settings' | 'source'> & { readonly await?: AwaitedCondition },
  report: { take(fact: RollOutFact): void },
  { clock, commandLine }: Pick<Context, 'clock' | 'commandLine'>,
): WriteTeller {
  const tell = (fact: UntimedFact): void => report.take({ ...fact, wallMs: clock.wallMs() });
  const counts = new Map<string, number>();
  for (const { consumer } of works) counts.set(consumer, (counts.get(consumer) ?? 0) + 1);
  const plan: RollOutPlan = {
    ...(commandLine === undefined ? {} : { command: commandLine }),
    server: endpointText(options.settings, 'grpc'),
    source: options.source,
    noun: 'work',
    stages: [
      {
        name: 'wave',
        number: 1,
        ...(options.await === undefined ? {} : { awaits: conditionWord(options.await.text) }),
        clusters: [...counts].map(([name, count]) => ({ name, works: count })),
      },
    ],
  };
  tell({ kind: 'begun', plan });
  tell({ kind: 'stageBegun', stage: 0 });
  return {
    sent: ({ consumer: cluster, manifestWorkName: work, operation, version, error }) => {
      if (error !== undefined) return;
      if (operation !== 'created' && operation !== 'updated' && operation !== 'unchanged') return;
      tell({ kind: 'stored', cluster, work, how: operation, ...(version === undefined ? {} : { version }) });
    },
    stands: ({ consumer: cluster, name: work }, as, text) => tell({ kind: 'stands', cluster, work, as, text }),
    ended: (outcomes) => {
      for (const outcome of outcomes)
        tell({ kind: 'ended', cluster: outcome.consumer, work: outcome.manifestWorkName, end: endOf(outcome) });
      tell({ kind: 'stageEnded', stage: 0 });
      tell({ kind: 'over' });
    },
  };
}

import type { Context } from '../../../context.ts';
import type { TemplateConsumer } from '../../../core/fleet/consumer-template.ts';
import type { Stage } from '../../../core/fleet/waves.ts';
import { endOf, type RollOutFact, type RollOutPlan } from '../../../core/roll-out/facts.ts';
import type { FleetOutcome } from '../../../operations/fleet/fleet-task.ts';
import type { RollOutEvent } from '../../../operations/fleet/roll-out.ts';
import { conditionWord } from '../../../operations/work-outcomes.ts';
import type { ApplyFleetInput } from '../options.ts';

type Stages = readonly Stage<TemplateConsumer>[];

/** What a report and a journal tell of the roll-out before it begins. */
export function planOf(
  { options, fleet, works }: ApplyFleetInput,
  stages: Stages,
  server: string,
  { commandLine }: Pick<Context, 'commandLine'>,
): RollOutPlan {
  return {
    ...(commandLine === undefined ? {} : { command: commandLine }),
    server,
    source: options.source,
    noun: 'work',
    stages: stages.map(({ name, number, members }) => {
      const awaited = options.await ?? (name === 'canary' ? fleet.canaryAwait : undefined);
      return {
        name,
        number,
        ...(awaited === undefined ? {} : { awaits: conditionWord(awaited.text) }),
        clusters: members.map((member) => ({ name: member.name, works: works.length })),
      };
    }),
  };
}

/** What of a roll-out's events a report and a journal tell; undefined for the others. */
export function factOf(event: RollOutEvent<TemplateConsumer>, stages: Stages): RollOutFact | undefined {
  const { wallMs } = event;
  switch (event.kind) {
    case 'stageBegun':
    case 'stageEnded':
      return { kind: event.kind, stage: stages.indexOf(event.stage), wallMs };
    case 'written':
      return storedFact(event.written, wallMs);
    case 'stands': {
      const { target, as, text } = event;
      return { kind: 'stands', cluster: target.consumer, work: target.name, as, text, wallMs };
    }
    case 'outcome': {
      const { outcome } = event;
      return {
        kind: 'ended',
        cluster: outcome.consumer,
        work: outcome.manifestWorkName,
        end: endOf(outcome),
        wallMs,
      };
    }
    case 'planned':
    case 'progress':
    case 'waiting':
    case 'changed':
    case 'looked':
    case 'waited':
      return undefined;
  }
}

function storedFact({ task, applied, outcome }: FleetOutcome, wallMs: number): RollOutFact | undefined {
  if (outcome.error !== undefined) return undefined;
  return {
    kind: 'stored',
    cluster: task.consumer,
    work: outcome.manifestWorkName,
    how: applied?.operation ?? 'doneBefore',
    ...(outcome.version === undefined ? {} : { version: outcome.version }),
    wallMs,
  };
}

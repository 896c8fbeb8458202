import type { Stage } from '../../world/in-world.ts';
import type { Call } from '../history/history.ts';
import { commandLine } from '../program/command-line.ts';
import type { Program, Step } from '../program/steps.ts';

/**
 * Writes once more, and again, when nothing is wrong: the first may change something, the second may not. At first one
 * write of each kind as it was, and then each apply so that it has to succeed, which also leaves something on the
 * clusters to look at.
 */
export async function rerunCalls({ clients }: Program, stage: Stage, padBytes: number): Promise<readonly Call[]> {
  const steps = clients.flat();
  const applies = steps.filter((step) => step.kind === 'apply' && !step.stale);
  const calls: Call[] = [];
  const twice = async (step: Step, name: string, client: number): Promise<void> => {
    const line = commandLine(step, name, { ...stage.world.server.scope, padBytes });
    for (const round of ['first', 'second'])
      calls.push({ ...(await stage.run(line)), name: `${name}-${round}`, client, step });
  };
  for (const [index, step] of oneOfEachKind(steps).entries()) await twice(step, `same${String(index)}`, index);
  for (const [index, step] of applies.entries())
    if (step.kind === 'apply') await twice({ ...step, how: 'force', wait: true }, `again${String(index)}`, index);
  return calls;
}

/** The last of each; a deletion is waited for, so that it does not stand in the way of what comes after it. */
function oneOfEachKind(steps: readonly Step[]): readonly Step[] {
  const kinds = [
    (step: Step) => step.kind === 'apply' && step.how !== 'force' && !step.stale,
    ({ kind }: Step) => kind === 'build',
    ({ kind }: Step) => kind === 'delete-resource',
    ({ kind }: Step) => kind === 'delete',
  ];
  return kinds.flatMap((isOfKind) => {
    const step = steps.findLast(isOfKind);
    if (step === undefined) return [];
    return [step.kind === 'delete' ? { ...step, wait: true } : step];
  });
}

import type { RollOutFact, RollOutPlan, WorkEnd } from '../../../src/core/roll-out/facts.ts';

/** Text that would be more than text in a page that does not escape it. */
export const markup = `"><img src=x onerror=alert(1)><script>alert(1)</script>' onmouseover='alert(1)`;

const clusterName = (index: number): string => `cluster-${String(index).padStart(4, '0')}`;

export function planOfFleet(clusters: number, wave: number, awaits: string | undefined): RollOutPlan {
  const members = Array.from({ length: clusters }, (_, index) => ({ name: clusterName(index), works: 1 }));
  const stages = Array.from({ length: Math.ceil(clusters / wave) }, (_, index) => ({
    name: 'wave' as const,
    number: index + 1,
    ...(awaits === undefined ? {} : { awaits }),
    clusters: members.slice(index * wave, (index + 1) * wave),
  }));
  return { server: 'maestro:8090', source: 'me', noun: 'work', stages };
}

const ends = {
  met: { phase: 'Applied', reason: 'Applied', message: 'Applied', exitCode: 0 },
  failed: {
    phase: 'Failed',
    reason: 'ApplyFailed',
    message: 'version 1 could not be applied: denied by policy',
    exitCode: 7,
  },
  silent: {
    phase: 'InProgress',
    reason: 'Timeout',
    message: 'the agent has never reported',
    exitCode: 6,
    standing: 'silent',
  },
  notBegun: { phase: 'Failed', reason: 'NotBegun', message: 'not begun, because 2 works failed', exitCode: 7 },
} as const satisfies Readonly<Record<string, WorkEnd>>;

/** In waves; two clusters fail, one is silent, the last wave is not begun. */
export function fleetRollOut(clusters: number, wave: number): readonly RollOutFact[] {
  const plan = planOfFleet(clusters, wave, 'Applied');
  const told: RollOutFact[] = [{ kind: 'begun', plan, wallMs: 1_000 }];
  let wallMs = 1_000;
  for (const [stage, { clusters: members }] of plan.stages.entries()) {
    const isLast = stage === plan.stages.length - 1;
    if (!isLast) told.push({ kind: 'stageBegun', stage, wallMs });
    for (const [index, { name: cluster }] of members.entries()) {
      const end = isLast ? 'notBegun' : stage > 0 ? 'met' : index < 2 ? 'failed' : index === 2 ? 'silent' : 'met';
      const place = { cluster, work: 'w' };
      if (!isLast) told.push({ kind: 'stored', ...place, how: 'created', version: 1, wallMs: wallMs + index });
      if (end === 'met') told.push({ kind: 'stands', ...place, as: 'met', wallMs: wallMs + 1_000 + 10 * index });
      told.push({ kind: 'ended', ...place, end: ends[end], wallMs: wallMs + 5_000 });
    }
    wallMs += 5_000;
    if (!isLast) told.push({ kind: 'stageEnded', stage, wallMs });
  }
  return [...told, { kind: 'over', stoppedBy: '2 works failed (the limit is 2)', wallMs }];
}

/** Every text in it is markup. */
export const hostileRollOut: readonly RollOutFact[] = [
  {
    kind: 'begun',
    plan: {
      command: markup,
      server: markup,
      source: markup,
      hub: markup,
      noun: 'work',
      stages: [{ name: 'wave', number: 1, awaits: markup, clusters: [{ name: markup, works: 2 }] }],
    },
    wallMs: 1,
  },
  { kind: 'stageBegun', stage: 0, wallMs: 1 },
  { kind: 'stored', cluster: markup, work: markup, how: 'created', wallMs: 2 },
  { kind: 'stands', cluster: markup, work: 'w2', as: 'failing', text: markup, wallMs: 3 },
  { kind: 'ended', cluster: markup, work: markup, end: { ...ends.failed, message: markup }, wallMs: 4 },
  { kind: 'noted', cluster: markup, text: markup },
  { kind: 'over', stoppedBy: markup, wallMs: 5 },
].map((fact) => ({ wallMs: 5, ...fact }) as RollOutFact);

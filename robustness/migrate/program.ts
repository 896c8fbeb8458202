import fc from 'fast-check';
import type { AccessMode } from '../world/access.ts';
import type { CommandLine } from '../world/command.ts';
import type { Scope } from '../world/server.ts';
import { disturbedFurther } from '../world/further.ts';
import { disturbance, type Disturbance } from '../world/troubles.ts';

/**
 * A program: the works that stand on both clusters at the start, what operators do to bring their objects into works
 * of another pattern, what others write meanwhile, and what goes wrong. It is data, as in the other families.
 */
export interface Program {
  /** The same on each cluster; each has a manager of its own. */
  readonly start: readonly StartWork[];
  readonly to: Pattern;
  /**
   * `unowning` ones, as those of 2024-12 to 2025-02, say Applied of an object that is as it should be, and do not own
   * it; when all is well again, they are replaced by usual ones.
   */
  readonly agents: 'usual' | 'unowning';
  /** Each does one after the other, at the same time as the others, with the same plan. */
  readonly operators: readonly (readonly Goal[])[];
  readonly strangers: readonly StrangerStep[];
  /** What is done when all is well again. */
  readonly ends: 'finish' | 'rollback';
  readonly disturbances: readonly Disturbance[];
  /** How clients prove who they are; `plaintext` when absent. */
  readonly access?: AccessMode;
}

export type Pattern = 'A' | 'B' | 'C';
export type Goal = 'run' | 'finish' | 'rollback';

export interface StartWork {
  readonly objects: readonly string[];
  /** Its object outlives it, so nobody owns it, before and after. */
  readonly orphans: boolean;
}

/** What somebody does who is no part of the migration. */
export type StrangerStep =
  | {
      readonly kind: 'apply';
      readonly consumer: string;
      /** A work of the start by its place, or the new work that has its objects. */
      readonly work: number;
      readonly side: 'old' | 'new';
      readonly objects: readonly string[];
      readonly merge: boolean;
    }
  | { readonly kind: 'delete'; readonly consumer: string; readonly work: number; readonly side: 'old' | 'new' }
  /** Another source has a work of the same name there. */
  | { readonly kind: 'other-source'; readonly consumer: string; readonly objects: readonly string[] };

export type Step = StrangerStep | { readonly kind: Goal };

export const consumers: readonly string[] = ['c1', 'c2'];
const managers: readonly string[] = ['ann', 'ben', 'cy', 'dan'];
const objects: readonly string[] = ['red', 'green', 'blue', 'grey'];
/** Of the work whose object nobody owns. */
const loose = 'loose';
/** The mark of what stands at the start, in the place of a call. */
export const startMark = 'start';
const otherSource = 'somebody-else';

export const workName = (at: number): string => `w${String(at + 1)}`;
const managerOf = (at: number): string => managers[at] ?? 'ann';

/** Names of the new works of a cluster, as the plan makes them. */
export function newNames({ start, to }: Pick<Program, 'start' | 'to'>, consumer: string): readonly string[] {
  switch (to) {
    case 'A':
      return start.map((_, at) => `hyperfleet-${consumer}-${managerOf(at)}`);
    case 'B':
      return [...new Set(start.flatMap((work) => work.objects))].map(
        (object) => `hyperfleet-${consumer}-configmap-${object}`,
      );
    case 'C':
      return [`hyperfleet-${consumer}`];
  }
}

/** The work that a stranger's step is about. */
export function targetOf(
  program: Pick<Program, 'start' | 'to'>,
  { consumer, work, side }: { readonly consumer: string; readonly work: number; readonly side: 'old' | 'new' },
): string {
  const at = work % program.start.length;
  if (side === 'old') return workName(at);
  const names = newNames(program, consumer);
  return names[at % names.length] ?? '';
}

const consumer = fc.constantFrom(...consumers);
const side = fc.constantFrom('old' as const, 'new' as const);
const work = fc.nat({ max: 2 });
const someObjects = fc.uniqueArray(fc.constantFrom(...objects), { minLength: 1, maxLength: 3 });

const strangerStep: fc.Arbitrary<StrangerStep> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('apply' as const),
      consumer,
      work,
      side,
      objects: someObjects,
      merge: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), consumer, work, side }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('other-source' as const), consumer, objects: someObjects }),
  },
);

const start: fc.Arbitrary<readonly StartWork[]> = fc
  .tuple(fc.array(someObjects, { minLength: 2, maxLength: 3 }), fc.nat({ max: 3 }))
  .map(([works, chance]) => [
    ...works.map((held) => ({ objects: held, orphans: false })),
    ...(chance === 0 ? [{ objects: [loose], orphans: true }] : []),
  ]);

/** Most go the whole way; some come back from anywhere, and some do it in an order that has to be refused. */
const goals: fc.Arbitrary<readonly Goal[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(['run', 'finish'] as const) },
  { weight: 2, arbitrary: fc.constant(['run', 'finish', 'rollback'] as const) },
  { weight: 2, arbitrary: fc.constant(['run', 'rollback'] as const) },
  {
    weight: 1,
    arbitrary: fc.array(fc.constantFrom('run' as const, 'finish' as const, 'rollback' as const), {
      minLength: 1,
      maxLength: 4,
    }),
  },
);

export function programs(): fc.Arbitrary<Program> {
  const plain = fc.record({
    start,
    to: fc.constantFrom('A' as const, 'B' as const, 'C' as const),
    agents: fc.nat({ max: 5 }).map((chance) => (chance === 0 ? 'unowning' : 'usual')),
    operators: fc.oneof({ weight: 3, arbitrary: fc.tuple(goals) }, { weight: 1, arbitrary: fc.tuple(goals, goals) }),
    // Where others write, much of what happens is theirs: most programs have none.
    strangers: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(strangerStep, { minLength: 1, maxLength: 3 }) },
    ),
    ends: fc.constantFrom('finish' as const, 'rollback' as const),
    disturbances: fc.array(migrationDisturbance, { maxLength: 5 }),
  });
  return disturbedFurther(plain, { clients: 2, consumers });
}

/**
 * A server that loses its data has lost what stands on its clusters with it, for the stand-in is both; and most of what
 * kills a command strikes one that is at work.
 */
const migrationDisturbance: fc.Arbitrary<Disturbance> = fc
  .oneof(
    { weight: 2, arbitrary: disturbance({ clients: 2, consumers }) },
    {
      weight: 1,
      arbitrary: fc.record({
        afterMs: fc.integer({ min: 150, max: 2_500 }),
        trouble: fc.record({
          kind: fc.constant('signal' as const),
          client: fc.constant(0),
          signal: fc.constantFrom('SIGKILL' as const, 'SIGTERM' as const),
        }),
      }),
    },
  )
  .map(({ afterMs, trouble }) => ({
    afterMs,
    trouble: trouble.kind === 'restart' ? { ...trouble, keepsData: true } : trouble,
  }));

/** The call that writes a work of the start, on both clusters. */
export function startLine({ objects: held, orphans }: StartWork, at: number, scope: Scope): CommandLine {
  return {
    argv: [
      'apply',
      ...['-f', 'work.yaml', ...consumers.map((name) => `--consumer=${name}`), `--manager=${managerOf(at)}`],
      ...['--watch', '--timeout=20s', `--source-id=${scope.source}`],
    ],
    files: { 'work.yaml': workFile(workName(at), held, { call: startMark, manager: startMark, scope, orphans }) },
  };
}

export function planLine(to: Pattern, planFile: string, { source }: Scope): CommandLine {
  return {
    argv: ['migrate', 'plan', `--to=${to}`, `--plan=${planFile}`, '--all-consumers', `--source-id=${source}`],
    files: {},
  };
}

/** @param timeout longer than most troubles last */
export function goalLine(goal: Goal, planFile: string, timeout = '8s'): CommandLine {
  return {
    argv: ['migrate', goal, `--plan=${planFile}`, '--yes', `--timeout=${timeout}`, '--results-path=result.json'],
    files: {},
  };
}

export function strangerLine(program: Program, step: StrangerStep, call: string, scope: Scope): CommandLine {
  const common = ['--timeout=6s', '--results-path=result.json', `--consumer=${step.consumer}`];
  if (step.kind === 'other-source') {
    const file = workFile(workName(0), step.objects, { call, manager: otherSource, scope, orphans: false });
    return {
      argv: ['apply', '-f', 'work.yaml', `--source-id=${otherSource}`, ...common],
      files: { 'work.yaml': file },
    };
  }
  const name = targetOf(program, step);
  if (step.kind === 'delete')
    return { argv: ['delete', `--name=${name}`, '--force', `--source-id=${scope.source}`, ...common], files: {} };
  const manager = managerOf(step.work % program.start.length);
  return {
    argv: [
      'apply',
      ...['-f', 'work.yaml', `--manager=${manager}`, ...(step.merge ? ['--merge'] : [])],
      ...[`--source-id=${scope.source}`, ...common],
    ],
    files: { 'work.yaml': workFile(name, step.objects, { call, manager, scope, orphans: false }) },
  };
}

function workFile(
  name: string,
  held: readonly string[],
  about: { readonly call: string; readonly manager: string; readonly scope: Scope; readonly orphans: boolean },
): string {
  const { call, manager, scope, orphans } = about;
  return `${JSON.stringify({
    apiVersion: 'work.open-cluster-management.io/v1',
    kind: 'ManifestWork',
    metadata: { name },
    spec: {
      ...(orphans ? { deleteOption: { propagationPolicy: 'Orphan' } } : {}),
      workload: {
        manifests: held.map((object) => ({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: object, namespace: scope.namespace },
          data: { call, manager },
        })),
      },
    },
  })}\n`;
}

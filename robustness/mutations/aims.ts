import { managers, objects, type Program as WorksProgram, type Step as WorksStep } from '../works/program/steps.ts';
import type { Trouble } from '../world/troubles.ts';

/** What has to be so of programs that a mutation is looked for with: the fewer the others, the sooner it is found. */
export type Holds<Program> = (program: Program) => boolean;

/** All of several. */
export function allOf<Program>(...some: readonly Holds<Program>[]): Holds<Program> {
  return (program) => some.every((holds) => holds(program));
}

export type ApplyStep = Extract<WorksStep, { readonly kind: 'apply' }>;

/** An apply that waits for its agent. */
export function isWaitingApply(step: WorksStep): step is ApplyStep {
  return step.kind === 'apply' && step.wait && !step.stale;
}

/** Each client begins with one. */
export const beginsWithWaitingApply: Holds<WorksProgram> = ({ clients }) =>
  clients.every(([step]) => step !== undefined && isWaitingApply(step));

/** One client does the second some time after the first. */
export function inTurn<First extends WorksStep>(
  first: (step: WorksStep) => step is First,
  second: (step: WorksStep, first: First) => boolean,
): Holds<WorksProgram> {
  return ({ clients }) =>
    clients.some((steps) =>
      steps.some((one, at) => first(one) && steps.slice(at + 1).some((other) => second(other, one))),
    );
}

/** An apply, and afterwards a deletion that its manager may ask for: of the same work where all are of one. */
export const appliedThenDeleted = inTurn(
  (step): step is ApplyStep => step.kind === 'apply' && !step.stale,
  (step, { manager }) => step.kind === 'delete' && (step.force || step.manager === manager),
);

/** The first client begins with the first, and another, which has listed works, does the second meanwhile. */
export function meanwhile<First extends WorksStep>(
  first: (step: WorksStep) => step is First,
  second: (step: WorksStep, first: First) => boolean,
): Holds<WorksProgram> {
  return ({ clients: [begins, ...others] }) => {
    const one = begins?.at(0);
    return one !== undefined && first(one) && others.some(([, other]) => other !== undefined && second(other, one));
  };
}

/** The same program, in which all but the first client list works before anything else: they write a moment later. */
export function othersLater(program: WorksProgram): WorksProgram {
  const [first = [], ...others] = program.clients;
  const list: WorksStep = { kind: 'list', consumer: oneWork.consumer };
  return { ...program, clients: [first, ...others.map((steps) => [list, ...steps])] };
}

/** Where the steps of a program go that are all about one work. */
const oneWork = { consumer: 'c1', work: 'w1' } as const;

/** The same program with all that it does done to one work, and these troubles with its agent from the begin on. */
export function onOneWork(...troubles: readonly Trouble[]): (program: WorksProgram) => WorksProgram {
  return ({ clients, disturbances }) => ({
    clients: clients.map((steps) => steps.map((step) => (step.kind === 'list' ? step : { ...step, target: oneWork }))),
    disturbances: [...disturbances, ...troubles.map((trouble) => ({ afterMs: 0, trouble }))],
  });
}

/** So long a report may be awaited that others come in between. */
export const lateAgent: Trouble = { kind: 'agent-late', consumer: oneWork.consumer, byMs: 1_500 };

export const oldReports: Trouble = { kind: 'agent-reports', consumer: oneWork.consumer, how: 'old-conditions' };

/** Nothing else has the agents report sooner or later. */
export const keepsAgents: Holds<WorksProgram> = ({ disturbances }) =>
  disturbances.every(
    ({ trouble: { kind }, afterMs }) => afterMs === 0 || (kind !== 'agent-late' && kind !== 'restart'),
  );

/** The same program about one work whose agent is away, and each client's first command sees the clock set forward. */
export function waitsWhenSet({ clients }: WorksProgram): WorksProgram {
  return onOneWork({ kind: 'agent-stops', consumer: oneWork.consumer, lastsMs: 10_000 })({
    clients,
    disturbances: clients.map((_, client) => ({
      afterMs: 1_200,
      trouble: { kind: 'clock-step', client, step: 0, byMs: 3_600_000 },
    })),
  });
}

/** The same program about one work whose agent is late, and no disk has room by the time that it reports. */
export function waitsWithoutRoom({ clients }: WorksProgram): WorksProgram {
  return onOneWork(lateAgent)({
    clients,
    disturbances: clients.map((_, client) => ({
      afterMs: 900,
      trouble: { kind: 'full-disk', client, step: 0, roomBytes: 0 },
    })),
  });
}

/** The same program in which requests to write break off on their way, one after the other. */
export function cutsWrites({ clients }: WorksProgram): WorksProgram {
  const bytes = [200, 900, 500, 700, 300, 1_100, 400, 600];
  return {
    clients,
    disturbances: bytes.map((afterBytes, index) => ({
      afterMs: index * 300,
      trouble: { kind: 'cut', side: 'grpc', of: 'request', afterBytes },
    })),
  };
}

/**
 * Each manager brings an object of its own into one work, again and again, and reads it so slowly that the others write
 * between its read and its write.
 */
export function writeAtOnce(): WorksProgram {
  const merged = { kind: 'apply', target: oneWork, how: 'merge', stale: false, wait: false, stream: false } as const;
  return {
    clients: managers.map((manager, at) => {
      const own = { ...merged, manager, objects: objects.slice(at, at + 1) };
      return [own, own, own];
    }),
    disturbances: [{ afterMs: 0, trouble: { kind: 'slow', side: 'http', byMs: 500, lastsMs: 20_000 } }],
  };
}

import {
  allOf,
  meanwhile,
  inTurn,
  isWaitingApply,
  keepsAgents,
  lateAgent,
  oldReports,
  onOneWork,
  othersLater,
  waitsWhenSet,
  type ApplyStep,
} from '../aims.ts';
import { appliedOrMore, type Program, type Step } from '../../works/program/steps.ts';
import type { Mutation } from '../mutation.ts';

/** Faults that show in what is waited for, and how long. */
export const waits: readonly Mutation[] = [
  {
    name: 'old-status-satisfies',
    whose: 'Go maestro-cli',
    story: 'a wait takes the conditions of the version before for those of the version just written',
    family: 'works',
    aim: { with: ['apply', 'agent-late'] },
    properties: ['wait-is-proven'],
    withinSeconds: 300,
    file: 'src/core/status/fold.ts',
    find: 'const stale = judged.observedVersion < version || subject.version < version;',
    replace: 'const stale = subject.version < 0;',
    also: [
      {
        file: 'src/core/status/find-evidence.ts',
        find: 'condition.observedGeneration >= version',
        replace: 'condition.observedGeneration >= Math.min(version, 1)',
      },
    ],
  },
  {
    name: 'old-report-proves',
    whose: 'thought of',
    story: 'conditions of an older version count for the version under whose number they are reported',
    family: 'works',
    aim: {
      clients: 1,
      steps: 3,
      shape: onOneWork(oldReports),
      where: allOf(
        keepsAgents,
        inTurn(
          isApply,
          (step, first) =>
            isWaitingApply(step) &&
            step.manager === first.manager &&
            step.objects.every((object) => first.objects.includes(object)),
        ),
      ),
    },
    properties: ['wait-is-proven'],
    withinSeconds: 180,
    file: 'src/core/status/find-evidence.ts',
    find: 'condition?.observedGeneration !== undefined && condition.observedGeneration >= version',
    replace: 'condition?.observedGeneration !== undefined && version > 0',
  },
  {
    name: 'time-up-is-success',
    whose: 'Go maestro-cli',
    story: 'a wait whose time is up ends with 0, as if what was waited for had come',
    family: 'works',
    aim: { with: ['wait'] },
    properties: ['wait-is-proven'],
    withinSeconds: 180,
    file: 'src/operations/wait/waiting.ts',
    find: '      this.#settle(key, entry, { error, standing: this.#standing(entry) });',
    replace:
      "      this.#settle(key, entry, error.code === 'timeout' ? {} : { error, standing: this.#standing(entry) });",
  },
  {
    name: 'deletion-ends-too-early',
    whose: 'Go maestro-cli',
    story: 'a deletion that is waited for ends well while the work still stands',
    family: 'works',
    aim: { with: ['delete', 'agent-late'] },
    properties: ['wait-is-proven'],
    withinSeconds: 180,
    file: 'src/operations/delete/wait-until-gone.ts',
    find: '  return waitForWorks(targets, untilDeleted, deps, budget);\n',
    replace:
      '  return budget.totalMs > 0 ? targets.map((target) => ({ target })) : waitForWorks(targets, untilDeleted, deps, budget);\n',
  },
  {
    name: 'deleted-meanwhile-is-success',
    whose: 'ours',
    story: 'a wait for a work that is deleted meanwhile ends well',
    family: 'works',
    aim: {
      clients: 2,
      steps: 2,
      shape: (program: Program) => othersLater(onOneWork(lateAgent)(program)),
      where: allOf(
        keepsAgents,
        meanwhile(isWaitingApply, (other) => other.kind === 'delete' && other.force),
      ),
    },
    properties: ['wait-is-proven'],
    withinSeconds: 240,
    file: 'src/operations/wait/judge.ts',
    find: '      return failed(this.#deletion(bundle.deletedAt), bundle);\n',
    replace: "      return { kind: 'met', version: this.#version, bundle };\n",
    also: [
      {
        file: 'src/operations/wait/judge.ts',
        find: '    if (this.#known) {\n      return failed(\n',
        replace:
          "    if (this.#known) return { kind: 'met', version: this.#version };\n    if (this.#known) {\n      return failed(\n",
      },
    ],
  },
  {
    name: 'any-later-version-counts',
    whose: 'ours',
    story: 'a wait goes on at a later version that no longer holds what was written, and ends well',
    family: 'works',
    aim: {
      clients: 2,
      steps: 2,
      shape: (program: Program) => othersLater(onOneWork(lateAgent)(program)),
      where: allOf(
        keepsAgents,
        meanwhile(
          isWaitingApply,
          (other, { objects }) =>
            other.kind === 'apply' &&
            other.how === 'force' &&
            !other.stale &&
            other.objects.some((object) => objects.includes(object)),
        ),
      ),
    },
    properties: ['wait-is-proven', 'success-is-stored'],
    withinSeconds: 240,
    file: 'src/operations/wait/judge.ts',
    find: 'if (sameRow && holdsAllOf(bundle, reference)) {',
    replace: 'if (sameRow || holdsAllOf(bundle, reference)) {',
  },
  {
    name: 'or-binds-tighter',
    whose: 'Go maestro-cli',
    story: 'OR binds tighter than AND, so a wait for a condition or others goes on when it is long true',
    family: 'works',
    aim: {
      clients: 1,
      steps: 3,
      shape: onOneWork(),
      where: inTurn(isApply, (step) => step.kind === 'wait' && step.until === appliedOrMore && !step.stream),
    },
    properties: ['proof-ends-a-wait'],
    withinSeconds: 180,
    file: 'src/core/expressions/parse.ts',
    find: "parseChain(scanner, 'or', 'disjunction', () => parseAnd(scanner, depth))",
    replace: "parseChain(scanner, 'and', 'conjunction', () => parseAnd(scanner, depth))",
    also: [
      {
        file: 'src/core/expressions/parse.ts',
        find: "parseChain(scanner, 'and', 'conjunction', () => parseNot(scanner, depth))",
        replace: "parseChain(scanner, 'or', 'disjunction', () => parseNot(scanner, depth))",
      },
    ],
  },
  {
    name: 'outage-ends-a-run',
    whose: 'Go maestro-cli',
    story: 'a run fails at once when the server is away for a moment, however much time it was given',
    family: 'works',
    aim: { with: ['refuse'] },
    properties: ['outages-are-waited-out', 'reruns-converge'],
    withinSeconds: 180,
    file: 'src/operations/connect-retry.ts',
    find: "if (error.delivery !== 'not-sent' || !error.transient",
    replace: "if (error.delivery !== 'not-sent' || attempt < Infinity",
    also: [
      {
        file: 'src/clients/rest/retry.ts',
        find: "      const again = outcome.retry && (request.method === 'GET' || outcome.delivery === 'not-sent');\n",
        replace: '      const again = outcome.retry && request.method.length > 9;\n',
      },
    ],
  },
  {
    name: 'deadlines-by-the-wall-clock',
    whose: 'thought of',
    story:
      'times that were given count by the clock of the machine, so that one that is set ends a wait too early or never',
    family: 'works',
    aim: { clients: 1, steps: 2, shape: waitsWhenSet, where: beginsWithAWait },
    properties: ['ends-in-time', 'outages-are-waited-out'],
    withinSeconds: 240,
    file: 'src/clock.ts',
    find: 'monotonicMs: () => uptime() * 1000,',
    replace: 'monotonicMs: () => Date.now(),',
  },
];

function isApply(step: Step): step is ApplyStep {
  return step.kind === 'apply' && !step.stale;
}

function beginsWithAWait({ clients }: Program): boolean {
  return clients.some(([step]) => step !== undefined && isWaitingApply(step));
}

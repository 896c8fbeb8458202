import type { CommandLine } from '../../world/command.ts';
import type { JournalPlace } from '../../world/troubles.ts';
import { consumers, type RollOutStep, type Step } from './steps.ts';

/** How long a call may take; longer than most troubles last. */
export const timeoutMs = 8_000;

/** And one at the end, when nothing is wrong: a busy machine alone must not end it. */
export const patientMs = 25_000;

/** A step that is carried out as it stands: a resume is the roll-out that it goes on with. */
export type PlainStep = Exclude<Step, { readonly kind: 'resume' }>;

/** The command line of a step. @param mark stands in each object that it writes */
export function commandLine(
  step: Exclude<PlainStep, { readonly kind: 'watch' }>,
  mark: string,
  limitMs: number,
): CommandLine {
  const common = [
    `--timeout=${String(limitMs)}ms`,
    ...['-o', 'json', '--results-path=result.json', `--source-id=${step.source}`, `--name=${step.work}`],
    ...chosen(step.consumers),
  ];
  // A roll-out without a wait has no use for a stream, and refuses it.
  const waits = step.kind === 'wait' || step.wait || (step.kind === 'roll-out' && step.canary > 0);
  const via = step.stream && waits ? ['--via=stream'] : [];
  switch (step.kind) {
    case 'roll-out':
      return {
        argv: ['apply', '-f', 'objects.yaml', ...rollOutFlags(step, mark), ...via, ...common],
        files: { 'objects.yaml': objectsFile(step, mark) },
      };
    case 'delete':
      return {
        argv: [
          ...['delete', '--yes', `--manager=${step.manager}`],
          ...(step.force ? ['--force'] : []),
          ...(step.wait ? ['--watch'] : []),
          ...via,
          ...common,
        ],
        files: {},
      };
    case 'wait':
      return { argv: ['wait', '--for=Applied', ...via, ...common], files: {} };
  }
}

/** The journal of a roll-out and its resumes: in a folder of its own beside those of calls, so that it stays. */
export function journalOf(mark: string): JournalPlace {
  return { folder: `${mark}.journal`, file: 'roll-out' };
}

function chosen(some: readonly string[]): readonly string[] {
  return some.join() === consumers.join() ? ['--all-consumers'] : some.map((one) => `--consumer=${one}`);
}

function rollOutFlags(step: RollOutStep, mark: string): readonly string[] {
  const { how, canary, waves, maxFailures, wait, template, manager, journal } = step;
  return [
    `--manager=${manager}`,
    ...(how === 'plain' ? [] : ['--merge', '--conflict-retries=3']),
    ...(how === 'force' ? ['--force'] : []),
    ...(canary > 0 ? [`--canary=${String(canary)}`] : []),
    ...(waves > 0 ? [`--waves=${String(waves)}`] : []),
    ...(maxFailures > 0 ? [`--max-failures=${String(maxFailures)}`] : []),
    ...(wait ? ['--watch'] : []),
    ...(template ? ['--template-consumer'] : []),
    ...(journal ? [`--journal=${['..', journalOf(mark).folder, journalOf(mark).file].join('/')}`] : []),
  ];
}

function objectsFile({ objects, template, manager }: RollOutStep, mark: string): string {
  const call = template ? `"${mark}@{{ consumer.name }}"` : mark;
  return objects
    .map(
      (name) => `apiVersion: v1
kind: ConfigMap
metadata: {name: ${name}, namespace: default}
data: {call: ${call}, manager: ${manager}}
`,
    )
    .join('---\n');
}

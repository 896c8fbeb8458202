import type { CommandLine } from '../../world/command.ts';
import type { Scope } from '../../world/server.ts';
import type { Step } from './steps.ts';

type ApplyStep = Extract<Step, { readonly kind: 'apply' }>;

/** How long a call may take; longer than most troubles last. */
const timeout = '--timeout=8s';

/** Lies where each write puts its result, as after an earlier try of a Job. */
export const resultOfEarlierRun = '{"status":"Applied","manifestWorkName":"earlier","consumer":"earlier"}';

/**
 * The command line of a step.
 *
 * @param call its name, which stands in each object that it writes
 * @param how whose works and objects they are, and how large an object is
 */
export function commandLine(
  step: Step,
  call: string,
  { source, namespace, executors = false, padBytes = 0 }: Scope & { readonly padBytes?: number },
): CommandLine {
  const common = [timeout, '-o', 'json', '--results-path=result.json', `--source-id=${source}`];
  const earlier = { 'result.json': resultOfEarlierRun };
  switch (step.kind) {
    case 'apply':
      return {
        argv: [
          'apply',
          ...['-f', 'objects.yaml', `--manager=${step.manager}`, `--name=${step.target.work}`],
          `--consumer=${step.target.consumer}`,
          ...(step.how === 'plain' ? [] : ['--merge', '--conflict-retries=3']),
          ...(step.how === 'force' ? ['--force'] : []),
          ...(step.stale ? ['--if-version=9999'] : []),
          ...watching(step),
          ...common,
        ],
        files: {
          ...earlier,
          'objects.yaml': workFile(step, { call, manager: step.manager, namespace, padBytes }, executors),
        },
      };
    case 'build':
      return {
        argv: [
          'build',
          ...['--apply', '-f', 'objects.yaml', `--manager=${step.manager}`, `--name=${step.target.work}`],
          `--consumer=${step.target.consumer}`,
          ...common,
        ],
        files: {
          ...earlier,
          'objects.yaml': objectsFile(step.objects, { call, manager: step.manager, namespace, padBytes }),
        },
      };
    case 'delete':
      return {
        argv: [
          'delete',
          ...[`--name=${step.target.work}`, `--consumer=${step.target.consumer}`, `--manager=${step.manager}`],
          ...(step.force ? ['--force'] : []),
          ...watching(step),
          ...common,
        ],
        files: earlier,
      };
    case 'delete-resource':
      return {
        argv: [
          'delete',
          ...[`--name=${step.target.work}`, `--consumer=${step.target.consumer}`, `--manager=${step.manager}`],
          `--resource=ConfigMap/${namespace}/${step.object}`,
          ...watching(step),
          ...common,
        ],
        files: earlier,
      };
    case 'wait':
      return {
        argv: [
          'wait',
          `--name=${step.target.work}`,
          `--consumer=${step.target.consumer}`,
          `--for=${step.until}`,
          ...(step.stream ? ['--via=stream'] : []),
          ...common,
        ],
        files: earlier,
      };
    case 'follow':
      return { argv: followArgv(step), files: {} };
    case 'list':
      return { argv: ['list', `--consumer=${step.consumer}`, `--source=${source}`, timeout, '-o', 'json'], files: {} };
  }
}

function followArgv({ by, consumer, stream, lastsMs }: Extract<Step, { readonly kind: 'follow' }>): readonly string[] {
  return [
    ...(by === 'watch' ? ['watch'] : ['list', '--watch']),
    ...[`--consumer=${consumer}`, `--timeout=${String(lastsMs)}ms`, '-o', 'json', '--interval=200ms'],
    ...(stream ? [] : ['--via=poll']),
  ];
}

function watching({ wait, stream }: { readonly wait?: boolean; readonly stream?: boolean }): readonly string[] {
  return wait === true ? ['--watch', ...(stream === true ? ['--via=stream'] : [])] : [];
}

/** Who writes objects, where, and how much more there is in each. */
interface Writer {
  readonly call: string;
  readonly manager: string;
  readonly namespace: string;
  readonly padBytes: number;
}

/** Objects alone, or a work with them and what else it is given; either is a file that an apply takes. */
function workFile({ objects, gives, target }: ApplyStep, writer: Writer, executors: boolean): string {
  if (gives === undefined || (gives === 'executor' && !executors)) return objectsFile(objects, writer);
  const { call, manager, namespace, padBytes } = writer;
  const rules = (name: string): object => ({
    // The server writes the group of a core kind, which is empty, beside what is given here.
    resourceIdentifier: { resource: 'configmaps', namespace, name },
    feedbackRules: [{ type: 'JSONPaths', jsonPaths: [{ name: 'call', path: '.data.call' }] }],
  });
  return JSON.stringify({
    apiVersion: 'work.open-cluster-management.io/v1',
    kind: 'ManifestWork',
    metadata: { name: target.work },
    spec: {
      ...(gives === 'options' ? { manifestConfigs: objects.map((name) => rules(name)) } : { executor }),
      workload: {
        manifests: objects.map((name) => ({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name, namespace },
          data: { call, manager, ...(padBytes === 0 ? {} : { padding: 'x'.repeat(padBytes) }) },
        })),
      },
    },
  });
}

const executor = {
  subject: { type: 'ServiceAccount', serviceAccount: { namespace: 'default', name: 'robustness' } },
} as const;

function objectsFile(names: readonly string[], { call, manager, namespace, padBytes }: Writer): string {
  const padding = padBytes === 0 ? '' : `, padding: ${'x'.repeat(padBytes)}`;
  return names
    .map(
      (name) => `apiVersion: v1
kind: ConfigMap
metadata: {name: ${name}, namespace: ${namespace}}
data: {call: ${call}, manager: ${manager}${padding}}
`,
    )
    .join('---\n');
}

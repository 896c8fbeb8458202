import type { CommandSpec } from '../../command-line/command-spec.ts';
import { consumerFlags, templateFlag } from '../../command-line/consumer-choice.ts';
import { writeExitCodes } from '../../command-line/exit-codes.ts';
import { manifestInputFlags } from '../../command-line/manifest-input.ts';
import { ExitCode } from '../../exit-code.ts';
import { writeFlags } from '../shared/write/write-options.ts';
import { diffOutputs, parseDiff, type DiffOptions } from './options.ts';

export const diffCommand: CommandSpec<DiffOptions> = {
  name: 'diff',
  summary: 'what an apply would change',
  description:
    'Reads what is stored and shows, as unified diffs of YAML, what an apply of the same files would change: manifests, labels, annotations, manifestConfigs, deleteOption and executor. Values of Secrets are masked and only said to be changed or not. Nothing is sent, and nothing is checked by the server. What only Maestro or maestro-cli set is no difference. Over several consumers each change is shown once, with the consumers that it is of; a consumer that could not be read is an error and is named.',
  examples: [
    { about: 'What would change', command: 'maestro-cli diff work.yaml -c cluster-west-1' },
    {
      about: 'In a script: exit code 0 for no change, 1 for changes',
      command: 'maestro-cli diff --name=hyperfleet-c1-job --consumer=c1 \\\n    --manifest-file=job.yaml -o json',
    },
    {
      about: 'Over clusters: each change once, and where it would happen',
      command: 'maestro-cli diff work.yaml --consumer-selector=env=prod',
    },
  ],
  exitCodes: [ExitCode.Different, ...writeExitCodes],
  args: '[file...]',
  argKind: 'file',
  argsMean: 'manifestFile',
  flags: [
    writeFlags.file,
    ...manifestInputFlags,
    ...consumerFlags("target cluster; else metadata.namespace of the document, else the context's; repeatable"),
    writeFlags.name,
    writeFlags.adapter,
    writeFlags.ifVersion,
    writeFlags.merge,
    writeFlags.force,
    templateFlag,
  ],
  outputs: diffOutputs,
  hasOutcome: false,
  parse: (input) => parseDiff(input),
  load: () => import('./run.ts'),
};

import type { CommandSpec } from '../../command-line/command-spec.ts';
import { consumerFlags, fleetLimitFlags, templateFlag } from '../../command-line/consumer-choice.ts';
import { writeExitCodes } from '../../command-line/exit-codes.ts';
import { manifestInputFlags } from '../../command-line/manifest-input.ts';
import { reportFlag } from '../../command-line/report-flag.ts';
import { viaFlag } from '../../command-line/via.ts';
import { waitFlags, waitForWrittenFlags } from '../../command-line/wait-options.ts';
import { keepHistoryFlag } from '../shared/history/history-options.ts';
import { writeFlags, writeOutputs } from '../shared/write/write-options.ts';
import { parseApply, type ApplyOptions } from './options.ts';

export const applyCommand: CommandSpec<ApplyOptions> = {
  name: 'apply',
  summary: 'create or update ManifestWorks from manifests',
  description:
    'Creates or updates ManifestWorks from manifests. What is stored already is left alone; an update carries the version it was made from, so nobody is overwritten unseen. A document that get, list or build printed names the version that it was read at, and is refused (exit 5) when another one is stored by then. Manifests of your own that are not given are removed, and each is told. A version that differs from the one before in nothing but the annotations of the work reads Applied when the agent next applies all its works anew, 4 to 6 minutes later; with another label of the work, at once. With several consumers each gets its own works, over one connection.',
  examples: [
    {
      about: 'Apply a ManifestWork and wait until the cluster has applied it',
      command: 'maestro-cli apply -f work.yaml --consumer=cluster-west-1 --watch --timeout=4m',
    },
    {
      about: 'Make one work of plain manifests and wait until its objects exist',
      command: 'maestro-cli apply -f manifests/ --consumer=c1 --name=c1-init --watch=Available',
    },
    {
      about: 'Wait for a Job by its feedback, ending at once when it failed',
      command: "maestro-cli apply -f work.yaml --consumer=c1 \\\n    --watch='Job:JobComplete' --fail-on='Job:Failed'",
    },
    {
      about: 'Roll out to the clusters with a label, once the first has applied it',
      command:
        'maestro-cli apply -f work.yaml --consumer-selector=env=prod \\\n    --canary=1 --max-failures=5 --journal=rollout.jsonl',
    },
    {
      about: 'Each cluster gets its own name and labels filled in',
      command:
        "maestro-cli apply -f manifests/ --name='np-{{ consumer.name }}' \\\n    --all-consumers --template-consumer --dry-run=server",
    },
  ],
  exitCodes: writeExitCodes,
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
    {
      flags: '--overwrite',
      about: 'whatever is stored, and whatever version the document was read at: the last writer wins',
    },
    {
      flags: '--no-remove',
      about: 'refuse (exit 10) instead of removing manifests that are not given',
      env: 'MAESTRO_NO_REMOVE',
    },
    writeFlags.merge,
    writeFlags.force,
    {
      flags: '--conflict-retries <n>',
      about: 'with --merge, read and merge again after a conflict, so often',
      defaultText: '0',
    },
    {
      flags: '--dry-run [where]',
      about: 'send nothing. client: check all that validate checks; server: read what is stored and predict',
      defaultText: 'client when given without a value',
      values: ['client', 'server'],
    },
    ...waitForWrittenFlags,
    ...waitFlags,
    viaFlag(
      'poll',
      'with --watch or --canary; stream hears sooner, at the cost of a stream that the server keeps open',
    ),
    ...fleetLimitFlags,
    {
      flags: '--canary <n>',
      about: 'write to the first n consumers, wait for them (Applied, or what --watch says), and only then go on',
    },
    {
      flags: '--waves <size>',
      about:
        'consumers in one wave, as a number or as 10%; with --watch each wave is waited for, and one failure ends the run unless --max-failures allows more',
    },
    keepHistoryFlag,
    {
      flags: '--journal <file>',
      about: 'record what is done, so that the same command goes on after any end without reading it again',
    },
    reportFlag,
    templateFlag,
  ],
  outputs: writeOutputs,
  hasOutcome: true,
  parse: (input) => parseApply(input),
  load: () => import('./run.ts'),
};

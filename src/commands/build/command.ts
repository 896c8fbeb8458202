import type { CommandSpec } from '../../command-line/command-spec.ts';
import { writeExitCodes } from '../../command-line/exit-codes.ts';
import { manifestInputFlags } from '../../command-line/manifest-input.ts';
import { viaFlag } from '../../command-line/via.ts';
import { waitFlags } from '../../command-line/wait-options.ts';
import { adapterFlag } from '../../command-line/work-address.ts';
import { buildOutputs, parseBuild, type BuildOptions } from './options.ts';

export const buildCommand: CommandSpec<BuildOptions> = {
  name: 'build',
  summary: 'fetch a work and merge manifests into it, for a following apply',
  description:
    'Fetches a work, adds the given manifests to it, and prints the result. A manifest that the work holds already, by group, kind, namespace and name, is replaced; nothing is removed but what --remove names. The result names the version that it was built from, and apply writes it under that version only. With --apply both happen in one process, and one result file is written; adding is made again after a conflict, so several that add at once all succeed. What another manager owns is not changed without --force (exit 10).',
  examples: [
    {
      about: 'Add a nodepool to what is there, look at it, apply it',
      command: 'maestro-cli build nodepool.yaml -n w -c c1 > w.yaml && \\\n    maestro-cli apply w.yaml',
    },
    {
      about: 'Both in one process',
      command: 'maestro-cli build --name=w --consumer=c1 -f nodepool.yaml --apply --watch',
    },
    {
      about: 'Put one nodepool in the place of another',
      command:
        'maestro-cli build --name=w --consumer=c1 -f nodepool.yaml \\\n    --remove=ConfigMap/default/workers --apply',
    },
  ],
  exitCodes: writeExitCodes,
  args: '[file...]',
  argKind: 'file',
  argsMean: 'sourceFile',
  flags: [
    { flags: '-n, --name <name>', about: 'name of the work' },
    adapterFlag,
    { flags: '-c, --consumer <name>', about: 'its target cluster', defaultText: "the context's" },
    {
      flags: '-f, --source-file <path>',
      about:
        'manifests to merge in: a ManifestWork, plain manifests, a list of them, or its spec; or FILE without the flag; repeatable',
      repeat: true,
      aliases: ['--manifest-file <path>'],
    },
    ...manifestInputFlags,
    { flags: '--output-file <file>', about: 'write the document there instead of to standard output, which `-` is' },
    {
      flags: '--remove <selector>',
      about: 'take this manifest out, Kind[.group]/[namespace/]name; repeatable',
      repeat: true,
    },
    {
      flags: '--strategy <strategy>',
      about: 'merge adds to the work; replace makes the work of the given manifests alone',
      defaultText: 'merge',
      values: ['merge', 'replace'],
    },
    { flags: '--force', about: 'take over what other managers own' },
    { flags: '--apply', about: 'apply the result at once; -o json then prints the outcome' },
    { flags: '--dry-run', about: 'with --apply: predict, and send nothing' },
    {
      flags: '--conflict-retries <n>',
      about: 'with --apply: read and merge again after a conflict, so often',
      defaultText: '5',
    },
    { flags: '--watch [expr]', about: 'with --apply: wait at the version just written; Applied when none is given' },
    { flags: '--wait [expr]', about: 'the same in the spelling of the Go tool; Available when none is given' },
    ...waitFlags,
    viaFlag('poll', 'with --watch; stream hears sooner, at the cost of a stream that the server keeps open'),
  ],
  outputs: buildOutputs,
  // Without it the outcome is that of whatever applies the document.
  hasOutcome: 'apply',
  parse: (input) => parseBuild(input),
  load: () => import('./run.ts'),
};

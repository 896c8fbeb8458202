import type { CommandSpec } from '../../command-line/command-spec.ts';
import { readExitCodes } from '../../command-line/exit-codes.ts';
import { manifestInputFlags } from '../../command-line/manifest-input.ts';
import { adapterFlag } from '../../command-line/work-address.ts';
import { validateOutputs, type ValidateOptions, parseValidate } from './options.ts';

export const validateCommand: CommandSpec<ValidateOptions> = {
  name: 'validate',
  summary: 'check manifests offline, for people and for CI',
  description:
    'Finds every problem of every file in one run, each with file, line, column and path: the envelope, the rules of the server, built-in kinds and CRDs against their schemas, feedback paths and manifestConfigs against the manifests. Nothing is sent; only --consumer asks Maestro.',
  examples: [
    { about: 'Check a directory', command: 'maestro-cli validate -f deploy/' },
    {
      about: 'Check custom resources too, and report to code scanning',
      command: 'maestro-cli validate -f deploy/ --schema=crds/widgets.yaml \\\n    -o sarif > findings.sarif',
    },
  ],
  exitCodes: readExitCodes,
  args: '[file...]',
  argKind: 'file',
  argsMean: 'manifestFile',
  flags: [
    {
      flags: '-f, --manifest-file <path>',
      about: 'file, directory, glob or - for standard input; or FILE without the flag; repeatable',
      repeat: true,
    },
    ...manifestInputFlags,
    {
      flags: '-n, --name <name>',
      about: 'check the plain manifests of all files as one work of this name, as apply would send it',
    },
    { ...adapterFlag, about: 'the same by convention, hyperfleet-{consumer}-{type}; needs --consumer' },
    { flags: '-c, --consumer <name>', about: 'also ask Maestro whether this consumer exists' },
    {
      flags: '--schema <path>',
      about: 'CustomResourceDefinitions, or JSON Schemas with x-kubernetes-group-version-kind; repeatable',
      repeat: true,
    },
    { flags: '--no-schemas', about: 'check no manifest against the schema of its kind' },
    { flags: '--strict', about: 'warnings fail too' },
  ],
  outputs: validateOutputs,
  hasOutcome: false,
  parse: parseValidate,
  load: () => import('./run.ts'),
};

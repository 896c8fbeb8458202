import type { CommandSpec } from '../../command-line/command-spec.ts';
import { templateFlag } from '../../command-line/consumer-choice.ts';
import { readExitCodes } from '../../command-line/exit-codes.ts';
import { manifestInputFlags } from '../../command-line/manifest-input.ts';
import { adapterFlag } from '../../command-line/work-address.ts';
import { validateOutputs, type ValidateOptions, parseValidate } from './options.ts';

export const validateCommand: CommandSpec<ValidateOptions> = {
  name: 'validate',
  summary: 'check manifests offline, for people and for CI',
  description:
    'Finds every problem of every file in one run, each with file, line, column and path: the envelope, the rules of the server, built-in kinds and CRDs against their schemas, feedback paths and manifestConfigs against the manifests. Nothing is sent; only --consumer asks Maestro, and not with --template-consumer: then it is a consumer to fill in.',
  examples: [
    { about: 'Check a directory', command: 'maestro-cli validate deploy/' },
    {
      about: 'Check custom resources too, and report to code scanning',
      command: 'maestro-cli validate deploy/ --schema=crds/widgets.yaml \\\n    -o sarif > findings.sarif',
    },
    {
      about: 'A template as each of its clusters would get it, without a server',
      command: 'maestro-cli validate deploy/ --template-consumer \\\n    --consumers-from=clusters.json',
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
    {
      ...adapterFlag,
      about: 'the same by convention, hyperfleet-{consumer}-{type}; needs --consumer or --template-consumer',
    },
    {
      flags: '-c, --consumer <name>',
      about: 'also ask Maestro whether this consumer exists; with --template-consumer, fill it in and ask nobody',
    },
    { ...templateFlag, about: `${templateFlag.about}, and check what comes out; samples stand for what is not given` },
    {
      flags: '--consumer-label <key=value>',
      about: 'with --template-consumer: a label of the consumer, which has no others then; repeatable',
      repeat: true,
    },
    {
      flags: '--consumers-from <file>',
      about: 'with --template-consumer: check for each of these, as consumer list -o json prints them, or names',
    },
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

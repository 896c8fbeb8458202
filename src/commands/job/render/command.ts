import type { CommandSpec } from '../../../command-line/command-spec.ts';
import { localExitCodes } from '../../../command-line/exit-codes.ts';
import { defaultImage } from '../../../core/jobs/image.ts';
import { jobParts } from '../../../core/jobs/render.ts';
import { jobTemplateNames } from '../../../core/jobs/templates.ts';
import { ExitCode } from '../../../exit-code.ts';
import { jobOutputs, jobPartNames, jobSettingsHelp, parseJobRender, type JobRenderOptions } from './options.ts';

export const jobRenderCommand: CommandSpec<JobRenderOptions> = {
  name: 'job render',
  summary: 'the Kubernetes Job for a command, with all that it needs',
  description:
    `Prints the Job that runs a command beside the status-reporter, the manifest in a ConfigMap (in a Secret when a Secret is in it), the ServiceAccount and its rights, and the NetworkPolicies. Nothing is sent, and the same flags give the same text. ` +
    `Templates: ${jobTemplateNames.join(', ')}; apply-and-wait when none is named. --timeout is the budget of one try; the limits of the status-reporter and the Job follow from it. The environment is not looked at. --set takes ${jobSettingsHelp}.`,
  examples: [
    {
      about: 'Apply a work in a Job, and wait until the cluster has applied it',
      command:
        'maestro-cli job render apply-and-wait --event-id=0198c5 \\\n    --consumer=cluster-west-1 --adapter=nodepool -f work.yaml \\\n    --tls-secret=maestro-client-tls | kubectl apply -f -',
    },
    {
      about: 'What all Jobs of the namespace share, once',
      command: 'maestro-cli job render --part=setup \\\n    --set api-server-cidr=10.96.0.1/32 | kubectl apply -f -',
    },
    {
      about: 'A template of your own, with ${event-id} and the others left open',
      command:
        'maestro-cli job render delete --template --part=job \\\n    --image=example/maestro-cli:1.2 > delete.yaml',
    },
  ],
  exitCodes: [...localExitCodes, ExitCode.InvalidInput],
  args: '[template]',
  argKind: 'job template',
  argValues: jobTemplateNames,
  flags: [
    { flags: '--event-id <id>', about: 'names the Job maestro-handler-{id}; lower case letters, digits and -' },
    { flags: '--sentinel-event-id <id>', about: 'EVENT_ID of the container, any text', defaultText: '--event-id' },
    {
      flags: '--traceparent <context>',
      about: 'TRACEPARENT of the container: the trace that the Job belongs to, as W3C Trace Context has it',
    },
    { flags: '-c, --consumer <name>', about: 'target cluster' },
    { flags: '--adapter <type>', about: 'who owns what is written; names the work hyperfleet-{consumer}-{type}' },
    { flags: '-n, --name <name>', about: 'name of the work instead' },
    {
      flags: '-f, --manifest-file <path>',
      about: 'manifests to carry along, checked as apply checks them; file, directory, glob or -; repeatable',
      repeat: true,
    },
    { flags: '--manifest-config <name>', about: 'a ConfigMap that holds manifest.yaml already' },
    { flags: '--manifest-secret <name>', about: 'a Secret that holds manifest.yaml already' },
    { flags: '--for <expr>', about: 'what to wait for', defaultText: 'Applied' },
    { flags: '--fail-on <expr>', about: 'end the wait as failed when this expression holds' },
    { flags: '--image <reference>', about: 'image of maestro-cli', defaultText: defaultImage },
    { flags: '--namespace <name>', about: 'where the Job runs', defaultText: 'hyperfleet-adapters' },
    {
      flags: '--tls-secret <name>',
      about: 'Secret with ca.crt, tls.crt and tls.key for Maestro',
      defaultText: 'maestro-client-tls, or none without TLS',
    },
    { flags: '--set <key=value>', about: 'anything else; repeatable, an unknown key lists them all', repeat: true },
    {
      flags: '--part <part>',
      about: `${jobPartNames}: everything, what all Jobs share, or what one event needs`,
      defaultText: 'all',
      values: jobParts,
    },
    { flags: '--template', about: 'leave what is not given open as ${event-id}, ${target-cluster}, …' },
  ],
  outputs: jobOutputs,
  hasOutcome: false,
  offline: true,
  parse: parseJobRender,
  load: () => import('./run.ts'),
};

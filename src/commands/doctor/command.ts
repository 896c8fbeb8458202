import type { CommandSpec } from '../../command-line/command-spec.ts';
import { readExitCodes } from '../../command-line/exit-codes.ts';
import { type DoctorOptions, doctorOutputs, parseDoctor } from './options.ts';

export const doctorCommand: CommandSpec<DoctorOptions> = {
  name: 'doctor',
  summary: 'say why it does not work, check by check',
  description:
    'Looks at settings, proxies, DNS, TCP, certificates, TLS, tokens, REST, rights, consumer, agent and clocks, in this order, and says of each what was seen and what to do. The right to publish is probed with an event of a type that Maestro refuses right after it has authorised the sender, so nothing is changed; the right to subscribe with a stream that is closed at once. Warnings do not fail the run.',
  examples: [
    {
      about: 'Everything between here and the agent of a cluster',
      command: 'maestro-cli doctor --consumer=cluster-west-1',
    },
    { about: 'For a script, without asking for rights', command: 'maestro-cli doctor --no-probe -o json' },
  ],
  exitCodes: readExitCodes,
  flags: [
    {
      flags: '-c, --consumer <name>',
      about: 'a target cluster: whether it exists, and when its agent last reported',
      defaultText: "the context's",
    },
    { flags: '--no-probe', about: 'publish nothing and subscribe to nothing, so rights are not checked' },
  ],
  outputs: doctorOutputs,
  hasOutcome: false,
  parse: parseDoctor,
  load: () => import('./run.ts'),
};

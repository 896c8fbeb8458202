import type { CommandSpec } from '../../command-line/command-spec.ts';
import { readExitCodes } from '../../command-line/exit-codes.ts';
import { hubFlags } from '../shared/hub-connection.ts';
import { parseUi, type UiOptions } from './options.ts';

export const uiCommand: CommandSpec<UiOptions> = {
  name: 'ui',
  summary: 'look at clusters and works on the whole screen, live',
  description:
    'Shows on the whole screen of the terminal what list, watch and describe tell: clusters with their works by state, works with what blocks them, one work with its conditions, resources and feedback, and the Applications of a hub that the GitOps controllers deliver, as they change. ? shows the keys, q leaves. It reads only, unless --allow-changes is given; then each change is asked about first, with what it is and where it goes. It needs a terminal; for scripts there are list and watch.',
  examples: [
    { about: 'Look at all clusters', command: 'maestro-cli ui' },
    { about: 'The fleet of another context', command: 'maestro-cli ui --context=production' },
    {
      about: 'A roll-out that runs in another terminal, with apply --journal=rollout.jsonl',
      command: 'maestro-cli ui --journal=rollout.jsonl',
    },
  ],
  exitCodes: readExitCodes,
  flags: [
    { flags: '--journal <file>', about: 'begin with the roll-out of this journal of apply, which may be going on' },
    { flags: '--allow-changes', about: 'works may be deleted, applied and edited, each after a question' },
    {
      flags: '--clipboard',
      about: 'y also hands the name to the clipboard, for terminals that take it (OSC 52)',
    },
    ...hubFlags,
  ],
  hasOutcome: false,
  parse: parseUi,
  load: () => import('./run.ts'),
};

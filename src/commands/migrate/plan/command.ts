import type { CommandSpec } from '../../../command-line/command-spec.ts';
import { writeExitCodes } from '../../../command-line/exit-codes.ts';
import { patterns } from '../../../core/migration/old-work.ts';
import { clusterFlags } from '../shared/choose.ts';
import { parseMigratePlan, planOutputs, type PlanOptions } from './options.ts';

export const migratePlanCommand: CommandSpec<PlanOptions> = {
  name: 'migrate plan',
  summary: 'decide how works move to another pattern, and write it down; send nothing',
  description:
    'Reads the works of your source (--source-id) and decides which new works take their place: each object comes into exactly one of them, with its manager, its options and whether it outlives its work. The plan is one file (mode 0600, it holds the manifests, Secrets too) with all that run, finish and rollback need. What cannot be said of the new works as it was of the old ones is refused, with names; the file is written only when no cluster is refused.',
  examples: [
    {
      about: 'One work for each cluster',
      command: 'maestro-cli migrate plan --to C --plan plan.json --all-consumers',
    },
    {
      about: 'Where two works hold one object, the content of one counts',
      command: 'maestro-cli migrate plan --to C --plan plan.json -c c1 \\\n    --prefer=hyperfleet-c1-job',
    },
    {
      about: 'Back to one work for each adapter',
      command: 'maestro-cli migrate plan --to A --plan back.json --consumer=c1',
    },
  ],
  exitCodes: writeExitCodes,
  flags: [
    {
      flags: '--to <pattern>',
      about: `${patterns.join(', ')}: one work for each adapter, object or cluster`,
      values: patterns,
    },
    { flags: '--plan <file>', about: 'where the plan is written' },
    ...clusterFlags,
    { flags: '--works <names>', about: 'only these works, by name, with commas; all of the source when absent' },
    { flags: '-l, --selector <selector>', about: 'only works with these labels, such as app=web,tier!=db' },
    {
      flags: '-n, --name <template>',
      about:
        'names of the new works, with {cluster}, and {manager} (A, B), {kind}, {namespace}, {name} (B); hyperfleet-{cluster}, -{cluster}-{manager} or -{cluster}-{kind}-{name} when absent',
    },
    {
      flags: '--manager-of <work=manager>',
      about: 'who manages the manifests of a work of which neither record nor name tells it; repeatable',
      repeat: true,
    },
    { flags: '--prefer <work>', about: 'the work whose content, labels and annotations count where two differ' },
  ],
  outputs: planOutputs,
  hasOutcome: false,
  parse: parseMigratePlan,
  load: () => import('./run.ts'),
};

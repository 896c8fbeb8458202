import { hubFlags } from '../../../shared/hub-connection.ts';
import type { CommandSpec } from '../../../../command-line/command-spec.ts';
import { writeExitCodes } from '../../../../command-line/exit-codes.ts';
import { bundleChoiceFlags } from '../../shared/bundle-choice.ts';
import { classicNamespaceFlag, controllerNamespaceFlag, hubIdFlag } from '../../shared/hub-flags.ts';
import { parseGitopsMigratePlan, planOutputs, type PlanOptions } from './options.ts';

export const gitopsMigratePlanCommand: CommandSpec<PlanOptions> = {
  name: 'gitops migrate plan',
  summary: 'decide which Applications go to the other pull model, and write it down; send nothing',
  description:
    'Reads the hub and Maestro and decides what is handed over: each Application of the hub with its cluster, its classic ManifestWork and its bundle, found by their annotations and labels and never by name. The plan is one file that run, finish, rollback and status read; the same file goes on after any end. ' +
    'An Application that the other model would change in its spec is parked until it is accepted, and so is one whose classic work holds an AppProject until it is said what becomes of that. The plan says so of each. The runbook of both directions is docs/gitops-migration.md.',
  examples: [
    {
      about: 'From the classic model to Maestro, all clusters',
      command: 'maestro-cli gitops migrate plan --to=maestro --out=to-maestro.plan',
    },
    {
      about: 'Two clusters, with the differences of one Application agreed to',
      command:
        'maestro-cli gitops migrate plan --to=maestro --out=two.plan \\\n    --cluster=c1 --cluster=c2 \\\n    --accept-differences=openshift-gitops/shop',
    },
    {
      about: 'Back to the classic model',
      command: 'maestro-cli gitops migrate plan --to=classic --out=to-classic.plan',
    },
  ],
  exitCodes: writeExitCodes,
  flags: [
    {
      flags: '--to <model>',
      about: 'maestro or classic: who is to have the Applications',
      values: ['maestro', 'classic'],
    },
    { flags: '--out <file>', about: 'where the plan is written' },
    ...bundleChoiceFlags,
    {
      flags: '--accept-differences [applications]',
      about: 'agree to what the other model changes in the spec: of all, or of these namespace/name, with commas',
    },
    { flags: '--deliver-project', about: 'the controllers run with it: they send the AppProject along' },
    { flags: '--deliver-namespace', about: 'the controllers run with it: they send the Namespace along' },
    {
      flags: '--leave-projects',
      about: 'AppProjects that classic works hold stay on the clusters, and nobody updates them any more',
    },
    ...hubFlags,
    hubIdFlag,
    classicNamespaceFlag,
    controllerNamespaceFlag,
  ],
  outputs: planOutputs,
  hasOutcome: false,
  parse: parseGitopsMigratePlan,
  load: () => import('./run.ts'),
};

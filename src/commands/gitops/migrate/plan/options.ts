import { callTimeoutMs } from '../../../../command-line/connection-options.ts';
import type { ParseInput } from '../../../../command-line/command-spec.ts';
import { flagReader, type FlagReader } from '../../../../command-line/flag-values.ts';
import { parseLabelSelector } from '../../../../core/label-selector.ts';
import { present } from '../../../../core/present.ts';
import { MaestroError } from '../../../../errors.ts';
import type { HandoverSelection } from '../../../../gitops/handover/make-plan.ts';
import type { HandoverDirection } from '../../../../gitops/handover/plan.ts';
import { bundleChoice } from '../../shared/bundle-choice.ts';
import { hubConnectionOptions, type FleetStateOptions } from '../../shared/fleet-state-options.ts';
import { controllerPlaces } from '../../shared/hub-flags.ts';

export const planOutputs = ['table', 'json', 'yaml'] as const;

/** To whom the applications go, as it is written on the command line. */
export const directions: Readonly<Record<string, HandoverDirection>> = {
  maestro: 'to-maestro',
  classic: 'to-classic',
};

/** Which differences in `spec` somebody agrees to: all, or those of the named applications of the hub. */
export type Accepted = 'all' | readonly string[];

export interface PlanOptions extends Pick<
  FleetStateOptions,
  'hub' | 'hubId' | 'settings' | 'source' | 'timeoutMs' | 'log'
> {
  readonly out: string;
  readonly selection: Omit<HandoverSelection, 'hubId' | 'acceptDifferences'>;
  /** `namespace/name` on the hub; absent: all of the clusters. */
  readonly applications?: readonly string[];
  readonly accepted: Accepted;
  readonly output: (typeof planOutputs)[number];
}

export function parseGitopsMigratePlan(input: ParseInput): PlanOptions {
  const flags = flagReader(input);
  const to = flags.oneOf('to', Object.keys(directions));
  const direction = to === undefined ? undefined : directions[to];
  if (direction === undefined)
    throw new MaestroError('usage', '--to is required: the model that the applications are to go to', {
      hint: 'maestro: from the classic pull model to Maestro; classic: back.',
    });
  const out = flags.required('out', 'the file that the plan is written to');
  if (out === '-') throw new MaestroError('usage', '--out names a file here: it is read again by later commands');
  const connection = hubConnectionOptions(input, callTimeoutMs);
  const { clusters, clusterSelector, applications } = bundleChoice(flags);
  const { controllerNamespace: ownNamespace, classicNamespace } = controllerPlaces(flags);
  return {
    ...connection,
    out,
    selection: {
      direction,
      source: connection.source,
      settings: {
        deliverNamespace: flags.on('deliverNamespace'),
        deliverProject: flags.on('deliverProject'),
        leaveProjects: flags.on('leaveProjects'),
        classicNamespace,
        ownNamespace,
      },
      ...present({
        clusters,
        clusterSelector: clusterSelector === undefined ? undefined : parseLabelSelector(clusterSelector),
      }),
    },
    ...present({ applications }),
    accepted: acceptedDifferences(flags),
    output: flags.output(planOutputs),
  };
}

/** @throws MaestroError usage for what is no `namespace/name` */
function acceptedDifferences(flags: FlagReader): Accepted {
  const text = flags.optional('acceptDifferences');
  if (text === undefined) return [];
  if (text === '') return 'all';
  const keys = text.split(',');
  const odd = keys.find((key) => !/^[^/\s]+\/[^/\s]+$/.test(key));
  if (odd === undefined) return [...new Set(keys)];
  throw new MaestroError(
    'usage',
    `--accept-differences takes namespace/name of the hub, several with commas, not ${JSON.stringify(odd)}`,
  );
}

import { setReports as setReportsPath } from '../kube/hub-kinds.ts';
import { classicConfigMap, classicDeployment, maestroDeployment } from '../model/pull-models.ts';

/** One right of the hub that the controller uses. */
export interface Right {
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';
  readonly group: string;
  readonly resource: string;
  /** Absent: everywhere. */
  readonly namespace?: string;
  /** Absent: of any name. */
  readonly name?: string;
}

/** What decides which rights the controller uses. */
export interface RightsSettings {
  readonly ownNamespace: string;
  readonly classicNamespace: string;
  /** undefined: it leads without a Lease. */
  readonly leaseName: string | undefined;
  readonly deliverProject: boolean;
  /** A PlacementDecision has to allow each application its cluster. */
  readonly placement: boolean;
  /** It keeps a MulticlusterApplicationSetReport of each ApplicationSet. */
  readonly setReports: boolean;
  /** It was told who the hub is. */
  readonly knowsHubId: boolean;
}

const ocm = 'cluster.open-cluster-management.io';
const reports = { group: setReportsPath.group, resource: setReportsPath.resource };

/**
 * All rights that the controller uses on the hub. A test holds the roles of the
 * chart to this list, in both directions.
 */
export function controllerRights(settings: RightsSettings): readonly Right[] {
  const { ownNamespace, classicNamespace, leaseName, deliverProject, placement, setReports, knowsHubId } = settings;
  const of = (verbs: readonly Right['verb'][], right: Omit<Right, 'verb'>): readonly Right[] =>
    verbs.map((verb) => ({ verb, ...right }));
  return [
    ...of(['get', 'list', 'watch', 'patch'], { group: 'argoproj.io', resource: 'applications' }),
    ...(deliverProject ? of(['list', 'watch'], { group: 'argoproj.io', resource: 'appprojects' }) : []),
    ...of(['list', 'watch'], { group: ocm, resource: 'managedclusters' }),
    ...(placement ? of(['list', 'watch'], { group: ocm, resource: 'placementdecisions' }) : []),
    ...(setReports ? of(['get', 'list', 'create', 'update', 'delete'], reports) : []),
    ...of(['create'], { group: 'events.k8s.io', resource: 'events' }),
    ...(knowsHubId ? [] : of(['get'], { group: '', resource: 'namespaces', name: 'kube-system' })),
    ...(leaseName === undefined ? [] : leaseRights(ownNamespace, leaseName)),
    ...of(['get'], { group: 'apps', resource: 'deployments', namespace: ownNamespace, name: maestroDeployment }),
    ...of(['get'], { group: 'apps', resource: 'deployments', namespace: classicNamespace, name: classicDeployment }),
    ...(classicNamespace === ownNamespace
      ? []
      : of(['get'], { group: 'apps', resource: 'deployments', namespace: classicNamespace, name: maestroDeployment })),
    ...of(['get'], { group: '', resource: 'configmaps', namespace: classicNamespace, name: classicConfigMap }),
  ];
}

function leaseRights(namespace: string, name: string): readonly Right[] {
  const lease = { group: 'coordination.k8s.io', resource: 'leases', namespace };
  // Creating cannot be bound to a name.
  return [
    { verb: 'create', ...lease },
    { verb: 'get', ...lease, name },
    { verb: 'update', ...lease, name },
  ];
}

/** Which rights a controller with this command line uses; flags that are given are as the chart writes them. */
export function rightsSettingsOf(
  args: readonly string[],
  {
    ownNamespace,
    classicNamespace,
    leaseName,
  }: { readonly ownNamespace: string; readonly classicNamespace: string; readonly leaseName: string },
): RightsSettings {
  const valueOf = (flag: string): string | undefined =>
    args.findLast((arg) => arg.startsWith(`${flag}=`))?.slice(flag.length + 1);
  const elects = !['false', 'f', '0', 'no'].includes(valueOf('--leader-elect') ?? 'true');
  const aggregates = (valueOf('--controllers') ?? 'aggregation').split(',').includes('aggregation');
  return {
    ownNamespace,
    classicNamespace: valueOf('--classic-namespace') ?? classicNamespace,
    leaseName: elects ? (valueOf('--lease-name') ?? leaseName) : undefined,
    deliverProject: args.includes('--deliver-project'),
    placement: valueOf('--authorisation') !== 'none',
    setReports: aggregates && valueOf('--appset-report') !== 'never',
    knowsHubId: valueOf('--hub-id') !== undefined,
  };
}

/** `get deployments.apps open-cluster-management/multicluster-integrations`. */
export function rightText({ verb, group, resource, namespace, name }: Right): string {
  const place = [namespace, name].filter((part) => part !== undefined).join('/');
  return `${verb} ${resource}${group === '' ? '' : `.${group}`}${place === '' ? '' : ` ${place}`}`;
}

import type { JsonObject } from '../../core/json.ts';
import { objectAt, objectsAt, stringMapAt, textAt } from '../../core/json-fields.ts';
import { strategyOf } from '../../core/migration/configs.ts';
import { manifestKey } from '../../core/works/manifest-work.ts';
import {
  applicationSetLabel,
  appProjectKind,
  argoGroup,
  hostingApplicationSetAnnotation,
  hubNameAnnotation,
  hubNamespaceAnnotation,
  pullLabel,
} from '../constants.ts';
import { applicationsOf, manifestsOf } from './let-go.ts';

/** A namespaced object on a cluster. */
export interface SpokeRef {
  readonly namespace: string;
  readonly name: string;
}

/** The condition Applied of a ManifestWork, as the klusterlet's agent reports it. */
export interface AppliedReport {
  readonly status: 'True' | 'False' | 'Unknown';
  /** The generation of the work that it is about; 0 when the agent does not say. */
  readonly observedGeneration: number;
  readonly message: string;
}

/** What a ManifestWork of the classic model says, an object of the hub. */
export interface ClassicWork {
  /** Its namespace, which is the name of the cluster. */
  readonly cluster: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  /** It has been deleted, and its agent has not let it go yet. */
  readonly deleting: boolean;
  /** The hub application that it was made from. */
  readonly hubNamespace: string;
  readonly hubName: string;
  /** `<namespace>/<name>` of the ApplicationSet that owns the application. */
  readonly applicationSet?: string;
  /** What it holds, by its manifests. */
  readonly applications: readonly SpokeRef[];
  readonly projects: readonly SpokeRef[];
  readonly namespaces: readonly string[];
  /** Type of the update strategy of its first Application; `Update` when it has none. */
  readonly strategy: string;
  /** `propagationPolicy` of its delete option; `Foreground` when it has none. */
  readonly deletion: string;
  readonly applied?: AppliedReport;
}

/**
 * Reads a ManifestWork of the hub; undefined when it is none that the classic
 * model made for an application. It is told by its annotations and a label, and
 * never by its name. Never throws.
 */
export function readClassicWork(object: JsonObject): ClassicWork | undefined {
  const metadata = objectAt(object, 'metadata');
  const annotations = stringMapAt(metadata, 'annotations');
  const hubNamespace = annotations[hubNamespaceAnnotation] ?? '';
  const hubName = annotations[hubNameAnnotation] ?? '';
  if (hubNamespace === '' || hubName === '' || !isMarked(stringMapAt(metadata, 'labels'))) return undefined;
  const spec = objectAt(object, 'spec');
  const manifests = manifestsOf(object);
  const applications = applicationsOf(manifests);
  const [first] = applications;
  const applicationSet = annotations[hostingApplicationSetAnnotation] ?? '';
  const applied = appliedReport(object);
  const { generation } = metadata;
  return {
    cluster: textAt(metadata, 'namespace'),
    name: textAt(metadata, 'name'),
    uid: textAt(metadata, 'uid'),
    resourceVersion: textAt(metadata, 'resourceVersion'),
    generation: typeof generation === 'number' ? generation : 0,
    deleting: textAt(metadata, 'deletionTimestamp') !== '',
    hubNamespace,
    hubName,
    ...(applicationSet === '' ? {} : { applicationSet }),
    applications: applications.map(({ key: { namespace, name } }) => ({ namespace, name })),
    projects: manifests.filter((manifest) => isProject(manifest)).map((manifest) => spokeRef(manifest)),
    namespaces: manifests
      .filter((manifest) => manifestKey(manifest).group === '' && manifestKey(manifest).kind === 'Namespace')
      .map((manifest) => manifestKey(manifest).name),
    strategy: first === undefined ? 'Update' : strategyOf(objectsAt(spec, 'manifestConfigs'), first),
    deletion: textAt(objectAt(spec, 'deleteOption'), 'propagationPolicy') || 'Foreground',
    ...(applied === undefined ? {} : { applied }),
  };
}

function isMarked(labels: Readonly<Record<string, string>>): boolean {
  return labels[applicationSetLabel] === 'true' || labels[pullLabel] === 'true';
}

function isProject(manifest: JsonObject): boolean {
  const { group, kind } = manifestKey(manifest);
  return group === argoGroup && kind === appProjectKind;
}

function spokeRef(manifest: JsonObject): SpokeRef {
  const { namespace, name } = manifestKey(manifest);
  return { namespace, name };
}

function appliedReport(object: JsonObject): AppliedReport | undefined {
  const conditions = objectsAt(objectAt(object, 'status'), 'conditions');
  const condition = conditions.find((one) => textAt(one, 'type') === 'Applied');
  if (condition === undefined) return undefined;
  const { observedGeneration } = condition;
  const status = textAt(condition, 'status');
  return {
    status: status === 'True' || status === 'False' ? status : 'Unknown',
    observedGeneration: typeof observedGeneration === 'number' ? observedGeneration : 0,
    message: textAt(condition, 'message'),
  };
}

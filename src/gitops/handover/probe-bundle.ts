import type { JsonObject } from '../../core/json.ts';
import { objectAt, stringMapAt } from '../../core/json-fields.ts';
import { oneLine } from '../../core/shown-text.ts';
import { entriesOf } from '../../core/status/find-evidence.ts';
import { conditionType, type FeedbackData } from '../../core/status/work-status.ts';
import { bundleId } from '../../core/works/bundle-id.ts';
import { manifestKey, type ManifestWork } from '../../core/works/manifest-work.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { isApplication } from '../bundle/content-hash.ts';
import {
  applicationApiVersion,
  applicationKind,
  applicationsResource,
  argoGroup,
  hubIdStamp,
  migrationStamp,
  probedStateAnnotation,
} from '../constants.ts';
import type { HandoverPlan, PlannedApplication } from './plan.ts';

/**
 * A probe asks a cluster's agent for Applications without touching them: with
 * `ReadOnly` it becomes no owner, and its deletion deletes nothing. It stands
 * under a source of its own, so that the controllers never see it.
 */
export interface Probe {
  readonly id: string;
  readonly source: string;
  readonly work: ManifestWork;
}

/** What is to be asked of an Application, and what stood on hub and in Maestro by then. */
export interface Question {
  readonly application: Pick<PlannedApplication, 'spokeNamespace' | 'spokeName'>;
  readonly signature: string;
}

/** What an agent told of one Application. */
export interface ProbeReading {
  /** What stood when the probe was made: what it tells can only be of after that. */
  readonly signature: string;
  /** The agent has looked. Without an answer nothing else here says anything. */
  readonly answered: boolean;
  /** Why the agent cannot tell who owns it; "" when it can. It has not answered then. */
  readonly untold: string;
  readonly found: boolean;
  readonly uid: string;
  /** Names of the AppliedManifestWorks, and of whatever else owns it. */
  readonly owners: readonly string[];
  readonly deleting: boolean;
  /** `Running`, `Succeeded` and so on; "" where no operation ever ran. */
  readonly phase: string;
}

/** Manifests of one probe: what an agent reports of them fits into one report many times over. */
export const mostQuestions = 100;

const paths = [
  { name: 'uid', path: '.metadata.uid' },
  { name: 'owners', path: '.metadata.ownerReferences[*].name' },
  { name: 'generation', path: '.metadata.generation' },
  { name: 'hash', path: '.metadata.annotations.open-cluster-management\\.io/config-spec-hash' },
  { name: 'deletion', path: '.metadata.deletionTimestamp' },
  { name: 'phase', path: '.status.operationState.phase' },
] as const;

/** Source id of the probes. */
export function probeSource({ source }: Pick<HandoverPlan, 'source'>): string {
  return `${source}-probe`;
}

/**
 * @param tail tells this probe from all others, so that no answer to another one is taken for its own: lower case
 *   letters and digits, 20 at the most
 */
export function buildProbe(
  plan: Pick<HandoverPlan, 'source' | 'runId' | 'hubId'>,
  cluster: string,
  questions: readonly Question[],
  tail: string,
): Probe {
  const name = `handover-probe-${tail}`;
  const source = probeSource(plan);
  const manifests = questions.map(({ application: { spokeNamespace: namespace, spokeName }, signature }) => ({
    apiVersion: applicationApiVersion,
    kind: applicationKind,
    metadata: { name: spokeName, namespace, annotations: { [probedStateAnnotation]: signature } },
  }));
  const manifestConfigs = questions.map(({ application: { spokeNamespace: namespace, spokeName: name } }) => ({
    feedbackRules: [{ jsonPaths: paths, type: 'JSONPaths' }],
    resourceIdentifier: { group: argoGroup, resource: applicationsResource, namespace, name },
    updateStrategy: { type: 'ReadOnly' },
  }));
  const annotations = { [hubIdStamp]: plan.hubId, [migrationStamp]: plan.runId };
  return {
    id: bundleId(source, cluster, name),
    source,
    work: { name, labels: {}, annotations, manifests, manifestConfigs },
  };
}

/** True of a probe of this hub, whichever handover made it: one that was killed may have left it. */
export function isProbe(row: ResourceBundle, { hubId }: Pick<HandoverPlan, 'hubId'>): boolean {
  const annotations = stringMapAt(row.metadata, 'annotations');
  return annotations[hubIdStamp] === hubId && (annotations[migrationStamp] ?? '') !== '';
}

/** What a probe tells, by `<namespace>/<name>` of the Application on the cluster. */
export function readProbe(row: ResourceBundle): ReadonlyMap<string, ProbeReading> {
  const readings = new Map<string, ProbeReading>();
  if (row.deletedAt !== undefined) return readings;
  for (const manifest of row.manifests) {
    if (!isApplication(manifest)) continue;
    const { namespace, name } = manifestKey(manifest);
    readings.set(`${namespace}/${name}`, readingOf(manifest, row));
  }
  return readings;
}

function readingOf(manifest: JsonObject, { status }: ResourceBundle): ProbeReading {
  const signature = stringMapAt(objectAt(manifest, 'metadata'), 'annotations')[probedStateAnnotation] ?? '';
  const entries = status === undefined ? [] : entriesOf(manifest, status);
  const values = new Map(entries.flatMap(({ feedback }) => feedback.map(({ name, value }) => [name, value] as const)));
  const conditions = entries.flatMap((entry) => entry.conditions);
  const available = conditions.find(({ type }) => type === conditionType.available)?.status;
  const synced = conditions.find(({ type }) => type === conditionType.feedbackSynced);
  const uid = textOf(values.get('uid'));
  const isThere = available === 'True' && uid !== '';
  const owners = textsOf(values.get('owners'));
  // A list that is too long for a report is left out of it, and must not be taken for nobody's.
  const isWhole = owners.length > 0 || synced?.status === 'True';
  const found = isThere && isWhole;
  return {
    signature,
    answered: available === 'False' || found,
    untold:
      isThere && !isWhole && synced !== undefined
        ? `the agent cannot report who owns it: ${oneLine(synced.message === '' ? synced.reason : synced.message)}`
        : '',
    found,
    // Values of an object that is gone may still be reported beside the condition that it is.
    uid: found ? uid : '',
    owners: found ? owners : [],
    deleting: found && textOf(values.get('deletion')) !== '',
    phase: found ? textOf(values.get('phase')) : '',
  };
}

/** True when an owner's name says that it is the AppliedManifestWork of this work. */
export function isOwner(owner: string, work: string): boolean {
  // `<hash of the hub>-<work>`: so the name of another work that merely ends alike is told apart.
  const [, exact] = /^[0-9a-f]{64}-(.+)$/.exec(owner) ?? [];
  return exact === work;
}

function textOf(value: FeedbackData | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** One owner comes as text, several as a list. */
function textsOf(value: FeedbackData | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

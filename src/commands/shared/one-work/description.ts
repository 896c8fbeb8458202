import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import { maskAnnotations, maskText } from '../../../core/mask-secrets.ts';
import { isSecretKind } from '../../../core/secret-texts.ts';
import { ownersOf } from '../../../core/ownership/owners.ts';
import { describeState } from '../../../core/status/describe-state.ts';
import { entriesOf } from '../../../core/status/find-evidence.ts';
import { foldStatus, type WorkStateKind } from '../../../core/status/fold.ts';
import { lastReportMs } from '../../../core/status/last-report.ts';
import { resourceStateAt, type ResourceState } from '../../../core/status/resource-state.ts';
import type { Condition, FeedbackValue, ResourceStatus } from '../../../core/status/work-status.ts';
import { isAbout } from '../../../core/works/config-address.ts';
import { storedContent } from '../../../core/works/document.ts';
import { manifestKey, manifestLabel, type ManifestWork } from '../../../core/works/manifest-work.ts';
import { replacedBy } from '../../../core/migration/replaces.ts';
import { managersAnnotation, ownAnnotationPrefix } from '../../../core/works/own-annotations.ts';
import { workName, type ResourceBundle } from '../../../core/works/resource-bundle.ts';
import type { StoredExecutor } from '../../../operations/executor.ts';
import type { SharedObject } from '../../../core/ownership/shared-object.ts';
import { sharedTexts } from '../../../operations/shared-objects.ts';
import { notesOf } from './work-notes.ts';

/** What a description tells that the bundle does not hold. */
export interface DescriptionInput {
  /** `?` when it could not be found out. */
  readonly source: string;
  readonly executor: StoredExecutor;
  /** Objects that other works of the consumer hold too. */
  readonly sharedWith?: readonly SharedObject[];
  /** What could not be found out. */
  readonly unanswered?: readonly string[];
  /** Wall time, milliseconds. */
  readonly wallMs: number;
}

/** A manifest with what the agent reported of its object. */
export interface ResourceDescription {
  /** `Kind.group/namespace/name`, leaving out what is empty. */
  readonly resource: string;
  /** Who wrote the manifest; only when records are kept. */
  readonly manager?: string;
  /** False when the agent has reported nothing of it. */
  readonly reported: boolean;
  /** What is proved of it at the stored version, as in a result file. */
  readonly state: ResourceState;
  /** What the agent reported of it. */
  readonly conditions: readonly Condition[];
  /** Values that feedback rules asked for; those of a Secret are masked. */
  readonly feedback: readonly FeedbackValue[];
  /** What manifestConfigs ask for, a text each. */
  readonly configs: readonly string[];
}

/** What the agent calls a work on the cluster. */
export interface NamesOnCluster {
  /** Name of the ManifestWork. */
  readonly manifestWork: string;
  /** Name of the AppliedManifestWork, in which a hash of the hub stands that only the cluster knows. */
  readonly appliedManifestWork: string;
}

/** All that `describe` tells; the machine form is this value. */
export interface Description {
  /** Name of the work; its id when it has none. */
  readonly name: string;
  /** Name of the consumer. */
  readonly consumer: string;
  /** Id of the work. */
  readonly id: string;
  /** Who the work belongs to; `?` when it could not be found out. */
  readonly source: string;
  /** The version that Maestro has stored. */
  readonly version: number;
  /** The version of the agent's last report, 0 without any. */
  readonly observedVersion: number;
  /** RFC 3339; empty when Maestro says nothing. */
  readonly createdAt: string;
  /** RFC 3339; empty when Maestro says nothing. */
  readonly updatedAt: string;
  /** RFC 3339: when a delete was accepted. */
  readonly deletingSince?: string;
  /**
   * When the agent reported last, on its clock: RFC 3339, UTC.
   *
   * @format date-time
   */
  readonly lastReport?: string;
  /** Labels of the work. */
  readonly labels: Readonly<Record<string, string>>;
  /** Annotations of the work but our own records; what repeats values of Secrets is masked. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Names of works that a migration has put this one in the place of; they must not be made anew. */
  readonly replaces?: readonly string[];
  /** Labels of manifests by manager; only when a record is kept. */
  readonly managers?: Readonly<Record<string, readonly string[]>>;
  /** Where the work is at its stored version. */
  readonly state: WorkStateKind;
  /** One sentence on the state. */
  readonly summary: string;
  /** The conditions of the work, as the agent reported them. */
  readonly conditions: readonly Condition[];
  /** Its manifests, in order. */
  readonly resources: readonly ResourceDescription[];
  /** What the agent reported of objects that are no manifests of the stored version. */
  readonly formerResources: readonly string[];
  /** What a delete makes of the objects. */
  readonly deletePolicy: string;
  /** Who applies the manifests on the cluster, when it is not the agent itself. */
  readonly executor?: JsonObject | 'not shown by Maestro';
  /** What to look for on the cluster. */
  readonly onCluster: NamesOnCluster;
  /** Objects that other works of the consumer hold too. */
  readonly sharedWith?: readonly SharedObject[];
  /** What is odd, a sentence each. */
  readonly notes: readonly string[];
}

/** Describes a stored work. Values of Secrets are masked in it, whatever prints it. */
export function describeWork(
  bundle: ResourceBundle,
  { source, executor, sharedWith = [], unanswered = [], wallMs }: DescriptionInput,
): Description {
  const work = storedContent(bundle);
  const state = foldStatus(bundle, bundle.version);
  const reportMs = bundle.status === undefined ? undefined : lastReportMs(bundle.status);
  const managers = managersOf(bundle, source);
  const replaces = replacedBy(work);
  return {
    name: workName(bundle) === '' ? bundle.id : workName(bundle),
    consumer: bundle.consumerName,
    id: bundle.id,
    source,
    version: bundle.version,
    observedVersion: state.observedVersion,
    createdAt: bundle.createdAt,
    updatedAt: bundle.updatedAt,
    ...(bundle.deletedAt === undefined ? {} : { deletingSince: bundle.deletedAt }),
    ...(reportMs === undefined ? {} : { lastReport: new Date(reportMs).toISOString() }),
    labels: work.labels,
    annotations: foreignAnnotations(work),
    ...(replaces.length === 0 ? {} : { replaces }),
    ...(managers === undefined ? {} : { managers: byManager(managers) }),
    state: state.kind,
    summary: describeState(state, wallMs),
    conditions: bundle.status?.conditions ?? [],
    resources: bundle.manifests.map((manifest) => describeResource(manifest, bundle, managers)),
    formerResources: formerResources(bundle),
    deletePolicy: deletePolicy(bundle.deleteOption),
    ...(executor.kind === 'none'
      ? {}
      : { executor: executor.kind === 'known' ? executor.executor : ('not shown by Maestro' as const) }),
    // The agent names the ManifestWork after the bundle; OCM puts a hash of the hub before it.
    onCluster: { manifestWork: bundle.id, appliedManifestWork: `<hub hash>-${bundle.id}` },
    ...(sharedWith.length === 0 ? {} : { sharedWith }),
    notes: [...sharedTexts(sharedWith), ...notesOf(bundle, state, wallMs), ...unanswered],
  };
}

function describeResource(
  manifest: JsonObject,
  bundle: ResourceBundle,
  managers: ReadonlyMap<string, string> | undefined,
): ResourceDescription {
  const key = manifestKey(manifest);
  const resource = manifestLabel(key);
  const manager = managers?.get(resource);
  const entries = bundle.status === undefined ? [] : entriesOf(manifest, bundle.status);
  return {
    resource,
    ...(manager === undefined ? {} : { manager }),
    reported: entries.length > 0,
    state: resourceStateAt(manifest, bundle.status, bundle.version).state,
    conditions: entries.flatMap((entry) => entry.conditions),
    feedback: entries.flatMap((entry) => shownFeedback(entry)),
    configs: bundle.manifestConfigs.filter((config) => isAbout(config, key)).flatMap((config) => configTexts(config)),
  };
}

/** A rule may ask for any path of an object, the data of a Secret included. */
function shownFeedback({ resourceMeta, feedback }: ResourceStatus): ResourceDescription['feedback'] {
  const secret = isSecretKind(resourceMeta.kind);
  return feedback.map(({ name, value }) => ({ name, value: secret ? maskText : value }));
}

/** Right after an update the agent still reports the manifests of the version before. */
function formerResources(bundle: ResourceBundle): readonly string[] {
  const { status } = bundle;
  if (status === undefined) return [];
  const current = new Set(bundle.manifests.flatMap((manifest) => entriesOf(manifest, status)));
  return status.resourceStatus.filter((entry) => !current.has(entry)).map((entry) => manifestLabel(entry.resourceMeta));
}

function managersOf(bundle: ResourceBundle, source: string): ReadonlyMap<string, string> | undefined {
  const work = storedContent(bundle);
  if (work.annotations[managersAnnotation] === undefined) return undefined;
  return ownersOf(work, source === '?' ? 'the source' : source);
}

function byManager(owners: ReadonlyMap<string, string>): Readonly<Record<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  for (const [label, manager] of owners) found.set(manager, [...(found.get(manager) ?? []), label]);
  return Object.fromEntries(found);
}

/** What users and other tools have set: our own records are told in other words. */
function foreignAnnotations({ annotations, manifests }: ManifestWork): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(maskAnnotations(annotations, manifests)).filter(([name]) => !name.startsWith(ownAnnotationPrefix)),
  );
}

/** Without an option OCM deletes in the foreground. */
function deletePolicy(option: JsonObject | undefined): string {
  const policy = text(option?.['propagationPolicy']) || 'Foreground';
  const orphans = option?.['selectivelyOrphans'] ?? option?.['selectivelyOrphan'];
  const rules = isJsonObject(orphans) ? orphans['orphaningRules'] : undefined;
  const kept = Array.isArray(rules)
    ? (rules as readonly JsonValue[]).filter((rule) => isJsonObject(rule)).map((rule) => identifierText(rule))
    : [];
  return kept.length === 0 ? policy : `${policy}, orphaning ${kept.join(', ')}`;
}

function configTexts(config: JsonObject): readonly string[] {
  const feedback = list(config['feedbackRules']).map((rule) => {
    const paths = list(rule['jsonPaths']).map((path) => `${text(path['name'])}=${text(path['path'])}`);
    return `feedback ${text(rule['type'])}${paths.length === 0 ? '' : ` ${paths.join(', ')}`}`;
  });
  const strategy = config['updateStrategy'];
  const update = isJsonObject(strategy) ? [`update strategy ${text(strategy['type'])}`] : [];
  const rules = list(config['conditionRules']).map((rule) =>
    `condition rule ${text(rule['type'])} ${text(rule['condition'])}`.trim(),
  );
  return [...feedback, ...update, ...rules];
}

function identifierText(identifier: JsonObject): string {
  const [group, resource, namespace, name] = ['group', 'resource', 'namespace', 'name'].map((member) =>
    text(identifier[member]),
  );
  return [group === '' ? resource : `${resource}.${group}`, namespace, name].filter((part) => part !== '').join('/');
}

function list(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]).filter((item) => isJsonObject(item)) : [];
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

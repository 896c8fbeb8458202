import { bundleId } from '../../src/core/works/bundle-id.ts';
import { eventMetadata } from '../../src/core/works/document.ts';
import { readWrittenWork } from '../../src/core/works/written-work.ts';
import { buildBundle, type BuiltBundle } from '../../src/gitops/bundle/build-bundle.ts';
import { bundleNameOf } from '../../src/gitops/bundle/bundle-name.ts';
import { draftBundle } from '../../src/gitops/bundle/draft-bundle.ts';
import { parseHubApplication, type HubApplication } from '../../src/gitops/model/hub-application.ts';
import { canonicalJson, type JsonObject, type JsonValue } from '../../src/core/json.ts';
import {
  applicationText,
  applicationWithHoles,
  argoFinalizer,
  clusterOf,
  holesOf,
  hubId,
  namespace,
  nameOf,
  secondsOf,
  statusText,
  type Fleet,
  type StatusSeed,
} from './fixture.ts';
import { Template } from './template.ts';

/** The bundle that the controllers publish for an application of the fleet. */
export function builtBundle(fleet: Fleet, at: number, specRevision: number, sourceId: string): BuiltBundle {
  const text = applicationText(holesOf(fleet, at, specRevision), {
    version: 1,
    status: undefined,
    deletionTimestamp: undefined,
    finalizers: [argoFinalizer],
  });
  const app = parseHubApplication(JSON.parse(text) as JsonObject);
  return built(app, sourceId);
}

function built(app: HubApplication, sourceId: string, name?: string): BuiltBundle {
  const settings = { sourceId, hubId, deliverNamespace: false, deliverProject: false };
  return buildBundle(app, draftBundle(app, settings), settings, { oneShot: {}, name });
}

export const idOf = (fleet: Fleet, at: number, sourceId: string): string =>
  bundleId(sourceId, clusterOf(fleet, at), bundleNameOf(namespace, nameOf(fleet, at)));

/** Bundles as Maestro keeps and sends them, made from a template and what tells one from another. */
export class BundleTexts {
  readonly #fleet: Fleet;
  readonly #metadata: Template;
  readonly #manifests: Template;
  readonly #configs: Template;
  readonly #data: Template;

  constructor(fleet: Fleet, sourceId: string) {
    this.#fleet = fleet;
    const app = parseHubApplication(applicationWithHoles([argoFinalizer]));
    const { work: written, contentHash } = built(app, sourceId, '@WORK@');
    const work = readWrittenWork(written);
    const holed = (text: string): Template => new Template(text.replaceAll(contentHash, '@HASH@'));
    // Maestro keeps objects as maps, and sends their members in order.
    const kept = (value: unknown): Template => holed(canonicalJson(value as JsonValue));
    this.#metadata = kept(eventMetadata(work, '@ID@', '@CLUSTER@', 0));
    this.#manifests = kept(work.manifests);
    this.#configs = kept(work.manifestConfigs);
    this.#data = holed(written.dataText);
  }

  holes(at: number, specRevision: number, id: string, hash: string): Record<string, string> {
    const holes = holesOf(this.#fleet, at, specRevision);
    holes['WORK'] = bundleNameOf(namespace, holes['NAME'] ?? '');
    holes['ID'] = id;
    holes['HASH'] = hash;
    return holes;
  }

  metadata(holes: Record<string, string>): string {
    return this.#metadata.fill(holes);
  }

  /** The data of the event that published it. */
  data(holes: Record<string, string>): string {
    return this.#data.fill(holes);
  }

  /** A row as REST has it. */
  row(
    holes: Record<string, string>,
    facts: {
      readonly version: number;
      readonly deletedMs: number;
      readonly updatedMs: number;
      readonly status: string;
    },
  ): string {
    const { ID: id = '', CLUSTER: cluster = '' } = holes;
    const deleted = facts.deletedMs === 0 ? '' : `"deleted_at":"${secondsOf(facts.deletedMs)}",`;
    const status = facts.status === '' ? '' : `"status":${facts.status},`;
    return `{"consumer_name":"${cluster}","created_at":"2026-11-20T10:00:00Z",${deleted}"href":"/api/maestro/v1/resource-bundles/${id}","id":"${id}","kind":"ResourceBundle","manifest_configs":${this.#configs.fill(holes)},"manifests":${this.#manifests.fill(holes)},"metadata":${this.#metadata.fill(holes)},"name":"${id}",${status}"updated_at":"${secondsOf(facts.updatedMs)}","version":${facts.version}}`;
  }
}

const condition = (type: string, reason: string, message: string, generation = ''): string =>
  `{"lastTransitionTime":"2026-11-20T10:00:05Z","message":"${message}",${generation}"reason":"${reason}","status":"True","type":"${type}"}`;
/** The members of a last report. */
export const deletedMembers = `"conditions":[${condition('Deleted', 'ManifestsDeleted', 'The manifests are deleted from the cluster namespace')}]`;

/** The members `conditions` and `resourceStatus` of a report that everything is well, with the application's status. */
export function reportMembers(holes: Record<string, string>, version: number, seed: StatusSeed): string {
  const generation = `"observedGeneration":${version},`;
  const ofWork = `${condition('Applied', 'AppliedManifestWorkComplete', 'Apply manifest work complete', generation)},${condition('Available', 'ResourcesAvailable', 'All resources are available', generation)}`;
  const ofManifest = `${condition('Applied', 'AppliedManifestComplete', 'Apply manifest complete', generation)},${condition('Available', 'ResourceAvailable', 'Resource is available')},${condition('StatusFeedbackSynced', 'StatusFeedbackSynced', '')}`;
  const meta = `{"group":"argoproj.io","kind":"Application","name":"${holes['NAME']}","namespace":"${namespace}","ordinal":0,"resource":"applications","version":"v1alpha1"}`;
  const raw = JSON.stringify(statusText(holes, seed));
  return `"conditions":[${ofWork}],"resourceStatus":[{"conditions":[${ofManifest}],"resourceMeta":${meta},"statusFeedback":{"values":[{"fieldValue":{"jsonRaw":${raw},"type":"JsonRaw"},"name":"status"}]}}]`;
}

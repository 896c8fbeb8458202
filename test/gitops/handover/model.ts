import type { WorkRequest } from '../../../src/clients/transport.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { objectAt, objectsAt, stringMapAt, textAt } from '../../../src/core/json-fields.ts';
import type { ResourceStatus, WorkStatus } from '../../../src/core/status/work-status.ts';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import { manifestKey, type ManifestWork } from '../../../src/core/works/manifest-work.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { readClassicWork } from '../../../src/gitops/classic/classic-work.ts';
import { proofOf, signatureOf, towardsOf, type Advance } from '../../../src/gitops/handover/advance.ts';
import { advanceToClassic } from '../../../src/gitops/handover/advance-to-classic.ts';
import { advanceToMaestro } from '../../../src/gitops/handover/advance-to-maestro.ts';
import type { BackupRecord } from '../../../src/gitops/handover/backup.ts';
import { readingsOf, sightOf, type Sight } from '../../../src/gitops/handover/facts.ts';
import type { HandoverDirection, HandoverGoal, HandoverPlan } from '../../../src/gitops/handover/plan.ts';
import { buildProbe, isProbe } from '../../../src/gitops/handover/probe-bundle.ts';
import { requestFor, type Request } from '../../../src/gitops/handover/writes.ts';
import { parseHubApplication } from '../../../src/gitops/model/hub-application.ts';
import { classicWork } from '../rig/classic-works.ts';
import type { KubeObject } from '../rig/kube-client.ts';
import { jsonPatched } from '../rig/patches.ts';
import { application, namespace } from '../scenarios/support.ts';

export const cluster = 'c1';
const source = 'app-work-client';
const hubId = 'hub-1';
const hubHash = 'a'.repeat(64);

/** What a run has read, and would do about it. */
export interface Decision {
  readonly advance: Advance;
  readonly sight: Sight;
  readonly goal: HandoverGoal;
}

interface SpokeApp {
  readonly uid: string;
  readonly owners: Set<string>;
  phase: string;
}

interface Row {
  version: number;
  work: ManifestWork;
  readonly createdAt: string;
  deleting: boolean;
  status?: WorkStatus;
  /** What the agent did last: the version, and what it saw by then. */
  done?: { readonly version: number; readonly seen: WorkStatus['resourceStatus'] };
}

interface ModelOptions {
  readonly direction?: HandoverDirection;
  /** As agents do; those of 2024-12 to 2025-02 own no object that is already as wished. */
  readonly ownsUnchanged?: boolean;
  /** A mutation: whoever is reported applied is believed to own, and to have let go. */
  readonly trustsApplied?: boolean;
  /** More owners than fit into a report, once as many writes were made: an agent leaves the list out then. */
  readonly hidesOwnersAfter?: number;
}

/**
 * A hub with one application, Maestro, and one cluster with both agents, as
 * small as can be: works are applied and reported one by one, whenever a test
 * says so.
 */
export class Model {
  readonly plan: HandoverPlan;
  readonly kept: BackupRecord[] = [];
  readonly rows = new Map<string, Row>();
  /** The classic work, when there is one. */
  work: KubeObject | undefined;
  hub: KubeObject | undefined;
  app: SpokeApp | undefined;
  /** What was ever wrong. */
  readonly faults: string[] = [];
  readonly #options: ModelOptions;
  readonly #workDone = new Map<string, number>();
  #counter = 0;
  #writes = 0;

  constructor(options: ModelOptions = {}) {
    this.#options = options;
    const { direction = 'to-maestro' } = options;
    const made = application('shop', { cluster });
    this.hub = { ...made, metadata: { ...made.metadata, uid: '0a1b2-hub', resourceVersion: '1', generation: 1 } };
    const id = bundleId(source, cluster, `${namespace}-shop`);
    if (direction === 'to-maestro') {
      this.classicWrites();
      this.applyWork();
      this.reportWork();
    }
    const { metadata } = this.work ?? { metadata: undefined };
    this.plan = {
      direction,
      runId: 'run-1',
      createdAt: '2026-01-01T00:00:00Z',
      source,
      hubId,
      hubServer: 'https://hub',
      settings: {
        deliverNamespace: false,
        deliverProject: false,
        leaveProjects: false,
        classicNamespace: 'open-cluster-management',
        ownNamespace: 'open-cluster-management',
      },
      clusters: [
        {
          name: cluster,
          applications: [
            {
              key: `${namespace}/shop`,
              uid: '0a1b2-hub',
              spokeNamespace: namespace,
              spokeName: 'shop',
              bundleId: id,
              bundleName: `${namespace}-shop`,
              ...(metadata === undefined
                ? {}
                : { classic: { name: metadata.name, uid: metadata.uid, generation: metadata.generation ?? 0 } }),
              differences: { spec: [], other: [], accepted: false },
            },
          ],
        },
      ],
    };
    if (direction === 'to-classic') {
      const work = this.#sight('run').ground.wanted!;
      this.rows.set(id, { version: 1, work, createdAt: this.#fresh('at'), deleting: false });
      this.applyRow(id);
      this.reportRow(id);
    }
  }

  get bundleId(): string {
    return this.plan.clusters[0]!.applications[0]!.bundleId;
  }

  get workOwner(): string {
    return `${hubHash}-shop-0a1b2`;
  }

  get bundleOwner(): string {
    return `${hubHash}-${this.bundleId}`;
  }

  /** Reads all and decides; nothing is written. */
  decide(goal: HandoverGoal): Decision {
    const sight = this.#sight(goal);
    const options = { goal, direction: this.plan.direction, leaveProjects: false };
    const decide = towardsOf(options) === 'maestro' ? advanceToMaestro : advanceToClassic;
    return { advance: decide(sight.seen, cluster, options), sight, goal };
  }

  /** Sends what was decided, however old that is. */
  carryOut({ advance, sight, goal }: Decision): void {
    if (advance.kind === 'probe') this.#makeProbe(advance.signature);
    if (advance.kind !== 'write') return;
    this.#writes += 1;
    const request = requestFor(advance.write, sight.ground);
    if (request.keep !== undefined) this.kept.push(structuredClone(request.keep));
    try {
      this.#send(request);
    } catch {
      // Somebody else wrote, so that a pinned request is refused: the next look tells.
      return;
    }
    this.#watch(advance.write.kind, goal);
  }

  /** The classic controller makes its work, or writes it again. */
  classicWrites(): void {
    if (this.hub === undefined) return;
    const wanted = classicWork(this.hub) as unknown as KubeObject;
    const before = this.work;
    if (before?.metadata.deletionTimestamp !== undefined) return;
    this.#putWork(
      {
        ...wanted,
        metadata: { ...wanted.metadata, uid: before?.metadata.uid ?? this.#fresh('work'), generation: 0 },
        ...(before?.['status'] === undefined ? {} : { status: before['status'] }),
      },
      before,
    );
  }

  /** The klusterlet's agent takes up the work as it is, and applies it. */
  applyWork(): void {
    const { work } = this;
    if (work === undefined || work.metadata.deletionTimestamp !== undefined) return;
    this.#workDone.set(work.metadata.uid, work.metadata.generation ?? 0);
    const spec = objectAt(work, 'spec');
    this.#apply(this.workOwner, objectsAt(spec, 'manifestConfigs'), objectAt(spec, 'deleteOption'));
  }

  reportWork(): void {
    const { work } = this;
    const observedGeneration = work === undefined ? undefined : this.#workDone.get(work.metadata.uid);
    if (work === undefined || observedGeneration === undefined) return;
    const conditions = [{ type: 'Applied', status: 'True', observedGeneration, message: '' }];
    this.work = { ...work, status: { conditions } };
    this.#touch();
  }

  endWork(): void {
    if (this.work?.metadata.deletionTimestamp === undefined) return;
    this.work = undefined;
    this.#release(this.workOwner);
  }

  /** Maestro's agent takes up a bundle or a probe as it is stored. */
  applyRow(id: string): void {
    const row = this.rows.get(id);
    if (row === undefined || row.deleting) return;
    const isOurs = id === this.bundleId;
    if (isOurs) this.#apply(this.bundleOwner, row.work.manifestConfigs, row.work.deleteOption ?? {});
    row.done = { version: row.version, seen: row.work.manifests.map((manifest) => this.#seen(manifest, row.version)) };
  }

  reportRow(id: string): void {
    const row = this.rows.get(id);
    if (row?.done === undefined) return;
    const { version, seen } = row.done;
    row.status = {
      observedVersion: version,
      sequenceId: String(version),
      conditions: [condition('Applied', 'True', version)],
      resourceStatus: seen,
    };
  }

  endRow(id: string): void {
    const row = this.rows.get(id);
    if (row?.deleting !== true) return;
    this.rows.delete(id);
    if (id === this.bundleId && row.done !== undefined) this.#release(this.bundleOwner);
  }

  /** Both agents do all that they have to. */
  settle(): void {
    this.applyWork();
    this.reportWork();
    this.endWork();
    for (const id of [...this.rows.keys()]) {
      this.applyRow(id);
      this.reportRow(id);
      this.endRow(id);
    }
  }

  /** Somebody with kubectl writes the classic work. */
  editWork(): void {
    if (this.work === undefined) return;
    const spec = objectAt(this.work, 'spec');
    this.#putWork({ ...this.work, spec: { ...spec, executor: { edited: this.#fresh('edit') } } }, this.work);
  }

  /** Another client of Maestro writes the bundle. */
  editRow(): void {
    const row = this.rows.get(this.bundleId);
    if (row === undefined || row.deleting) return;
    row.version += 1;
    row.work = { ...row.work, labels: { ...row.work.labels, edited: this.#fresh('edit') } };
  }

  deleteHub(how: 'marked' | 'gone'): void {
    if (this.hub === undefined) return;
    this.hub =
      how === 'gone'
        ? undefined
        : { ...this.hub, metadata: { ...this.hub.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
  }

  #sight(goal: HandoverGoal): Sight {
    const application = this.plan.clusters[0]!.applications[0]!;
    const parsed = this.work === undefined ? undefined : readClassicWork(this.work);
    const rows = [...this.rows].map(([id, row]) => bundleOf(id, row));
    const own = rows.find(({ id }) => id === this.bundleId);
    const find = (kind: BackupRecord['kind']): BackupRecord | undefined =>
      this.kept.findLast((one) => one.kind === kind);
    const [work, bundle] = [find('ManifestWork'), find('Bundle')];
    const sight = sightOf(
      {
        plan: this.plan,
        cluster,
        application,
        options: { goal, direction: this.plan.direction, leaveProjects: false },
        wallMs: 0,
      },
      {
        works: new Map(
          parsed === undefined ? [] : [[application.key, [{ work: parsed, object: this.work as JsonObject }]]],
        ),
        rows: new Map(own === undefined ? [] : [[own.id, own]]),
        probes: [],
      },
      readingsOf(rows.filter((row) => row.id !== this.bundleId && isProbe(row, this.plan))),
      {
        hub: this.hub === undefined ? undefined : parseHubApplication(this.hub),
        project: undefined,
        kept: { ...(work === undefined ? {} : { work }), ...(bundle === undefined ? {} : { bundle }) },
      },
    );
    return this.#options.trustsApplied === true ? believing(sight, goal, this) : sight;
  }

  #makeProbe(signature: string): void {
    const application = this.plan.clusters[0]!.applications[0]!;
    const { id, work } = buildProbe(this.plan, cluster, [{ application, signature }], this.#fresh('p'));
    this.rows.set(id, { version: 1, work, createdAt: this.#fresh('at'), deleting: false });
  }

  #send(request: Request): void {
    if (request.on === 'maestro') this.#publish(request.request);
    else if (request.on === 'application') {
      if (this.hub !== undefined)
        this.hub = jsonPatched(this.hub, request.steps as unknown as readonly JsonObject[]) as KubeObject;
    } else if (request.do === 'create') {
      if (this.work !== undefined) throw new Error('there is one');
      const { metadata } = request.object as unknown as KubeObject;
      this.#putWork(
        { ...request.object, metadata: { ...metadata, uid: this.#fresh('work'), generation: 0 } },
        undefined,
      );
    } else if (this.work === undefined) throw new Error('it is gone');
    else if (request.do === 'patch') {
      const patched = jsonPatched(this.work, request.steps as unknown as readonly JsonObject[]) as KubeObject;
      this.#putWork(patched, this.work);
    } else {
      const { uid, resourceVersion } = this.work.metadata;
      if (uid !== request.uid || resourceVersion !== request.resourceVersion) throw new Error('it was written');
      this.work = { ...this.work, metadata: { ...this.work.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
      this.#touch();
    }
  }

  /** As Maestro does: what is pinned is a conflict, but for a deletion, which it takes of any version. */
  #publish(request: WorkRequest): void {
    const { id } = request.target;
    const row = this.rows.get(id);
    switch (request.kind) {
      case 'create':
        if (row === undefined)
          this.rows.set(id, { version: 1, work: request.work, createdAt: this.#fresh('at'), deleting: false });
        return;
      case 'update':
        if (row === undefined || row.version !== request.version || row.deleting) throw new Error('conflict');
        row.version += 1;
        row.work = request.work;
        return;
      case 'delete':
        if (row !== undefined) row.deleting = true;
    }
  }

  #putWork(next: KubeObject, before: KubeObject | undefined): void {
    const isSame = JSON.stringify(before?.['spec']) === JSON.stringify(next['spec']);
    const generation = (before?.metadata.generation ?? 0) + (isSame ? 0 : 1);
    this.work = { ...next, metadata: { ...next.metadata, generation } };
    this.#touch();
  }

  #touch(): void {
    if (this.work === undefined) return;
    this.work = { ...this.work, metadata: { ...this.work.metadata, resourceVersion: this.#fresh('') } };
  }

  #apply(owner: string, configs: readonly JsonObject[], deleteOption: JsonObject): void {
    const config = configs.find((one) => textAt(objectAt(one, 'resourceIdentifier'), 'resource') === 'applications');
    const strategy = textAt(objectAt(config ?? {}, 'updateStrategy'), 'type') || 'Update';
    if (strategy === 'ReadOnly') return;
    const isNew = this.app === undefined;
    this.app ??= { uid: this.#fresh('uid'), owners: new Set(), phase: 'Succeeded' };
    if (textAt(deleteOption, 'propagationPolicy') === 'Orphan') this.app.owners.delete(owner);
    else if (isNew || this.#options.ownsUnchanged !== false) this.app.owners.add(owner);
  }

  #release(owner: string): void {
    if (this.app?.owners.delete(owner) !== true || this.app.owners.size > 0) return;
    this.app = undefined;
    this.faults.push(`the application went with ${owner}`);
  }

  /** A deletion of the only owner is a fault as soon as it is taken, whatever the agents make of it. */
  #watch(kind: string, goal: HandoverGoal): void {
    const owner = kind === 'delete-work' ? this.workOwner : kind === 'delete-bundle' ? this.bundleOwner : undefined;
    const owners = [...(this.app?.owners ?? [])];
    if (owner !== undefined && owners.every((one) => one === owner))
      this.faults.push(`${goal} deletes ${owner}, and the owners are ${owners.join()}`);
  }

  #seen(manifest: JsonObject, version: number): ResourceStatus {
    const key = manifestKey(manifest);
    const { app } = this;
    const hides = this.#writes >= (this.#options.hidesOwnersAfter ?? Number.POSITIVE_INFINITY);
    const owners = hides ? [] : [...(app?.owners ?? [])];
    return {
      resourceMeta: { ordinal: 0, ...key, resource: 'applications' },
      conditions: [
        condition('Applied', 'True', version),
        condition('Available', app === undefined ? 'False' : 'True'),
        condition('StatusFeedbackSynced', hides ? 'False' : 'True'),
      ],
      feedback:
        app === undefined
          ? []
          : [
              { name: 'uid', value: app.uid },
              ...(owners.length === 0 ? [] : [{ name: 'owners', value: owners.length === 1 ? owners[0]! : owners }]),
              { name: 'phase', value: app.phase },
            ],
    };
  }

  #fresh(prefix: string): string {
    this.#counter += 1;
    return `${prefix}${this.#counter}`;
  }
}

/** The mutation: a side that is reported applied is taken for what it says of itself. */
function believing(sight: Sight, goal: HandoverGoal, model: Model): Sight {
  const { classic, bundle } = sight.seen;
  const towards = towardsOf({ goal, direction: model.plan.direction });
  const owns = ({ form, applied }: typeof classic): boolean => applied && (form === 'plain' || form === 'held');
  const owners = [...(owns(classic) ? [model.workOwner] : []), ...(owns(bundle) ? [model.bundleOwner] : [])];
  const signature = signatureOf(sight.seen, towards);
  const reading = {
    signature,
    answered: true,
    untold: '',
    found: true,
    uid: 'uid1',
    owners,
    deleting: false,
    phase: '',
  };
  const seen = { ...sight.seen, readings: [reading] };
  if (proofOf(seen, towards).kind !== 'read') throw new Error('the mutation believes nothing');
  return { ...sight, seen };
}

function condition(
  type: string,
  status: 'True' | 'False',
  observedGeneration?: number,
): ResourceStatus['conditions'][number] {
  return {
    type,
    status,
    reason: '',
    message: '',
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
  };
}

function bundleOf(id: string, { version, work, createdAt, deleting, status }: Row): ResourceBundle {
  const { name, labels, annotations, manifests, manifestConfigs, deleteOption } = work;
  return {
    id,
    consumerName: cluster,
    version,
    createdAt,
    updatedAt: createdAt,
    ...(deleting ? { deletedAt: createdAt } : {}),
    metadata: { name, labels, annotations },
    manifests,
    manifestConfigs,
    ...(deleteOption === undefined ? {} : { deleteOption }),
    ...(status === undefined ? {} : { status }),
    raw: { id, version },
  };
}

/** Annotations of the classic work that a handover has left. */
export function marksOf(object: JsonObject | undefined): readonly string[] {
  const annotations = stringMapAt(objectAt(object ?? {}, 'metadata'), 'annotations');
  return Object.keys(annotations).filter((key) => key.includes('migration'));
}

import type { JsonObject } from '../../../src/core/json.ts';
import { advance, type AdvanceOptions, type Advance, type Step } from '../../../src/core/migration/advance.ts';
import { concerns, strategyOf } from '../../../src/core/migration/configs.ts';
import { outlivesWork } from '../../../src/core/migration/delete-options.ts';
import { objectsOf, reportedResources } from '../../../src/core/migration/old-work.ts';
import type { ClusterPlan } from '../../../src/core/migration/cluster-plan.ts';
import type { ResourceStatus, WorkStatus } from '../../../src/core/status/work-status.ts';
import { storedContent } from '../../../src/core/works/document.ts';
import { manifestKey, type ManifestWork } from '../../../src/core/works/manifest-work.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { consumer } from './stored.ts';

interface OnCluster {
  readonly uid: number;
  /** As it was applied last. */
  content: string;
  /** Ids of the works that own it. */
  readonly owners: Set<string>;
}

/** A work as the agent has applied it last. */
interface Applied {
  readonly version: number;
  readonly work: ManifestWork;
  readonly generation: number;
}

interface Row {
  version: number;
  work: ManifestWork;
  status?: WorkStatus;
  deleting: boolean;
  /** Tells a row that was made anew from the one before. */
  readonly generation: number;
}

/**
 * Maestro with one agent and one cluster, as small as can be: works are
 * delivered, applied and reported one by one, whenever a test says so. Objects
 * carry an owner for each work that owns them, and go with the last of them.
 */
export class Model {
  readonly rows = new Map<string, Row>();
  readonly cluster = new Map<string, OnCluster>();
  readonly #applied = new Map<string, Applied>();
  /** Labels of objects that were deleted on the cluster. */
  readonly lost: string[] = [];
  /** Labels of what somebody else has told Maestro to delete: whether that is owned is no more in our hands. */
  readonly forsaken = new Set<string>();
  readonly #ownsUnchanged: boolean;
  #uids = 0;
  #generations = 0;

  /** @param ownsUnchanged as agents do; those of 2024-12 to 2025-02 own no object that is already as wished */
  constructor({ ownsUnchanged = true }: { readonly ownsUnchanged?: boolean } = {}) {
    this.#ownsUnchanged = ownsUnchanged;
  }

  store(id: string, work: ManifestWork, version: number): void {
    this.#generations += 1;
    this.rows.set(id, { version, work, deleting: false, generation: this.#generations });
  }

  /** What a reader sees. */
  read(): ReadonlyMap<string, ResourceBundle> {
    return new Map([...this.rows].map(([id, row]) => [id, bundleOf(id, row)]));
  }

  /** Carries out a step as Maestro would: pinned to the version, else it is a conflict and nothing happens. */
  publish(step: Step): void {
    const row = this.rows.get(step.to.id);
    switch (step.kind) {
      case 'create':
        if (row === undefined) this.store(step.to.id, step.work, 1);
        return;
      case 'update':
        if (row?.version !== step.version || row.deleting) return;
        row.version += 1;
        row.work = step.work;
        return;
      case 'delete':
        if (row !== undefined) row.deleting = true;
    }
  }

  /** Somebody else writes other content into the work, with a client that asks nobody. */
  writeBeside(id: string, data: string): void {
    const row = this.rows.get(id);
    if (row === undefined || row.deleting) return;
    row.version += 1;
    row.work = { ...row.work, manifests: row.work.manifests.map((manifest) => ({ ...manifest, data: { data } })) };
  }

  /** Somebody else deletes the work. */
  deleteBeside(id: string): void {
    const row = this.rows.get(id);
    if (row === undefined || row.deleting) return;
    row.deleting = true;
    for (const { label } of objectsOf(row.work)) this.forsaken.add(label);
  }

  /** The agent takes up the work as it is stored now, and applies it. */
  apply(id: string): void {
    const row = this.rows.get(id);
    if (row === undefined || row.deleting) return;
    this.#applied.set(id, { version: row.version, work: row.work, generation: row.generation });
    for (const { label, key, manifests } of objectsOf(row.work)) {
      const object = { label, key, resource: `${key.kind.toLowerCase()}s` };
      const strategy = strategyOf(row.work.manifestConfigs, object);
      if (strategy === 'ReadOnly') continue;
      const before = this.cluster.get(label);
      const content = strategy === 'CreateOnly' && before !== undefined ? before.content : JSON.stringify(manifests);
      const there = before ?? { uid: (this.#uids += 1), content, owners: new Set<string>() };
      this.cluster.set(label, there);
      const isUnchanged = before !== undefined && before.content === content;
      there.content = content;
      if (outlivesWork(row.work.deleteOption, object, row.work.name)) there.owners.delete(id);
      else if (this.#ownsUnchanged || !isUnchanged) there.owners.add(id);
    }
  }

  /** The agent reports what it applied last. */
  report(id: string): void {
    const row = this.rows.get(id);
    const applied = this.#applied.get(id);
    if (row === undefined || applied?.generation !== row.generation) return;
    const { version, work } = applied;
    const condition = {
      type: 'Applied',
      status: 'True' as const,
      reason: '',
      message: '',
      observedGeneration: version,
    };
    row.status = {
      observedVersion: version,
      sequenceId: String(version),
      conditions: [condition],
      resourceStatus: work.manifests.map((manifest, ordinal) => this.#reportOf(manifest, ordinal, work, condition)),
    };
  }

  /** The agent ends a work that is being deleted: what it alone owns goes with it. */
  end(id: string): void {
    const row = this.rows.get(id);
    if (row?.deleting !== true) return;
    // An update that was not delivered when the deletion was accepted never is.
    const applied = this.#applied.get(id);
    if (applied !== undefined) {
      for (const [label, { owners }] of this.cluster) {
        if (!owners.delete(id) || owners.size > 0) continue;
        this.cluster.delete(label);
        this.lost.push(label);
      }
    }
    this.#applied.delete(id);
    this.rows.delete(id);
  }

  /** One step of a run that may be killed after it. */
  advance(plan: ClusterPlan, options: AdvanceOptions, most: number): Advance {
    const next = advance(plan, this.read(), options);
    if (next.kind === 'write') for (const step of next.steps.slice(0, most)) this.publish(step);
    return next;
  }

  #reportOf(
    manifest: JsonObject,
    ordinal: number,
    work: ManifestWork,
    condition: WorkStatus['conditions'][number],
  ): ResourceStatus {
    const key = manifestKey(manifest);
    const label = objectsOf({ manifests: [manifest] })[0]?.label ?? '';
    const resource = `${key.kind.toLowerCase()}s`;
    const rules = work.manifestConfigs
      .filter((config) => concerns(config, { label, key, resource }))
      .map((config) => JSON.stringify(config['feedbackRules'] ?? []))
      .find((text) => text !== '[]');
    const owners = [...(this.cluster.get(label)?.owners ?? [])].map((id) => `hub-${id}`);
    const asked = rules?.includes('migrationOwners') === true && owners.length > 0;
    return {
      resourceMeta: { ordinal, ...key, resource },
      conditions: [condition],
      feedback: asked ? [{ name: 'migrationOwners', value: owners.length === 1 ? (owners[0] ?? '') : owners }] : [],
    };
  }
}

function bundleOf(id: string, { version, work, status, deleting }: Row): ResourceBundle {
  const { name, labels, annotations, manifests, manifestConfigs, deleteOption } = work;
  return {
    id,
    consumerName: consumer,
    version,
    createdAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:00:00Z',
    ...(deleting ? { deletedAt: '2026-01-01T00:00:00Z' } : {}),
    metadata: { name, labels, annotations },
    manifests,
    manifestConfigs,
    ...(deleteOption === undefined ? {} : { deleteOption }),
    ...(status === undefined ? {} : { status }),
    raw: {},
  };
}

/** The works as a plan would read them. */
export function worksOf(model: Model): readonly {
  readonly id: string;
  readonly version: number;
  readonly work: ManifestWork;
  readonly resources: Readonly<Record<string, string>>;
}[] {
  return [...model.read()].map(([id, bundle]) => ({
    id,
    version: bundle.version,
    work: storedContent(bundle),
    resources: reportedResources(bundle),
  }));
}

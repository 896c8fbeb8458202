import type { ManifestWork } from '../../core/works/manifest-work.ts';
import type { Loss } from '../../core/ownership/merge-works.ts';
import type { RemovedManifest } from '../../core/ownership/removals.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import type { Budget } from '../budget.ts';
import { publishSafely, type Published, type PublishDeps } from '../publish.ts';
import type { SharedObject } from '../../core/ownership/shared-object.ts';
import { planApply, type ApplyPlan, type ApplyRequest } from './plan.ts';

/** What an apply did. `version` is the one that waits judge by. */
export interface Applied {
  readonly operation: 'created' | 'updated' | 'unchanged';
  readonly id: string;
  readonly version: number;
  readonly work: ManifestWork;
  /**
   * The part of `work` that this write asked for; the rest is what a merge has kept. Waits go on while a later version
   * holds it.
   */
  readonly brought: Pick<ManifestWork, 'manifests' | 'manifestConfigs' | 'deleteOption'>;
  /** Manifests that the write took out of the work, others' too. */
  readonly removed: readonly RemovedManifest[];
  /** What other managers lost, because the write was forced. */
  readonly losses: readonly Loss[];
  /**
   * Objects that the write brought into the work, and that other works of the consumer hold as well, as far as could be
   * found out.
   */
  readonly sharedWith: readonly SharedObject[];
  /** What was stored before, for an update: feedback of manifests that it changed has to settle. */
  readonly before?: ResourceBundle;
  /** What was read for an unchanged work. */
  readonly stored?: ResourceBundle;
}

/**
 * Carries a plan out, so that its effect is known at the end. A conflict with a
 * write that left just what was to be written is none: an earlier run that was
 * interrupted may have it under way still.
 */
export async function carryOut(
  plan: ApplyPlan,
  request: ApplyRequest,
  deps: PublishDeps,
  budget: Budget,
): Promise<Applied> {
  const { target, work } = plan;
  const brought = broughtBy(request, work);
  try {
    switch (plan.action) {
      case 'unchanged':
        return asStored(plan, request);
      case 'create': {
        const published = await publishSafely({ kind: 'create', target, work }, 0, deps, budget);
        const written = versionOf(published) ?? 1;
        return {
          operation: 'created',
          id: target.id,
          version: written,
          work,
          brought,
          removed: [],
          losses: [],
          sharedWith: [],
        };
      }
      case 'update': {
        const base = plan.stored.version;
        const overwrites = request.overwrite && request.ifVersion === undefined;
        const version = overwrites ? 0 : base;
        const published = await publishSafely({ kind: 'update', target, work, version }, base, deps, budget);
        const written =
          versionOf(published) ?? (overwrites ? await versionNow(target.id, base + 1, deps, budget) : base + 1);
        const { removed, losses, stored: before } = plan;
        return {
          operation: 'updated',
          id: target.id,
          version: written,
          work,
          brought,
          removed,
          losses,
          sharedWith: [],
          before,
        };
      }
    }
  } catch (caught) {
    if (MaestroError.from(caught).code !== 'conflict') throw caught;
    const now = await planApply(request, deps, budget).catch(() => undefined);
    if (now?.action !== 'unchanged') throw caught;
    return asStored(now, request);
  }
}

/** Of a merge, what was desired; how the work is deleted is for all of it. */
function broughtBy({ work: desired }: ApplyRequest, { deleteOption }: ManifestWork): Applied['brought'] {
  const { manifests, manifestConfigs } = desired;
  return { manifests, manifestConfigs, ...(deleteOption === undefined ? {} : { deleteOption }) };
}

function asStored(
  { target, stored, work }: Extract<ApplyPlan, { readonly action: 'unchanged' }>,
  request: ApplyRequest,
): Applied {
  return {
    operation: 'unchanged',
    id: target.id,
    version: stored.version,
    work,
    brought: broughtBy(request, work),
    removed: [],
    losses: [],
    sharedWith: [],
    stored,
  };
}

/** Where a write was found whose answer was lost: another may have written since, so it is not read anew. */
function versionOf(published: Published): number | undefined {
  return published.seen === 'read-back' ? published.version : undefined;
}

/** After --overwrite, the version that our content is stored at. */
async function versionNow(id: string, atLeast: number, deps: PublishDeps, budget: Budget): Promise<number> {
  const stored = await deps.reader.getBundle(id, budget);
  return Math.max(atLeast, stored?.version ?? atLeast);
}

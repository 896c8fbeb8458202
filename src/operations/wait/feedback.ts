import { foldStatus } from '../../core/status/fold.ts';
import { canonicalJson } from '../../core/json.ts';
import { manifestKey, manifestLabel } from '../../core/works/manifest-work.ts';
import type { ResourceMeta } from '../../core/status/work-status.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';

/**
 * Decides whether feedback speaks of the object as it is now. Feedback carries
 * no version and comes from another loop of the agent than the conditions:
 * after an update a work can be Available at the new version while a feedback
 * value still shows the old object (spec: seen on a real agent). So the
 * feedback of a manifest that the update changed counts only from a report
 * later than the first one that shows Applied at the version, or once
 * `settleMs` have passed since.
 */
export class FeedbackSettling {
  readonly #changed: ReadonlySet<string> | 'all' | 'none';
  readonly #settleMs: number;
  #firstApplied: { readonly sequenceId: string; readonly atMs: number } | undefined;

  constructor(changed: ReadonlySet<string> | 'all' | 'none', settleMs: number) {
    this.#changed = changed;
    this.#settleMs = settleMs;
  }

  /** Takes in one read of the bundle. */
  observe(bundle: ResourceBundle, version: number, monotonicMs: number): void {
    if (this.#firstApplied !== undefined || bundle.status === undefined) return;
    const { kind } = foldStatus(bundle, version);
    if (kind !== 'applied' && kind !== 'available') return;
    this.#firstApplied = { sequenceId: bundle.status.sequenceId, atMs: monotonicMs };
  }

  counts(meta: ResourceMeta, bundle: ResourceBundle, monotonicMs: number): boolean {
    if (this.#changed === 'none') return true;
    if (this.#changed !== 'all' && !this.#changed.has(manifestLabel(meta))) return true;
    if (this.#firstApplied === undefined) return false;
    if (monotonicMs - this.#firstApplied.atMs >= this.#settleMs) return true;
    return bundle.status !== undefined && bundle.status.sequenceId !== this.#firstApplied.sequenceId;
  }
}

/** Labels of the manifests that an update changed or added; feedback of the rest stays good. */
export function changedManifests(
  before: ResourceBundle | undefined,
  after: Pick<ResourceBundle, 'manifests'>,
): ReadonlySet<string> | 'none' {
  if (before === undefined) return 'none';
  const old = new Map(
    before.manifests.map((manifest) => [manifestLabel(manifestKey(manifest)), canonicalJson(manifest)]),
  );
  const changed = after.manifests
    .filter((manifest) => old.get(manifestLabel(manifestKey(manifest))) !== canonicalJson(manifest))
    .map((manifest) => manifestLabel(manifestKey(manifest)));
  return changed.length === 0 ? 'none' : new Set(changed);
}

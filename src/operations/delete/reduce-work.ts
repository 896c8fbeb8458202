import { formatSelector } from '../../core/expressions/format.ts';
import { pluralAdvice } from '../../core/expressions/refuse-impossible.ts';
import { matchesSelector } from '../../core/expressions/selectors.ts';
import type { Selector } from '../../core/expressions/syntax-tree.ts';
import { lossesOf } from '../../core/ownership/losses.ts';
import type { Loss } from '../../core/ownership/merge-works.ts';
import { losesItsManifests } from '../../core/ownership/options-of-manifests.ts';
import { storedContent } from '../../core/works/document.ts';
import { manifestKey, manifestLabel } from '../../core/works/manifest-work.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import type { ApplyRequest } from '../apply/plan.ts';
import type { Budget } from '../budget.ts';
import { refuseLosses, type DeleteRequest } from './plan.ts';
import { keptExecutor } from '../executor.ts';
import { takenAsStored } from '../fit-work.ts';
import type { PublishDeps } from '../publish.ts';

/** Which manifests are taken out, and on whose behalf. */
export interface ReduceRequest extends DeleteRequest {
  readonly resources: readonly Selector[];
}

/** A work without the manifests that were chosen, ready to be applied at the version it was read from. */
export interface Reduction {
  /** Undefined when the work holds nothing of what was chosen; its objects may still be on the cluster. */
  readonly request?: ApplyRequest;
  /** Labels of the manifests that go. */
  readonly labels: readonly string[];
  /** Those of other managers among them. */
  readonly losses: readonly Loss[];
}

/**
 * Takes chosen manifests, and the options that are about them alone, out of a
 * stored work. The rules of apply hold for the write: ownership, and the
 * version that was read.
 *
 * @throws MaestroError usage when nothing would be left, ownership for what other managers own (unless it is
 *   forced), and for an executor we cannot reproduce
 */
export async function reduceWork(
  bundle: ResourceBundle,
  writer: ReduceRequest,
  deps: Pick<PublishDeps, 'reader'>,
  budget: Budget,
): Promise<Reduction> {
  const selectors = writer.resources;
  const work = storedContent(bundle);
  const goes = work.manifests.filter((manifest) =>
    selectors.some((selector) => matchesSelector(selector, manifestKey(manifest))),
  );
  const stays = work.manifests.filter((manifest) => !goes.includes(manifest));
  const labels = goes.map((manifest) => manifestLabel(manifestKey(manifest)));
  refusePlurals(selectors, bundle);
  if (goes.length === 0) return { labels, losses: [] };
  const losses = lossesOf(work, writer, 'removed', goes);
  refuseLosses(bundle, losses, writer, 'Leave these out of --resource; --force takes them out too.');
  if (stays.length === 0) {
    throw new MaestroError('usage', `that is every manifest of ${workName(bundle)}; an empty work cannot be stored`, {
      hint: {
        program: 'Nothing was sent. To delete the whole work, call delete.',
        command: 'Nothing was sent. To delete the whole work, leave --resource out.',
      },
    });
  }
  const executor = await keptExecutor(deps.reader, bundle, budget);
  const reduced = takenAsStored({
    ...work,
    manifests: stays,
    manifestConfigs: work.manifestConfigs.filter(
      (config) => !losesItsManifests(config, { all: work.manifests, kept: stays }),
    ),
    ...executor,
  });
  const { source, manager, force } = writer;
  const request: ApplyRequest = {
    source,
    consumer: bundle.consumerName,
    work: reduced,
    ifVersion: bundle.version,
    overwrite: false,
    manager,
    merge: false,
    force,
  };
  return { request, labels, losses };
}

/** A selector with kubectl's plural matches nothing, and that would read as if the object were gone. */
function refusePlurals(selectors: readonly Selector[], bundle: ResourceBundle): void {
  for (const selector of selectors) {
    if (bundle.manifests.some((manifest) => matchesSelector(selector, manifestKey(manifest)))) continue;
    const advice = pluralAdvice(selector, bundle.manifests);
    if (advice === undefined) continue;
    throw new MaestroError('usage', `${formatSelector(selector)} matches no manifest of ${workName(bundle)}`, {
      reason: 'NothingSelected',
      hint: `Nothing was sent. ${advice}`,
    });
  }
}

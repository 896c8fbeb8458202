import type { JsonObject } from '../../core/json.ts';
import { manifestKey, type ManifestWork } from '../../core/works/manifest-work.ts';
import { readWrittenWork } from '../../core/works/written-work.ts';
import { buildBundle } from '../bundle/build-bundle.ts';
import { bundleProblems } from '../bundle/bundle-problems.ts';
import { isApplication } from '../bundle/content-hash.ts';
import { draftBundle } from '../bundle/draft-bundle.ts';
import { applicationDifferences } from '../classic/differences.ts';
import { manifestsOf } from '../classic/let-go.ts';
import { appProjectKind } from '../constants.ts';
import type { HubApplication } from '../model/hub-application.ts';
import type { Wanted } from './advance.ts';
import type { HandoverPlan } from './plan.ts';
import type { SeenWork } from './sides.ts';

/** The bundle that our controllers would publish, and what it would change on the cluster. */
export interface WantedBundle extends Wanted {
  /** Undefined where nothing can be built. */
  readonly work?: ManifestWork;
}

/** Where there is no need to know. */
export const nothingWanted: WantedBundle = {
  problems: [],
  differences: { spec: [], other: [] },
  leftProjects: [],
  isOther: false,
};

/**
 * Builds what our controllers, set as the plan says, would publish: so they
 * find nothing to do when the cluster is theirs.
 *
 * @param project the hub's AppProject of the application
 */
export function wantedBundle(
  {
    hub,
    project,
    seen,
  }: {
    readonly hub: HubApplication | undefined;
    readonly project: JsonObject | undefined;
    readonly seen: SeenWork | undefined;
  },
  { source, hubId, settings }: Pick<HandoverPlan, 'source' | 'hubId' | 'settings'>,
  bundleName: string,
): WantedBundle {
  if (hub === undefined) return { ...nothingWanted, problems: ['the hub has no such application any more'] };
  if (hub.unreadable !== undefined)
    return { ...nothingWanted, problems: [`the application cannot be read: ${hub.unreadable}`] };
  const bundleSettings = { sourceId: source, hubId, ...settings };
  const draft = draftBundle(hub, bundleSettings, project === undefined ? {} : { project });
  const built = buildBundle(hub, draft, bundleSettings, { oneShot: {}, name: bundleName });
  const work = readWrittenWork(built.work);
  const ours = work.manifests.find((manifest) => isApplication(manifest)) ?? {};
  const held = seen === undefined ? [] : manifestsOf(seen.object);
  const theirs = held.filter((manifest) => isApplication(manifest));
  const [first] = theirs;
  const projects = new Set(
    work.manifests.filter((manifest) => isProject(manifest)).map((manifest) => placeOf(manifest)),
  );
  return {
    work,
    problems: bundleProblems(built, hub),
    differences: first === undefined ? { spec: [], other: [] } : applicationDifferences(first, ours),
    leftProjects: held
      .filter((manifest) => isProject(manifest))
      .map((manifest) => placeOf(manifest))
      .filter((place) => !projects.has(place)),
    isOther: seen !== undefined && (first === undefined || theirs.length > 1 || placeOf(first) !== placeOf(ours)),
  };
}

function isProject(manifest: JsonObject): boolean {
  return manifestKey(manifest).kind === appProjectKind;
}

function placeOf(manifest: JsonObject): string {
  const { namespace, name } = manifestKey(manifest);
  return `${namespace}/${name}`;
}

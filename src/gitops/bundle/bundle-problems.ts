import { pathText } from '../../core/yaml/json-path.ts';
import { dnsLabelProblems, isDnsLabel } from '../../core/works/names.ts';
import { validateWork } from '../../core/works/validate.ts';
import { readWrittenWork } from '../../core/works/written-work.ts';
import type { HubSummary } from '../model/hub-application.ts';
import type { BuiltBundle } from './build-bundle.ts';

/**
 * Below the 500 KiB that clients take, with every letter of the JSON counted as if escaped, which is more than it takes
 * as UTF-8.
 */
const surelySmall = 400 * 1024;
const escapedLetter = 6;
const usualFinalizer = /^[a-z0-9][a-z0-9.-]{0,100}[a-z0-9](\/[a-z][a-z-]{0,30}[a-z])?$/;

/**
 * What Maestro or an agent would refuse of a built work, as texts for people;
 * empty when it can be published. Warnings are left out: nobody reads them
 * before a hub application, and none of them stops the delivery.
 */
export function bundleProblems(built: BuiltBundle, app: HubSummary): readonly string[] {
  if (isSurelyFine(built, app)) return [];
  const { cluster } = app;
  const ofCluster = dnsLabelProblems(cluster).map((problem) => `cluster ${JSON.stringify(cluster)}: ${problem}`);
  const others = validateWork({ ...readWrittenWork(built.work), namespace: cluster })
    .filter(({ severity, path }) => severity === 'error' && pathText(path) !== 'metadata.namespace')
    .map(({ path, message }) => (path.length === 0 ? message : `${pathText(path)}: ${message}`));
  return [...ofCluster, ...others];
}

/**
 * True for nearly all: one Application, whose metadata the hub's own API server
 * has checked, with names that we made or that are DNS labels, and small. A
 * whole check takes a tenth of what a publish does.
 */
function isSurelyFine(
  { work, alone }: BuiltBundle,
  { cluster, spokeNamespace, name, finalizers }: HubSummary,
): boolean {
  if (!alone || work.dataText.length * escapedLetter >= surelySmall) return false;
  return (
    finalizers.every((finalizer) => usualFinalizer.test(finalizer)) &&
    [work.name, cluster, spokeNamespace, name].every((label) => isDnsLabel(label))
  );
}

import { pathText } from '../../core/yaml/json-path.ts';
import type { ManifestWork } from '../../core/works/manifest-work.ts';
import { validateWork } from '../../core/works/validate.ts';
import { dnsLabelProblems } from '../../core/works/names.ts';

/**
 * What Maestro or an agent would refuse of a built work, as texts for people;
 * empty when it can be published. Warnings are left out: nobody reads them
 * before a hub application, and none of them stops the delivery.
 */
export function bundleProblems(work: ManifestWork): readonly string[] {
  const cluster = work.namespace ?? '';
  const ofCluster = dnsLabelProblems(cluster).map((problem) => `cluster ${JSON.stringify(cluster)}: ${problem}`);
  const others = validateWork(work)
    .filter(({ severity, path }) => severity === 'error' && pathText(path) !== 'metadata.namespace')
    .map(({ path, message }) => (path.length === 0 ? message : `${pathText(path)}: ${message}`));
  return [...ofCluster, ...others];
}

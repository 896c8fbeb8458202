import type { JsonObject } from '../json.ts';
import type { JsonPath } from '../yaml/json-path.ts';
import { manifestKey } from './manifest-work.ts';
import type { Problem } from './problem.ts';
import { updateStrategyOf } from './update-strategy.ts';

/**
 * Warns of Jobs that agents update. An agent applies every manifest anew when
 * it restarts, and a cluster fills in and then protects fields of a Job, so
 * that Applied turns False for good although the Job runs or has ended (seen on
 * a real agent).
 */
export function checkJobs(
  manifests: readonly JsonObject[],
  configs: readonly JsonObject[],
  path: JsonPath,
): readonly Problem[] {
  return manifests.flatMap((manifest, index): Problem[] => {
    const key = manifestKey(manifest);
    if (key.group !== 'batch' || key.kind !== 'Job') return [];
    if (updateStrategyOf(manifest, configs) !== 'Update') return [];
    const message = 'agents update it when they restart, which a cluster refuses of a Job: Applied then turns False';
    return [
      {
        severity: 'warning',
        rule: 'job-update-strategy',
        path: [...path, index],
        message,
        suggestion: 'give it updateStrategy: {type: CreateOnly} in manifestConfigs',
      },
    ];
  });
}

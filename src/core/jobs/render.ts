import type { JsonObject } from '../json.ts';
import { job } from './job.ts';
import { manifestObject } from './manifest-store.ts';
import { networkPolicies } from './network-policies.ts';
import { reporterAccess } from './reporter-access.ts';
import type { JobRequest } from './request.ts';

/** `setup` is what all Jobs of a namespace share, `job` what one event needs. */
export const jobParts = ['all', 'setup', 'job'] as const;
export type JobPart = (typeof jobParts)[number];

/**
 * The objects in the order in which they have to exist: access and network
 * rules before the pod that they are about, the manifest before its reader.
 *
 * @throws MaestroError usage
 */
export function renderJob(request: JobRequest, part: JobPart): readonly JsonObject[] {
  const stored = manifestObject(request);
  const setup = part === 'job' ? [] : [...reporterAccess(request), ...networkPolicies(request)];
  const own = part === 'setup' ? [] : [...(stored === undefined ? [] : [stored]), job(request)];
  return [...setup, ...own];
}

import type { Problem } from '../../../core/works/problem.ts';
import type { WorkInput } from '../../../core/works/read-works.ts';
import { checkWork } from './check-work.ts';
import { readSchemas } from './read-schemas.ts';

/** All that `validate` finds in a work, against the schemas of Kubernetes and of the CRDs among all works. */
export function openChecks(works: readonly WorkInput[]): (input: WorkInput) => readonly Problem[] {
  const { known } = readSchemas(
    [],
    works.flatMap(({ work }) => work.manifests),
  );
  return (input) => checkWork(input, known, new Set());
}

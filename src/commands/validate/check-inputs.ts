import type { Problem } from '../../core/works/problem.ts';
import type { WorkInput } from '../../core/works/read-works.ts';
import { checkWork } from './check-works.ts';
import { readSchemas } from './read-schemas.ts';

/** All that `validate` finds in a work, against the schemas of Kubernetes and of the CRDs among all works. */
export function openChecks(works: readonly WorkInput[]): (input: WorkInput) => readonly Problem[] {
  const { schemas } = readSchemas([], works.flatMap(({ work }) => work.manifests));
  // What is applied becomes a work, with the options that it has.
  return (input) => checkWork(input, schemas, new Set(), { plain: false });
}

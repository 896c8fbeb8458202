import type { JsonObject } from '../../../core/json.ts';
import { checkFeedbackPaths } from '../../../core/schemas/check-feedback.ts';
import { checkObjects, type KnownObjects } from '../../../core/schemas/check-objects.ts';
import { ruleOf } from '../../../core/schemas/rules.ts';
import type { SchemaSet } from '../../../core/schemas/schema-set.ts';
import { checkConfigs } from '../../../core/works/check-configs.ts';
import { checkJobs } from '../../../core/works/check-jobs.ts';
import type { Problem } from '../../../core/works/problem.ts';
import type { WorkInput } from '../../../core/works/read-works.ts';
import { manifestsPath, validateWork } from '../../../core/works/validate.ts';
import { pathText } from '../../../core/yaml/json-path.ts';

/**
 * Checks one work: by the rules of the server, and, when kinds are known, by
 * those of clusters. Kinds without a schema are added to `withoutSchema`.
 */
export function checkWork(
  input: WorkInput,
  known: KnownObjects | undefined,
  withoutSchema: Set<string>,
): readonly Problem[] {
  const { work } = input;
  const problems = [...validateWork(work), ...checkJobs(work.manifests, work.manifestConfigs, manifestsPath)];
  if (known === undefined) return problems;
  const found = new Set(problems.map((problem) => keyOf(problem)));
  const masked = new Set(problems.filter(({ rule }) => rule === 'masked-value').map(({ path }) => pathText(path)));
  const added = checkObjects(work, known, manifestsPath, withoutSchema);
  // The server's rules and the schema find some of the same mistakes; a mask is no base64 either.
  const others = added.filter((problem) => !found.has(keyOf(problem)) && !masked.has(pathText(problem.path)));
  return [...problems, ...others, ...checkFeedback(input, known.schemas)];
}

function keyOf(problem: Problem): string {
  return `${ruleOf(problem)} ${JSON.stringify(problem.path)}`;
}

/** A config is checked against the manifest that it addresses, by the rules of the agent. */
function checkFeedback({ work }: WorkInput, schemas: SchemaSet): readonly Problem[] {
  return work.manifestConfigs.flatMap((config, index) => {
    const target = work.manifests.find((manifest) => addresses(config, manifest));
    return target === undefined ? [] : checkFeedbackPaths(config, target, schemas, ['spec', 'manifestConfigs', index]);
  });
}

/** A config that addresses a manifest gives no problem at its identifier when checked against it alone. */
function addresses(config: JsonObject, manifest: JsonObject): boolean {
  const { resourceIdentifier } = config;
  return resourceIdentifier !== undefined && checkConfigs([{ resourceIdentifier }], [manifest], []).length === 0;
}

import type { JsonObject } from '../../core/json.ts';
import { toWireJson } from '../../core/json.ts';
import { checkFeedbackPaths } from '../../core/schemas/check-feedback.ts';
import { checkObjects, type KnownObjects } from '../../core/schemas/check-objects.ts';
import { ruleOf } from '../../core/schemas/rules.ts';
import type { SchemaSet } from '../../core/schemas/schema-set.ts';
import { checkConfigs } from '../../core/works/check-configs.ts';
import { checkJobs } from '../../core/works/check-jobs.ts';
import { bundleData } from '../../core/works/document.ts';
import type { Problem } from '../../core/works/problem.ts';
import type { WorkInput } from '../../core/works/read-works.ts';
import { manifestsPath, validateWork } from '../../core/works/validate.ts';
import { pathText } from '../../core/yaml/json-path.ts';
import type { CheckedWork, Finding } from '../../output/findings/finding.ts';
import type { WorkGroup } from './group-works.ts';

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

/** A problem at its place in a file, with the path as the file's reader would write it. */
export function findingOf(problem: Problem, input: WorkInput | undefined, group: WorkGroup): Finding {
  const place = problem.line === undefined ? input?.locate(problem.path) : undefined;
  const { severity, message, suggestion } = problem;
  const path = group.plain && input !== undefined ? problem.path.slice(4) : problem.path;
  return {
    severity,
    file: place?.file ?? problem.file ?? group.files[0] ?? '',
    line: place?.line ?? problem.line ?? 1,
    column: place?.column ?? problem.column ?? 1,
    path: pathText(path),
    rule: ruleOf(problem),
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

export function describeWork(input: WorkInput, group: WorkGroup): CheckedWork {
  const { work } = input;
  const place = input.locate([]) ?? input.manifestPlace(0);
  const named = !group.plain || group.named;
  return {
    ...(named ? { name: work.name } : {}),
    file: place?.file ?? group.files[0] ?? '',
    line: place?.line ?? 1,
    manifests: work.manifests.length,
    manifestBytes: work.manifests.reduce((sum, manifest) => sum + Buffer.byteLength(toWireJson(manifest)), 0),
    requestBytes: Buffer.byteLength(toWireJson(bundleData(work))),
  };
}

import { toWireJson } from '../../core/json.ts';
import { ruleOf } from '../../core/schemas/rules.ts';
import { bundleData } from '../../core/works/document.ts';
import type { Problem } from '../../core/works/problem.ts';
import type { WorkInput } from '../../core/works/read-works.ts';
import { pathText } from '../../core/yaml/json-path.ts';
import type { CheckedWork, Finding } from '../../output/findings/finding.ts';
import type { WorkGroup } from './group-works.ts';

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

export function checkedWork(input: WorkInput, group: WorkGroup): CheckedWork {
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

import type { Context } from '../../../../context.ts';
import { MaestroError } from '../../../../errors.ts';
import { readPlanLines } from '../../../../gitops/handover/plan-lines.ts';
import type { HandoverPlan } from '../../../../gitops/handover/plan.ts';
import { openLines } from '../../../../io/line-file.ts';

/**
 * Reads the plan line by line, and keeps the clusters of it that are asked about.
 *
 * @param clusters names; empty: all
 * @throws MaestroError usage for a file that cannot be read and for a cluster that is not in it, invalid-input for what
 *   is no whole plan
 */
export function readPlanFile(path: string, clusters: readonly string[], { cwd }: Pick<Context, 'cwd'>): HandoverPlan {
  return readPlanLines(wholeLines(path, cwd), path, clusters);
}

function* wholeLines(path: string, cwd: string): Generator<string, void, void> {
  for (const { text, whole } of openLines(path, cwd, 'plan').lines()) {
    if (!whole)
      throw new MaestroError('invalid-input', `${path}: this plan was cut off: its last line has no end`, {
        hint: 'Nothing was sent. Make it again with: maestro-cli gitops migrate plan',
      });
    yield text;
  }
}

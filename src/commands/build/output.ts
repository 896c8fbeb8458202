import { readAt, workDocument } from '../../core/works/document.ts';
import { builtByAnnotation } from '../../core/ownership/owners.ts';
import { builtFromAnnotation } from '../../core/works/own-annotations.ts';
import type { ApplyPlan } from '../../operations/apply/plan.ts';
import { toJson, toYaml } from '../../output/work-document.ts';
import type { BuildOptions } from './options.ts';

/** The work as a document that apply takes, under the version that it was made from. */
export function documentText(plan: ApplyPlan, options: BuildOptions): string {
  const annotations = {
    ...plan.work.annotations,
    ...(plan.action === 'create' ? { [builtFromAnnotation]: '0' } : {}),
    ...(options.manager === options.source ? {} : { [builtByAnnotation]: options.manager }),
  };
  const built = workDocument({ ...plan.work, namespace: options.consumer, annotations });
  const document = plan.action === 'create' ? built : readAt(built, plan.stored.version);
  return options.output === 'json' ? toJson(document) : toYaml(document);
}

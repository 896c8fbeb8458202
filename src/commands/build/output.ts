import type { Context } from '../../context.ts';
import { readAt, workDocument } from '../../core/works/document.ts';
import { builtByAnnotation } from '../../core/ownership/owners.ts';
import { builtFromAnnotation } from '../../core/works/own-annotations.ts';
import type { ApplyPlan } from '../../operations/apply/plan.ts';
import { writeTextFile } from '../../io/output-file.ts';
import { toJson } from '../../output/json.ts';
import type { Reporter } from '../../output/reporter.ts';
import { toYaml } from '../../output/yaml.ts';
import type { BuildOptions } from './options.ts';

/** Prints the document, or writes it to the file that was named. */
export function printBuilt(
  plan: ApplyPlan,
  options: BuildOptions,
  { stdout, cwd, reporter }: Pick<Context, 'stdout' | 'cwd'> & { readonly reporter: Reporter },
): void {
  const { outputFile = '-' } = options;
  if (outputFile === '-') return stdout.write(documentText(plan, options), 'data');
  writeTextFile(outputFile, cwd, documentText(plan, options));
  reporter.info(`written to ${outputFile}`);
}

/** The work as a document that apply takes, under the version that it was made from. */
function documentText(plan: ApplyPlan, options: BuildOptions): string {
  const annotations = {
    ...plan.work.annotations,
    ...(plan.action === 'create' ? { [builtFromAnnotation]: '0' } : {}),
    ...(options.manager === options.source ? {} : { [builtByAnnotation]: options.manager }),
  };
  const built = workDocument({ ...plan.work, namespace: options.consumer, annotations });
  const document = plan.action === 'create' ? built : readAt(built, plan.stored.version);
  return options.output === 'json' ? toJson(document) : toYaml(document);
}

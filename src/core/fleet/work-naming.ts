import { MaestroError } from '../../errors.ts';
import { adapterWorkName, dnsSubdomainProblems } from '../works/names.ts';
import {
  knownExpressions,
  labelsIn,
  renderText,
  unknownExpression,
  type TemplateConsumer,
} from './consumer-template.ts';

/** What a work is called, which may differ from consumer to consumer. */
export type WorkNaming =
  /** A name, in which the consumer may be filled in: `np-{{ consumer.name }}`. */
  | { readonly by: 'name'; readonly name: string }
  /** By convention: `hyperfleet-{consumer}-{adapter}`. */
  | { readonly by: 'adapter'; readonly adapter: string };

/**
 * A naming that can be; what it comes to depends on the consumer.
 *
 * @throws MaestroError usage for an empty name, one that no work has, and an expression that is not known
 */
export function namingOf(name: string): WorkNaming {
  const unknown = unknownExpression(name);
  if (unknown !== undefined) {
    throw new MaestroError('usage', `${JSON.stringify(unknown)} in --name is no expression`, {
      hint: `It knows ${knownExpressions}.`,
    });
  }
  // Whatever is filled in, the rest of the name has to be one.
  const probe = renderText(name, { name: 'c', labels: Object.fromEntries(labelsIn(name).map((key) => [key, 'c'])) });
  if (dnsSubdomainProblems(probe).length > 0) {
    throw new MaestroError(
      'usage',
      name === '' ? '--name is empty' : `"${name}" is no name of a work: it must be a DNS label`,
    );
  }
  return { by: 'name', name };
}

/**
 * What the work is called on a consumer.
 *
 * @throws MaestroError usage when the consumer has no label that is asked for, and when that makes no name
 */
export function nameOn(naming: WorkNaming, consumer: TemplateConsumer): string {
  if (naming.by === 'adapter') return adapterWorkName(consumer.name, naming.adapter);
  const missing = labelsIn(naming.name).find((key) => !Object.hasOwn(consumer.labels, key));
  if (missing !== undefined)
    throw new MaestroError('usage', `the consumer ${consumer.name} has no label ${missing}, which --name asks for`);
  return renderText(naming.name, consumer);
}

/** Labels of the consumers have to be read for these. */
export function needLabels(namings: readonly WorkNaming[]): boolean {
  return namings.some((naming) => naming.by === 'name' && labelsIn(naming.name).length > 0);
}

/** How a question names the works. */
export function namingText(naming: WorkNaming): string {
  return naming.by === 'name' ? naming.name : `hyperfleet-{consumer}-${naming.adapter}`;
}

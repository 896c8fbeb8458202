import type { OutputStream } from '../../../context.ts';
import { toJson } from '../../../output/json.ts';
import type { JsonObject } from '../../../core/json.ts';
import { isPlaceholder } from '../../../core/jobs/names.ts';
import { toYaml } from '../../../output/yaml.ts';
import type { JobRenderOptions } from './options.ts';

/** What `job render -o json` prints; `kubectl apply -f -` takes it. */
export interface PrintedObjects {
  /** Version of the kind. */
  readonly apiVersion: 'v1';
  /** The kind. */
  readonly kind: 'List';
  /** Kubernetes objects: the Job, and what it needs. */
  readonly items: readonly JsonObject[];
}

/** YAML documents one after the other, or one JSON List; `kubectl apply -f -` takes both. */
export function printObjects(
  objects: readonly JsonObject[],
  options: Pick<JobRenderOptions, 'output' | 'template'>,
  stdout: OutputStream,
): void {
  stdout.write(objectsText(objects, options), 'data');
}

export function objectsText(
  objects: readonly JsonObject[],
  { output, template }: Pick<JobRenderOptions, 'output' | 'template'>,
): string {
  if (output === 'json') {
    const list: PrintedObjects = { apiVersion: 'v1', kind: 'List', items: objects };
    return toJson(list);
  }
  // Whatever is put in the place of a placeholder stays text: an event id may be all digits.
  const documents = objects.map((object) => toYaml(object, { alsoQuoted: isPlaceholder })).join('---\n');
  return template ? `${placeholderNote(documents)}${documents}` : documents;
}

function placeholderNote(text: string): string {
  const names = [...new Set(text.match(/\$\{[a-z0-9-]+\}/g))];
  return names.length === 0 ? '' : `# Replace ${names.join(', ')}.\n`;
}

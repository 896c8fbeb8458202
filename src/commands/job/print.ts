import { Document, isScalar, visit } from 'yaml';
import { toWireJson, type JsonObject } from '../../core/json.ts';
import { isPlaceholder } from '../../core/jobs/names.ts';
import type { JobRenderOptions } from './options.ts';

/** YAML documents one after the other, or one JSON List; `kubectl apply -f -` takes both. */
export function printObjects(objects: readonly JsonObject[], { output, template }: Pick<JobRenderOptions, 'output' | 'template'>): string {
  if (output === 'json') return `${toWireJson({ apiVersion: 'v1', kind: 'List', items: objects }, 2)}\n`;
  const documents = objects.map((object) => toTemplateYaml(object)).join('---\n');
  return template ? `${placeholderNote(documents)}${documents}` : documents;
}

/**
 * Text with a placeholder is quoted, so that whatever is put in stays text: an
 * event id may be all digits. So is what only newer YAML readers take for a number.
 */
function needsQuotes(text: string): boolean {
  return !text.includes('\n') && (isPlaceholder(text) || /^[-+]?0o[0-7_]+$/.test(text));
}

function toTemplateYaml(object: JsonObject): string {
  const document = new Document(object, { version: '1.1', aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_key, node) => {
      if (isScalar(node) && typeof node.value === 'string' && needsQuotes(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  return document.toString({ lineWidth: 0 });
}

function placeholderNote(text: string): string {
  const names = [...new Set(text.match(/\$\{[a-z0-9-]+\}/g))];
  return names.length === 0 ? '' : `# Replace ${names.join(', ')}.\n`;
}

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../src/core/json.ts';
import { hostileNumbers, hostileTexts } from './hostile-texts.ts';

const textsADocument = 60;

/**
 * The hostile texts in objects that kubectl takes: each text as a value, a
 * key and an item of a list in a list.
 */
export function hostileDocuments(): readonly JsonObject[] {
  const texts = hostileTexts();
  const documents: JsonObject[] = [];
  for (let from = 0; from < texts.length; from += textsADocument) {
    const part = texts.slice(from, from + textsADocument);
    documents.push(
      hostileDocument(documents.length, {
        values: Object.fromEntries(part.map((text, index) => [`v${index}`, text])),
        keys: Object.fromEntries(part.map((text, index) => [text, index])),
        lists: part.map((text) => [text]),
      }),
    );
  }
  return [...documents, hostileDocument(documents.length, { numbers: hostileNumbers })];
}

function hostileDocument(index: number, spec: JsonObject): JsonObject {
  return { apiVersion: 'example.com/v1', kind: 'Hostile', metadata: { name: `hostile-${index}` }, spec };
}

/** Whether there is a kubectl to ask. */
export function hasKubectl(): boolean {
  return spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore' }).status === 0;
}

/**
 * The `spec` of the one object in a YAML text as kubectl reads it, as JSON text.
 * Offline: `annotate --local` reads, adds an annotation and prints.
 *
 * @throws Error with kubectl's words when it refuses
 */
export function readByKubectl(yaml: string, folder: string): string {
  const file = join(folder, 'object.yaml');
  writeFileSync(file, yaml);
  const { status, stdout, stderr } = spawnSync(
    'kubectl',
    ['annotate', '--local', '-f', file, '-o', 'jsonpath={.spec}', 'read=yes'],
    {
      encoding: 'utf8',
      env: { ...process.env, HOME: folder, KUBECONFIG: '' },
    },
  );
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

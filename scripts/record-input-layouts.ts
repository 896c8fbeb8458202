/**
 * Records what kubectl reads of files in many layouts, into
 * test/fixtures/kubectl/input-layouts.json. Run it by hand, with kubectl on
 * the machine, when layouts are added:
 *
 *   node scripts/record-input-layouts.ts
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isJsonObject, toWireJson, type JsonObject, type JsonValue } from '../src/core/json.ts';
import { readJsonTexts } from '../src/core/yaml/json-text.ts';
import { inputLayouts } from '../test/support/input-layouts.ts';

const target = new URL('../test/fixtures/kubectl/input-layouts.json', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'input-layouts-'));
try {
  const version = execFileSync('kubectl', ['version', '--client', '-o', 'json'], { encoding: 'utf8' });
  const kubectl = (JSON.parse(version) as { clientVersion: { gitVersion: string } }).clientVersion.gitVersion;
  const cases = inputLayouts.map(({ name, bytes }) => ({ name, input: bytes.toString('base64'), ...read(bytes) }));
  const about =
    'Files in many layouts, and what kubectl reads of each: the objects one after the other as JSON, or its words when it refuses';
  const lines = cases.map((entry) => `  ${toWireJson(entry)}`).join(',\n');
  writeFileSync(
    target,
    `{\n "about": ${JSON.stringify(about)},\n "kubectl": ${JSON.stringify(kubectl)},\n "cases": [\n${lines}\n ]\n}\n`,
  );
} finally {
  rmSync(folder, { recursive: true });
}

/** Offline: `annotate --local` reads, adds an annotation and prints each object; the annotation is taken away again. */
function read(bytes: Buffer): { readonly objects: JsonValue } | { readonly error: string } {
  const file = join(folder, 'input.yaml');
  writeFileSync(file, bytes);
  const { status, stdout, stderr } = spawnSync(
    'kubectl',
    ['annotate', '--local', '-f', file, '-o', 'json', 'read-by=kubectl'],
    {
      encoding: 'utf8',
      env: { ...process.env, HOME: folder, KUBECONFIG: '' },
    },
  );
  if (status === 0)
    return {
      objects: (readJsonTexts(stdout, 'error')?.texts ?? []).map(({ value }) => withoutMark(value as JsonObject)),
    };
  return { error: stderr.trim().replaceAll(file, 'FILE') };
}

function withoutMark(object: JsonObject): JsonObject {
  if (!isJsonObject(object['metadata'])) return object;
  const { annotations, ...metadata } = object['metadata'];
  const { 'read-by': _mark, ...others } = annotations as JsonObject;
  return { ...object, metadata: { ...metadata, ...(Object.keys(others).length === 0 ? {} : { annotations: others }) } };
}

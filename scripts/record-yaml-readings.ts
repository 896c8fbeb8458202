/**
 * Records what kubectl reads where toYaml wrote hostile texts, into
 * test/fixtures/kubectl/yaml-writing.json. Run it by hand, with kubectl on the
 * machine, when the writer or the texts have changed:
 *
 *   node scripts/record-yaml-readings.ts
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toYaml } from '../src/output/yaml.ts';
import { hostileDocuments, readByKubectl } from '../test/support/kubectl-reading.ts';

const target = new URL('../test/fixtures/kubectl/yaml-writing.json', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'yaml-readings-'));
try {
  const version = execFileSync('kubectl', ['version', '--client', '-o', 'json'], { encoding: 'utf8' });
  const kubectl = (JSON.parse(version) as { clientVersion: { gitVersion: string } }).clientVersion.gitVersion;
  const cases = hostileDocuments().map((document) => {
    const written = toYaml(document);
    return { written, read: readByKubectl(written, folder) };
  });
  const about =
    'YAML that toYaml wrote for hostile texts, and what kubectl read there: kubectl annotate --local -f FILE -o json';
  const lines = cases.map((entry) => `  ${ascii(JSON.stringify(entry))}`).join(',\n');
  writeFileSync(
    target,
    `{\n "about": ${JSON.stringify(about)},\n "kubectl": ${JSON.stringify(kubectl)},\n "cases": [\n${lines}\n ]\n}\n`,
  );
} finally {
  rmSync(folder, { recursive: true });
}

/** Nothing in the file may be changed by an editor, or by a tool that moves it. */
function ascii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * Makes what the project knows of Kubernetes' own kinds from Kubernetes itself,
 * as its Go modules publish it:
 *
 * - src/core/schemas/kubernetes-data.ts: the OpenAPI document, condensed
 * - src/core/kinds/kubernetes-kinds.ts: resources and scopes, from its discovery
 *   documents, and which kinds which release removed
 * - test/fixtures/kubernetes/: the fields of the Go types and of the work API,
 *   which the tests compare the schemas, the envelope and the stand-in with
 *
 * Needs Go, for its module proxy: `npm run schemas`. To take a newer release,
 * change the versions below and those in scripts/schemas/go-types/go.mod.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { condense, type Condensed } from './schemas/condense.ts';
import { readEnums } from './schemas/enums.ts';
import { kindsModule } from './schemas/kinds-module.ts';
import { packedModule } from './schemas/packed-module.ts';
import { workApiFacts } from './schemas/work-api.ts';
import type { OpenApi } from './schemas/open-api.ts';

const root = join(import.meta.dirname, '..');

/** The newest first. The older two have the kinds that later releases removed and that clusters may still serve. */
const kubernetesModules = ['k8s.io/kubernetes@v1.37.2', 'k8s.io/kubernetes@v1.31.14', 'k8s.io/kubernetes@v1.25.16'];

const extensionsModule = 'k8s.io/apiextensions-apiserver@v0.37.2';

const generatedCode = 'pkg/generated/openapi/zz_generated.openapi.go';

/** They say of their kinds which release removes them. */
const lifecycleModules = [
  'k8s.io/api@v0.37.2',
  'k8s.io/api@v0.31.14',
  'k8s.io/api@v0.25.16',
  extensionsModule,
  'k8s.io/kube-aggregator@v0.37.2',
];

/** The work API, at the commit that Maestro is built with. */
const workModule = 'open-cluster-management.io/api@v1.2.1-0.20260305152611-5bfebdbc3fdf';

/** Where the module lies after Go has downloaded it and checked its sum. */
function moduleFolder(module: string): string {
  const answer = execFileSync('go', ['mod', 'download', '-json', module], { encoding: 'utf8' });
  return (JSON.parse(answer) as { readonly Dir: string }).Dir;
}

function readOpenApi(folder: string): OpenApi {
  return JSON.parse(readFileSync(join(folder, 'api/openapi-spec/swagger.json'), 'utf8')) as OpenApi;
}

function writeGoTypes(file: string): void {
  const text = execFileSync('go', ['run', '.'], {
    cwd: join(root, 'scripts/schemas/go-types'),
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  writeFileSync(file, text);
}

const folders = kubernetesModules.map((module) => moduleFolder(module));
const release = /@v1\.(\d+)/.exec(kubernetesModules[0] ?? '')?.[1] ?? '';
const schemas: Condensed = condense(
  folders.map((folder) => readOpenApi(folder)),
  [...folders, moduleFolder(extensionsModule)].map((folder) =>
    readEnums(readFileSync(join(folder, generatedCode), 'utf8')),
  ),
);
writeFileSync(
  join(root, 'src/core/schemas/kubernetes-data.ts'),
  packedModule(schemas, `1.${release}`, kubernetesModules),
);
const kinds = kindsModule({
  // Releases before 1.26 do not publish theirs; the kinds are the same.
  discovery: folders.map((folder) => join(folder, 'api/discovery')).filter((folder) => existsSync(folder)),
  lifecycles: lifecycleModules.map((module) => moduleFolder(module)),
  release: Number(release),
  modules: [...kubernetesModules, ...lifecycleModules],
});
writeFileSync(join(root, 'src/core/kinds/kubernetes-kinds.ts'), kinds);
writeGoTypes(join(root, 'test/fixtures/kubernetes/go-types.txt'));
writeFileSync(join(root, 'test/fixtures/kubernetes/work-api.txt'), workApiFacts(moduleFolder(workModule), workModule));

/**
 * How long it takes from nothing to the first applied work, as README has it: in an empty folder with an empty home and
 * an empty cache of npm, so that all comes over the network.
 *
 *   node scripts/first-success.ts package   the packed package, installed by npm
 *   node scripts/first-success.ts clone     a clone of what is committed, installed and built
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'maestro-first-'));
const home = join(folder, 'home');
const place = join(folder, 'place');
/** Without what npm asks beside the packages: whether they have known weaknesses, and whether npm itself is old. */
const quiet = { npm_config_audit: 'false', npm_config_fund: 'false', npm_config_update_notifier: 'false' };
const env = { ...process.env, HOME: home, npm_config_cache: join(home, 'npm'), ...quiet };
const consumer = 'cluster-west-1';
const work = {
  apiVersion: 'work.open-cluster-management.io/v1',
  kind: 'ManifestWork',
  metadata: { name: 'nodepool' },
  spec: {
    workload: {
      manifests: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'workers', namespace: 'default' } }],
    },
  },
};

let lastMs = performance.now();
function step(about: string, file: string, ...args: readonly string[]): void {
  execFileSync(file, args, { cwd: place, env, stdio: ['ignore', 'ignore', 'inherit'] });
  told(about);
}

function told(about: string): void {
  const nowMs = performance.now();
  console.log(`${((nowMs - lastMs) / 1000).toFixed(1).padStart(6)} s  ${about}`);
  lastMs = nowMs;
}

try {
  for (const made of [home, place]) mkdirSync(made);
  writeFileSync(join(folder, 'work.json'), JSON.stringify(work));
  const fromPackage = process.argv[2] === 'package';
  if (fromPackage) execFileSync('npm', ['pack', '--pack-destination', folder], { cwd: root, stdio: 'ignore' });
  const beganMs = performance.now();
  lastMs = beganMs;
  if (fromPackage) {
    step('npm install', 'sh', '-c', `npm install ${folder}/*.tgz`);
  } else {
    step('git clone', 'git', 'clone', '--quiet', root, '.');
    step('npm ci', 'npm', 'ci', '--loglevel=error');
    step('npm run build', 'npm', 'run', 'build');
  }
  await firstApply(join(place, fromPackage ? 'node_modules/.bin' : 'bin', 'maestro-cli'));
  console.log(`${((lastMs - beganMs) / 1000).toFixed(1).padStart(6)} s  in all, by Node ${process.version}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function firstApply(command: string): Promise<void> {
  const dev = spawn(command, ['dev', '--http-port=0', '--grpc-port=0', '--consumers', consumer], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    let text = '';
    for await (const chunk of dev.stdout.setEncoding('utf8') as AsyncIterable<string>) {
      text += chunk;
      if (/GRPC_ENDPOINT=\S+\n/.test(text)) break;
    }
    told('maestro-cli dev');
    const endpoints: NodeJS.ProcessEnv = {};
    for (const [, name = '', value = ''] of text.matchAll(/export (\w+)=(\S+)\n/g)) endpoints[name] = value;
    execFileSync(command, ['apply', '-f', join(folder, 'work.json'), `--consumer=${consumer}`, '--watch'], {
      env: { ...env, ...endpoints },
      stdio: 'inherit',
    });
    told('maestro-cli apply --watch');
  } finally {
    dev.kill('SIGTERM');
  }
}

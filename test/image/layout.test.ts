import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  lstatSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { emulatorOf } from '../../scripts/artefacts/emulator.ts';
import { renderedCommands, valuesFiles } from '../charts/support/values.ts';
import { findHelm } from '../gitops/rig/binaries.ts';
import { startProcess, until, type Finished, type Running } from '../support/process.ts';
import { projectRoot } from '../support/run-cli.ts';
import { configOf, endpointsIn, layouts, runContainer, type Container, type ImageLayout } from './support.ts';

const nodeNames: Readonly<Record<string, string>> = { amd64: 'x64', arm64: 'arm64' };
const native = Object.keys(nodeNames).find((arch) => nodeNames[arch] === process.arch) ?? '';

const dockerfile = readFileSync(join(projectRoot, 'Dockerfile'), 'utf8');
const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string };
const git = (...args: readonly string[]): string =>
  execFileSync('git', args, { cwd: projectRoot, encoding: 'utf8' }).trim();

/** Every file and folder below `root`, with its kind, mode and owner; of files the size too. */
function filesIn(root: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    const { mode, uid, gid, size } = lstatSync(join(root, path));
    const isFile = (mode & 0o170000) === 0o100000;
    found.set(path, `${mode.toString(8)} ${String(uid)}:${String(gid)}${isFile ? ` ${String(size)}` : ''}`);
  }
  return found;
}

const file = (mode: string): unknown => expect.stringMatching(new RegExp(`^100${mode} 0:0 [1-9]\\d*$`)) as unknown;
const directory = '40755 0:0';

interface Bill {
  readonly metadata: { readonly component: { readonly name: string; readonly type: string } };
  readonly components: readonly { readonly name: string; readonly version: string; readonly purl: string }[];
}

describe.skipIf(layouts === undefined).each(Object.entries(layouts ?? { none: undefined }))(
  'the image for %s',
  { timeout: 120_000 },
  (arch, layout) => {
    const image = layout as ImageLayout;

    it('says what runs it, as whom and where', () => {
      const { architecture, os, config } = configOf(image);
      expect({ architecture, os }).toEqual({ architecture: arch, os: 'linux' });
      expect(config).toMatchObject({ Entrypoint: ['maestro-cli'], Cmd: ['--help'], User: '65532:65532' });
      expect(config.Env?.toSorted()).toEqual([
        'MAESTRO_RESULTS_FORMAT=adapter-result',
        'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      ]);
      expect(config.ExposedPorts ?? {}).toEqual({});
      expect(config.Volumes ?? {}).toEqual({});
    });

    it('says of what commit, version and base it is', () => {
      const [, name = '', digest = ''] = /^FROM (\S+)@(sha256:[0-9a-f]{64}) AS base$/m.exec(dockerfile) ?? [];
      const { Labels: labels = {} } = configOf(image).config;
      const own = Object.entries(labels).filter(([label]) => label.startsWith('org.opencontainers.image.'));
      expect(Object.fromEntries(own)).toEqual({
        'org.opencontainers.image.title': 'maestro-cli',
        'org.opencontainers.image.description': expect.any(String) as string,
        'org.opencontainers.image.version': version,
        'org.opencontainers.image.revision': git('rev-parse', 'HEAD'),
        'org.opencontainers.image.created': git('log', '-1', '--format=%cI'),
        'org.opencontainers.image.source': 'https://github.com/openshift-hyperfleet/maestro-cli',
        'org.opencontainers.image.licenses': 'Apache-2.0',
        'org.opencontainers.image.base.name': name,
        'org.opencontainers.image.base.digest': digest,
      });
    });

    it('adds the executable, licences and bill of materials to its base, owned by root, and nothing else', () => {
      const base = filesIn(image.base);
      const now = filesIn(image.root);
      const added = [...now].filter(([path]) => !base.has(path));
      expect(Object.fromEntries(added)).toEqual({
        licenses: directory,
        'licenses/maestro-cli': directory,
        'licenses/maestro-cli/LICENSE': file('644'),
        'licenses/maestro-cli/THIRD-PARTY-NOTICES.txt': file('644'),
        'usr/local/bin/maestro-cli': file('755'),
        'usr/share/doc/maestro-cli': directory,
        'usr/share/doc/maestro-cli/maestro-cli-image.cdx.json': file('644'),
        ...Object.fromEntries(
          added.filter(([path]) => /^usr\/local(?:\/bin)?$/.test(path)).map(([path]) => [path, directory]),
        ),
      });
      expect([...base].filter(([path, told]) => now.get(path) !== told)).toEqual([]);
    });

    it('has a bill of materials of executable and base', () => {
      const bill = JSON.parse(
        readFileSync(join(image.root, 'usr/share/doc/maestro-cli/maestro-cli-image.cdx.json'), 'utf8'),
      ) as Bill;
      expect(bill.metadata.component).toMatchObject({
        name: `maestro-cli-image-linux-${nodeNames[arch] ?? ''}`,
        type: 'container',
      });
      const debian = bill.components.filter(({ purl }) => purl.startsWith('pkg:deb/'));
      expect(debian.map(({ name }) => name).toSorted()).toEqual(
        readdirSync(join(image.base, 'var/lib/dpkg/status.d')).toSorted(),
      );
      expect(bill.components).toContainEqual(expect.objectContaining({ name: 'node', version: process.versions.node }));
      expect(bill.components.map(({ name }) => name)).toContain('@grpc/grpc-js');
    });

    const emulator = emulatorOf(nodeNames[arch] ?? '');
    it.skipIf(emulator === undefined)('has the licences that its executable tells', async () => {
      const [program = '', ...args] = [...(emulator ?? []), join(image.root, 'usr/local/bin/maestro-cli')];
      const ended = await startProcess(program, [...args, 'version', '--licenses']).done;
      expect(ended.stdout).toBe(readFileSync(join(image.root, 'licenses/maestro-cli/THIRD-PARTY-NOTICES.txt'), 'utf8'));
      expect(ended.stdout).toContain(`\nNode.js ${process.versions.node} (`);
      expect(readFileSync(join(image.root, 'licenses/maestro-cli/LICENSE'), 'utf8')).toContain('Apache License');
    });
  },
);

const here = layouts?.[native];
const helm = findHelm();

describe.skipIf(here === undefined)('a container of the image, on a root that nobody may write to', () => {
  const image = here as ImageLayout;
  let folder: string;
  let standIn: Running;
  let env: Readonly<Record<string, string>>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'maestro-cli-image-volume-'));
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, 'shared'));
    chownSync(join(folder, 'shared'), 65532, 65532);
    writeFileSync(
      join(folder, 'work.yaml'),
      `apiVersion: work.open-cluster-management.io/v1
kind: ManifestWork
metadata: { name: shipped }
spec:
  workload:
    manifests:
    - { apiVersion: v1, kind: Namespace, metadata: { name: shipped } }
`,
    );
    standIn = runContainer(image, { args: ['dev', '--http-port=0', '--grpc-port=0', '--consumers=c1'] });
    env = await until('the stand-in listens', async () => {
      const found = endpointsIn(standIn.stdout());
      return Promise.resolve(Object.keys(found).length === 2 ? found : undefined);
    });
  });

  afterAll(async () => {
    standIn.kill('SIGTERM');
    await standIn.done;
    rmSync(folder, { recursive: true, force: true });
  });

  async function run(container: Container): Promise<Finished> {
    return runContainer(image, { ...container, env: { ...env, ...container.env }, volume: folder }).done;
  }

  it.each<[string, Container, string]>([
    ['no arguments', {}, 'Usage: maestro-cli'],
    ['arguments alone', { args: ['version'] }, `maestro-cli ${version} `],
    ['a command by its name', { command: ['maestro-cli', 'version'] }, `maestro-cli ${version} `],
    [
      'a command by its path',
      { command: ['/usr/local/bin/maestro-cli'], args: ['version'] },
      `maestro-cli ${version} `,
    ],
  ])('starts with %s', async (_what, container, says) => {
    const { exitCode, stdout, stderr } = await run(container);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain(says);
  });

  const apply = ['-f', '/home/work.yaml', '--consumer=c1', '--watch', '--results-path=/home/shared/result.json'];
  it.each<[string, Container]>([
    ['as its entry point', { args: ['apply', ...apply] }],
    ['as a Job says it', { command: ['maestro-cli', 'apply'], args: apply }],
  ])('applies a work %s, and leaves what the status-reporter reads as user 65532', async (_what, container) => {
    const ended = await run(container);
    expect(ended, ended.stderr).toMatchObject({ exitCode: 0 });
    const result = join(folder, 'shared/result.json');
    expect(JSON.parse(readFileSync(result, 'utf8'))).toMatchObject({ status: 'success' });
    expect(statSync(result)).toMatchObject({ uid: 65532, gid: 65532 });
    rmSync(result);
  });

  it('can write nowhere else', async () => {
    const { exitCode, stderr } = await run({
      args: ['apply', '-f', '/home/work.yaml', '--consumer=c1', '--results-path=/tmp/result.json'],
    });
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/EROFS|read-only/i);
  });

  const templates = ['apply', 'apply-and-wait', 'build-then-apply', 'delete', 'validate', 'wait'];
  it.each(templates)('starts with the command of the Job template %s', async (name) => {
    const text = readFileSync(join(projectRoot, `job-templates/${name}.yaml`), 'utf8');
    const { spec } = parse(text) as {
      spec: { template: { spec: { containers: { name: string; command: string[] }[] } } };
    };
    const container = spec.template.spec.containers.find((each) => each.name === 'maestro-cli');
    const { exitCode, stdout } = await run({ command: container?.command ?? [], args: ['--help'] });
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Usage: maestro-cli ${container?.command[1] ?? ''}`);
  });

  it.skipIf(helm === undefined).each(valuesFiles())(
    'starts with the command lines that the chart renders of %s, as far as looking for the hub',
    async (values) => {
      const { controller } = renderedCommands(helm ?? '', values);
      const { stdout, stderr } = await run({ command: controller });
      expect(stdout).toBe('');
      expect(stderr).toContain('there is no kubeconfig, and this is no pod with a service account');
    },
  );
});

import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { full, renderedCommands, valuesFiles } from '../charts/support/values.ts';
import { findHelm } from '../gitops/rig/binaries.ts';
import { packagedExecutable } from '../support/executable.ts';
import { freePort, startProcess, until, type Finished, type Running } from '../support/process.ts';

const helm = findHelm();
if (helm === undefined)
  console.log('test/package: the chart is not tried, because helm is not installed: run scripts/gitops-rig.sh');

const work = `apiVersion: work.open-cluster-management.io/v1
kind: ManifestWork
metadata: { name: shipped }
spec:
  workload:
    manifests:
    - { apiVersion: v1, kind: Namespace, metadata: { name: shipped } }
`;

let folder: string;
let executable: string;
let standIn: Running | undefined;
let env: Record<string, string>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'maestro-cli-executable-'));
  executable = await packagedExecutable();
  writeFileSync(join(folder, 'work.yaml'), work);
  standIn = startProcess(executable, ['dev', '--http-port=0', '--grpc-port=0', '--consumers=c1'], {
    env: { PATH: '' },
  });
  env = await endpoints(standIn);
}, 180_000);

afterAll(async () => {
  standIn?.kill('SIGTERM');
  await standIn?.done;
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the executable with nothing on the PATH. */
async function run(...argv: readonly string[]): Promise<Finished> {
  return startProcess(executable, argv, { cwd: folder, env: { ...env, PATH: '' } }).done;
}

async function endpoints(process: Running): Promise<Record<string, string>> {
  return vi.waitFor(
    () => {
      const found = [...process.stdout().matchAll(/export (\w+)=(\S+)\n/g)].map(
        ([, name = '', value = '']) => [name, value] as const,
      );
      expect(found).toHaveLength(2);
      return Object.fromEntries(found);
    },
    { timeout: 20_000 },
  );
}

describe('the single executable, on an empty PATH', () => {
  it('tells the version, commit and date', async () => {
    const { exitCode, stdout } = await run('version', '-o', 'json');
    expect(exitCode).toBe(0);
    const told = JSON.parse(stdout) as Record<string, unknown>;
    expect(told['version']).toMatch(/^\d+\.\d+\.\d+/);
    expect(told['commit']).toMatch(/^[0-9a-f]{12}$|^unknown$/);
    expect(told['date']).toMatch(/^\d{4}-\d\d-\d\dT|^unknown$/);
  });

  it('runs without a word of Node on stderr', async () => {
    expect((await run('--help')).stderr).toBe('');
  });

  // In this order: what a command needs, those before it left behind.
  const one = ['--name=shipped', '--consumer=c1'];
  const steps: readonly { readonly argv: readonly string[]; readonly exitCode?: number; readonly says?: string }[] = [
    { argv: ['version'], says: 'maestro-cli ' },
    { argv: ['help'], says: 'Usage:' },
    { argv: ['help', 'apply'], says: 'Usage: maestro-cli apply' },
    { argv: ['completion', 'bash'], says: 'maestro-cli' },
    { argv: ['validate', '-f', 'work.yaml'] },
    { argv: ['validate', '-f', 'work.yaml', '-o', 'sarif'], says: '"runs"' },
    { argv: ['validate', '-f', 'work.yaml', '-o', 'junit'], says: '<testsuite' },
    { argv: ['config', 'set-context', 'here', '--source-id=mine', '--config=config.yaml'] },
    { argv: ['config', 'view', '--config=config.yaml'], says: 'source-id: mine' },
    { argv: ['doctor', '--consumer=c1'] },
    { argv: ['consumer', 'create', 'c2'] },
    { argv: ['consumer', 'list'], says: 'c2' },
    { argv: ['consumer', 'delete', 'c2', '-y'] },
    { argv: ['diff', '-f', 'work.yaml', '--consumer=c1'], exitCode: 1 },
    { argv: ['apply', '-f', 'work.yaml', '--consumer=c1', '--watch', '--results-path=result.json'] },
    { argv: ['wait', ...one, '--for=Applied'] },
    { argv: ['get', ...one], says: 'shipped' },
    { argv: ['describe', ...one], says: 'shipped' },
    { argv: ['list', '--consumer=c1'], says: 'shipped' },
    { argv: ['diff', '-f', 'work.yaml', '--consumer=c1'] },
    { argv: ['build', ...one, '-f', 'work.yaml'], says: 'ManifestWork' },
    { argv: ['watch', ...one, '--timeout=1s'], says: 'shipped' },
    { argv: ['delete', ...one, '--all', '--watch'] },
    {
      argv: [
        'job',
        'render',
        'apply-and-wait',
        '-f',
        'work.yaml',
        '--consumer=c1',
        '--event-id=e1',
        '--adapter=validation',
      ],
      says: 'kind: Job',
    },
  ];
  it.each(steps)('runs $argv', async ({ argv, exitCode = 0, says = '' }) => {
    const ended = await run(...argv);
    expect(ended, `${ended.stdout}${ended.stderr}`).toMatchObject({ exitCode });
    expect(ended.stdout).toContain(says);
    if (argv[0] === 'apply') expect(JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'))).toBeTypeOf('object');
  });

  it('explains every command that help names', async () => {
    const { stdout } = await run('help');
    const names = [...(/\nCommands:\n([\s\S]*?)\n\n/.exec(stdout)?.[1] ?? '').matchAll(/^ {2}([a-z]+)/gm)].map(
      ([, name = '']) => name,
    );
    expect(names).toEqual(expect.arrayContaining(steps.map(({ argv }) => argv[0])));
    for (const name of names)
      expect(await run(name, '--help'), name).toMatchObject({
        exitCode: 0,
        stderr: '',
        stdout: expect.stringContaining(`Usage: maestro-cli ${name}`) as string,
      });
  }, 60_000);

  it('is called what kubectl calls it, as a plugin', async () => {
    const plugin = join(folder, 'kubectl-maestro');
    if (!existsSync(plugin)) symlinkSync(executable, plugin);
    const help = async (...argv: readonly string[]): Promise<Finished> =>
      startProcess(plugin, argv, { cwd: folder, env: { PATH: '' } }).done;
    expect((await help('apply', '--help')).stdout).toMatch(
      /^Usage: kubectl maestro apply [\s\S]*\n {2}kubectl maestro apply [\s\S]* flags: kubectl maestro --help\n$/,
    );
    expect((await help('help', 'apply')).stdout).toMatch(/^Usage: kubectl maestro apply /);
    expect((await help('--help')).stdout).toMatch(/^Usage: kubectl maestro <command>/);
    expect((await help('version')).stdout).toMatch(/^maestro-cli \d/);
    expect((await run('apply', '--help')).stdout).toContain('Usage: maestro-cli apply');
  });

  it('takes no options from NODE_OPTIONS', async () => {
    const { exitCode } = await startProcess(executable, ['version'], {
      env: { PATH: '', NODE_OPTIONS: '--no-such-option' },
    }).done;
    expect(exitCode).toBe(0);
  });

  it('takes options of Node on its command line, and none of them reaches the command', async () => {
    expect(await run('version', '--node-options=--max-old-space-size=300')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^maestro-cli /) as string,
      stderr: '',
    });
  });

  describe.skipIf(helm === undefined)('with the command line that the chart renders', () => {
    it.each(valuesFiles())('of %s, unchanged, gets as far as looking for the hub', async (file) => {
      const [command, ...args] = renderedCommands(helm ?? '', file).controller;
      expect(command).toBe('maestro-cli');
      const { stdout, stderr } = await run(...args);
      expect(stdout).toBe('');
      expect(stderr).toContain('there is no kubeconfig, and this is no pod with a service account');
    });

    it('of helm test, asks Maestro, and fails when it is not there', async () => {
      const [command, ...args] = renderedCommands(helm ?? '', valuesFiles()[0] ?? '').test ?? [];
      expect(command).toBe('maestro-cli');
      const away = await run(...args);
      expect(away, away.stdout).toMatchObject({ exitCode: 8 });
      expect(away.stdout).toMatch(/fail +grpc-dns .*maestro-grpc\.maestro\.svc/);
      // The stand-in has no names in DNS; nothing else is changed.
      const here = args.map((word) =>
        word
          .replace(/^--grpc-endpoint=.*/, `--grpc-endpoint=${env['MAESTRO_GRPC_ENDPOINT'] ?? ''}`)
          .replace(/^--http-endpoint=.*/, `--http-endpoint=${env['MAESTRO_HTTP_ENDPOINT'] ?? ''}`),
      );
      const there = await run(...here);
      expect(there, `${there.stdout}${there.stderr}`).toMatchObject({ exitCode: 0 });
      for (const check of ['rest', 'publish', 'subscribe'])
        expect(there.stdout).toMatch(new RegExp(`^pass +${check} `, 'm'));
    });

    it('keeps the heap below the limit that it says', async () => {
      const args = renderedCommands(helm ?? '', valuesFiles().at(-1) ?? '').controller.slice(1);
      writeFileSync(
        join(folder, 'kubeconfig'),
        JSON.stringify({
          clusters: [{ name: 'hub', cluster: { server: 'https://127.0.0.1:1' } }],
          users: [{ name: 'me', user: {} }],
          contexts: [{ name: 'c', context: { cluster: 'hub', user: 'me' } }],
          'current-context': 'c',
        }),
      );
      const [health, metrics] = [await freePort(), await freePort()];
      // Only what this machine has not: a pod, its files and its ports.
      const here = args
        .filter((word) => !/^--(?:in-cluster|(?:grpc|http)-.*-file=)/.test(word))
        .map((word) =>
          word
            .replace(/^--health-address=.*/, `--health-address=127.0.0.1:${health}`)
            .replace(/^--metrics-address=.*/, `--metrics-address=127.0.0.1:${metrics}`),
        );
      const controller = startProcess(executable, [...here, '--kubeconfig=kubeconfig'], {
        cwd: folder,
        env: { PATH: '', POD_NAME: 'pod', POD_NAMESPACE: 'argo-hub' },
      });
      const limit = await until('the metrics are served', async () => {
        const text = await fetch(`http://127.0.0.1:${metrics}/metrics`).then(
          (answer) => answer.text(),
          () => '',
        );
        const [, bytes] = /heap_bytes\{what="limit"\} (\d+)/.exec(text) ?? [];
        return bytes === undefined ? undefined : Number(bytes);
      });
      controller.kill('SIGTERM');
      await controller.done;
      // What was asked for, and the young generation beside it; without it Node takes what it likes.
      expect(limit / 1024 ** 2).toBeGreaterThanOrEqual(full.heapMiB);
      expect(limit / 1024 ** 2).toBeLessThanOrEqual(full.heapMiB + 256);
    });
  });

  it('comes with its checksum', () => {
    const digest = createHash('sha256').update(readFileSync(executable)).digest('hex');
    expect(readFileSync(`${executable}.sha256`, 'utf8')).toBe(`${digest}  ${basename(executable)}\n`);
  });

  it('comes with a bill of materials that names Node with its parts and the packages inside, and no tools', () => {
    const bom = JSON.parse(readFileSync(`${executable}.cdx.json`, 'utf8')) as {
      bomFormat: string;
      metadata: { component: { name: string } };
      components: { name: string; version: string; components?: { name: string; version: string }[] }[];
    };
    const names = bom.components.map(({ name }) => name);
    expect(bom.bomFormat).toBe('CycloneDX');
    expect(bom.metadata.component.name).toBe(basename(executable));
    expect(names).toEqual(expect.arrayContaining(['node', '@grpc/grpc-js', 'commander', 'yaml']));
    expect(names).not.toContain('vitest');
    expect(bom.components.find(({ name }) => name === 'node')?.components).toContainEqual(
      expect.objectContaining({ name: 'openssl', version: process.versions.openssl }),
    );
  });

  it('tells the licences of all that is in it, Node and its parts included, and has them beside it', async () => {
    const { exitCode, stdout } = await run('version', '--licenses');
    expect(exitCode).toBe(0);
    expect(stdout).toBe(readFileSync(join(dirname(executable), 'THIRD-PARTY-NOTICES.txt'), 'utf8'));
    const bom = JSON.parse(readFileSync(`${executable}.cdx.json`, 'utf8')) as {
      components: { purl: string; name: string; version: string }[];
    };
    const packages = bom.components.filter(({ purl }) => purl.startsWith('pkg:npm/'));
    expect(packages.length).toBeGreaterThan(50);
    for (const { name, version } of packages) expect(stdout).toContain(`\n${name} ${version} (`);
    expect(stdout).toContain(`\nNode.js ${process.versions.node} (`);
    expect(stdout).toContain('- OpenSSL, located at deps/openssl');
  });
});

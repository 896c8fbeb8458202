import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { packageCommand } from '../../scripts/package.ts';
import { startProcess, type Finished, type Running } from '../support/process.ts';

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
  executable = await packageCommand(join(folder, 'out'));
  writeFileSync(join(folder, 'work.yaml'), work);
  standIn = startProcess(executable, ['dev', '--http-port=0', '--grpc-port=0', '--consumers=c1'], { env: { PATH: '' } });
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
      const found = [...process.stdout().matchAll(/export (\w+)=(\S+)\n/g)].map(([, name = '', value = '']) => [name, value] as const);
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

  it('applies over gRPC, waits, reads, lists and deletes', async () => {
    const one = ['--name=shipped', '--consumer=c1'];
    const steps: readonly (readonly string[])[] = [
      ['apply', '-f', 'work.yaml', '--consumer=c1', '--watch', '--results-path=result.json'],
      ['wait', ...one, '--for=Applied'],
      ['get', ...one],
      ['describe', ...one],
      ['list', '--consumer=c1'],
      ['diff', '-f', 'work.yaml', '--consumer=c1'],
      ['validate', '-f', 'work.yaml'],
      ['consumer', 'list'],
      ['delete', ...one, '--all', '--watch'],
    ];
    for (const argv of steps) expect(await run(...argv), argv.join(' ')).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'))).toBeTypeOf('object');
  }, 60_000);

  it('takes no options from NODE_OPTIONS', async () => {
    const { exitCode } = await startProcess(executable, ['version'], { env: { PATH: '', NODE_OPTIONS: '--no-such-option' } }).done;
    expect(exitCode).toBe(0);
  });

  it('comes with its checksum', () => {
    const digest = createHash('sha256').update(readFileSync(executable)).digest('hex');
    expect(readFileSync(`${executable}.sha256`, 'utf8')).toBe(`${digest}  ${basename(executable)}\n`);
  });

  it('comes with a bill of materials that names Node and the packages inside, and no tools', () => {
    const bom = JSON.parse(readFileSync(join(folder, 'out/maestro-cli.cdx.json'), 'utf8')) as { bomFormat: string; components: { name: string }[] };
    const names = bom.components.map(({ name }) => name);
    expect(bom.bomFormat).toBe('CycloneDX');
    expect(names).toEqual(expect.arrayContaining(['node', 'undici', '@grpc/grpc-js', 'commander', 'yaml']));
    expect(names).not.toContain('vitest');
  });
});

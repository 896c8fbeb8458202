import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emulatorOf } from '../../scripts/artefacts/emulator.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { startProcess, type Finished } from '../support/process.ts';
import { layouts } from './support.ts';

const arch = 'arm64';
const emulator = emulatorOf(arch);
if (layouts !== undefined && emulator === undefined)
  console.log(`test/image: the executable for ${arch} is not run, because nothing here emulates that processor`);

// On a machine of that processor test/image/layout.test.ts runs it as it is.
describe.skipIf(layouts === undefined || emulator === undefined || process.arch === arch)(
  `the executable of the image for ${arch}, emulated`,
  { timeout: 180_000 },
  () => {
    let folder: string;
    const executable = join(layouts?.[arch]?.root ?? '', 'usr/local/bin/maestro-cli');
    let standIn: StandIn;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'maestro-cli-emulated-'));
      standIn = await startStandIn({ consumers: ['c1'] });
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
    });

    afterAll(async () => {
      await standIn.close();
      rmSync(folder, { recursive: true, force: true });
    });

    async function run(...argv: readonly string[]): Promise<Finished> {
      const [program = '', ...args] = [...(emulator ?? []), executable, ...argv];
      const env = {
        MAESTRO_HTTP_ENDPOINT: standIn.httpEndpoint,
        MAESTRO_GRPC_ENDPOINT: `grpc://${standIn.grpcEndpoint}`,
      };
      return startProcess(program, args, { cwd: folder, env }).done;
    }

    it('tells its version and its processor', async () => {
      const { exitCode, stdout, stderr } = await run('version', '-o', 'json');
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(JSON.parse(stdout)).toMatchObject({ node: process.versions.node, platform: `linux-${arch}` });
    });

    it('validates', async () => {
      expect(await run('validate', '-f', 'work.yaml')).toMatchObject({ exitCode: 0 });
      writeFileSync(join(folder, 'wrong.yaml'), 'kind: ManifestWork\n');
      expect(await run('validate', '-f', 'wrong.yaml')).toMatchObject({ exitCode: 4 });
    });

    it('applies a work, waits, reads and deletes it', async () => {
      const applied = await run('apply', '-f', 'work.yaml', '--consumer=c1', '--watch', '--results-path=result.json');
      expect(applied, applied.stderr).toMatchObject({ exitCode: 0 });
      expect(JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'))).toMatchObject({ status: 'Applied' });
      expect((await run('get', '--name=shipped', '--consumer=c1')).stdout).toContain('shipped');
      expect(await run('delete', '--name=shipped', '--consumer=c1', '--all', '--watch')).toMatchObject({ exitCode: 0 });
    });

    it('has code caches', () => {
      expect(readFileSync(executable).includes('start.cache')).toBe(true);
    });
  },
);

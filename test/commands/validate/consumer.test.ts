import { describe, expect, test } from 'vitest';
import type { Maestro } from '../../../src/context.ts';
import { MaestroError } from '../../../src/errors.ts';
import { runCli } from '../../support/run-cli.ts';

const work = `apiVersion: work.open-cluster-management.io/v1
kind: ManifestWork
metadata: {name: a, namespace: west}
spec: {workload: {manifests: [{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop}}]}}
`;

const consumer = {
  id: '1',
  name: 'west',
  labels: {},
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
};

/** A Maestro that knows one consumer, and counts how often it was asked. */
function maestroWith(answer: (name: string) => unknown): {
  connect: () => Promise<Maestro>;
  asked: string[];
  closed: () => number;
} {
  const asked: string[] = [];
  let closed = 0;
  const maestro = {
    reader: {
      findConsumer: async (name: string) => {
        asked.push(name);
        return answer(name);
      },
    },
    close: async () => {
      closed += 1;
    },
  } as unknown as Maestro;
  return { connect: async () => maestro, asked, closed: () => closed };
}

describe('--consumer', () => {
  test.each([
    ['west', work, 0, true],
    ['east', work.replace(', namespace: west', ''), 3, false],
    ['east', work, 4, false],
  ])('%s', async (name, text, exitCode, exists) => {
    const maestro = maestroWith((wanted) => (wanted === 'west' ? consumer : undefined));
    const run = await runCli(['validate', '-f', 'w.yaml', '-c', name, '-o', 'json'], {
      files: { 'w.yaml': text },
      connect: maestro.connect,
    });
    expect(run.exitCode).toBe(exitCode);
    expect(JSON.parse(run.stdout)).toMatchObject({ consumer: { name, exists } });
    expect(maestro.asked).toEqual([name]);
    expect(maestro.closed()).toBe(1);
    if (!exists) expect(run.stderr).toContain(name);
  });

  test('a work for another consumer is told, with its place', async () => {
    const maestro = maestroWith(() => consumer);
    const run = await runCli(['validate', '-f', 'w.yaml', '-c', 'east'], {
      files: { 'w.yaml': work },
      connect: maestro.connect,
    });
    expect(run.stdout).toContain(
      'w.yaml:3:21: error: metadata.namespace: west contradicts --consumer=east [consumer-mismatch]',
    );
  });

  test('the findings are printed although nobody answers, and the exit code says so', async () => {
    const down = maestroWith(() => {
      throw new MaestroError('unavailable', 'no answer');
    });
    const run = await runCli(['validate', '-f', 'w.yaml', '-c', 'west'], {
      files: { 'w.yaml': work },
      connect: down.connect,
    });
    expect(run.exitCode).toBe(8);
    expect(run.stdout).toContain('0 errors');
    expect(run.stderr).toContain('no answer');
    expect(down.closed()).toBe(1);
  });

  test('without it nothing is asked', async () => {
    const run = await runCli(['validate', '-f', 'w.yaml'], {
      files: { 'w.yaml': work },
      env: { MAESTRO_GRPC_ENDPOINT: 'not an endpoint' },
      connect: async () => {
        throw new Error('validate is offline');
      },
    });
    expect(run.exitCode).toBe(0);
  });
});

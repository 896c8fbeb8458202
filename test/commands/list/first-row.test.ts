import { expect, it } from 'vitest';
import type { InProcessMaestro } from '../../../src/clients/index.ts';
import { connectInProcess } from '../../../src/clients/in-process.ts';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import { createStandIn } from '../../../src/standin/index.ts';
import { runCli } from '../../support/run-cli.ts';

it('prints the rows of a page before it asks for the next', async () => {
  const standIn = await createStandIn({ consumers: ['c1'], agent: { online: false } });
  const { writer } = connectInProcess(standIn);
  const options = { signal: new AbortController().signal, deadlineMs: Number.POSITIVE_INFINITY };
  for (let at = 0; at < 1000; at += 1) {
    const name = `work-${at}`;
    const target = { id: bundleId('s', 'c1', name), consumer: 'c1', source: 's' };
    const manifests = [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } }];
    const work = { name, labels: {}, annotations: {}, manifests, manifestConfigs: [] };
    await writer.publish({ kind: 'create', target, work }, options);
  }
  let written = '';
  /** What stood on standard output when each page was asked for. */
  const linesBefore: number[] = [];
  const maestro: InProcessMaestro = {
    ...standIn,
    rest: (request, signal) => {
      linesBefore.push(written.split('\n').length - 1);
      return standIn.rest(request, signal);
    },
  };
  const { exitCode, stdout } = await runCli(['list', '--no-headers'], {
    maestro,
    onStdout: (text) => (written += text),
  });
  expect(exitCode).toBe(0);
  expect(stdout.trimEnd().split('\n')).toHaveLength(1000);
  expect(linesBefore).toEqual([0, 400, 800]);
  await standIn.close();
});

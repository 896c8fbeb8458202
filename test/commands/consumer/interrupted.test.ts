import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MaestroError } from '../../../src/errors.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { runCli } from '../../support/run-cli.ts';
import { adapterResultOf } from '../support/result.ts';

let maestro: StandIn;
let gateway: Server;
let stop: AbortController;
let ending: MaestroError;

/** Before Maestro: what reads goes on, and while a write waits for its answer the run is ended. */
beforeEach(async () => {
  maestro = await startStandIn({ consumers: ['c1'] });
  stop = new AbortController();
  gateway = createServer((request, response) => {
    if (request.method !== 'GET') return stop.abort(ending);
    void fetch(`${maestro.httpEndpoint}${request.url}`).then(async (answer) => {
      response.setHeader('content-type', 'application/json').end(await answer.text());
    });
  });
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  gateway.closeAllConnections();
  gateway.close();
  await maestro.close();
});

const ends = [
  { signal: 'SIGINT', error: new MaestroError('interrupted', 'interrupted by SIGINT'), exitCode: 130 },
  { signal: 'SIGTERM', error: new MaestroError('terminated', 'terminated by SIGTERM'), exitCode: 143 },
];
const lines = [
  ['create', 'c2'],
  ['update', 'c1', '--label=a=b'],
  ['delete', 'c1', '-y'],
];

describe.each(ends)('$signal while Maestro has not answered', ({ error, exitCode, signal }) => {
  it.each(lines)(`ends with ${exitCode}, and tells that the effect is unknown: consumer %s`, async (...argv) => {
    ending = error;
    const { port } = gateway.address() as AddressInfo;
    const done = await runCli(['consumer', ...argv, '--results-path=result.json', '--results-format=adapter-result'], {
      endpoints: { httpEndpoint: `http://127.0.0.1:${port}`, grpcEndpoint: maestro.grpcEndpoint },
      signal: stop.signal,
    });
    expect(done.exitCode, done.stderr).toBe(exitCode);
    expect(done.stderr).toContain(`${signal} before the answer to the request, which may have been carried out`);
    expect(adapterResultOf(done)).toMatchObject({ status: 'failure', reason: 'OutcomeUnknown' });
  });
});

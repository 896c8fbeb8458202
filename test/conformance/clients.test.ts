import { connectMaestro } from '../../src/clients/connect.ts';
import { parseGrpcEndpoint } from '../../src/clients/index.ts';
import { systemClock } from '../../src/clock.ts';
import { clientsSuite } from './clients.ts';
import { openTarget } from './target.ts';

const target = await openTarget();
const maestro = await connectMaestro(
  {
    grpcEndpoint: parseGrpcEndpoint(target.grpcEndpoint, { plaintext: true }),
    httpEndpoint: target.httpEndpoint,
    insecureSkipVerify: false,
    grpcTls: {},
    httpTls: {},
    allowPlaintextToken: false,
    proxy: {},
  },
  { clock: systemClock, random: Math.random },
);
clientsSuite({
  ...maestro,
  agentConsumer: target.agentConsumer ?? '',
  end: async (consumerId) => {
    await target.removeConsumer(consumerId);
    await maestro.close();
    await target.close();
  },
});

import { connectInProcess } from '../../src/clients/in-process.ts';
import { createStandIn } from '../../src/standin/index.ts';
import { clientsSuite } from './clients.ts';

/** The stand-in without ports has no difference to declare: our clients find in it what they find in every Maestro. */
const standIn = await createStandIn({
  consumers: ['cluster1'],
  agent: { online: false },
  agents: { cluster1: { online: true } },
  heartbeatMs: 1_000,
});
const maestro = connectInProcess(standIn);
clientsSuite({
  ...maestro,
  agentConsumer: 'cluster1',
  end: async () => {
    await maestro.close();
    await standIn.close();
  },
});

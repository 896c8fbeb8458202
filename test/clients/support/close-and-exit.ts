import { systemClock } from '../../../src/clock.ts';
import { createChannelSource } from '../../../src/clients/grpc/channel.ts';
import { createStatusSubscriber, createWorkReader, createWorkWriter } from '../../../src/clients/index.ts';
import { settingsFor, within } from './settings.ts';

// Run as a program of its own: it ends by itself only when close() leaves nothing behind.
const [, , port, plaintext] = process.argv;
const settings = settingsFor({
  grpcEndpoint: { host: '127.0.0.1', port: Number(port), plaintext: plaintext === 'plaintext' },
  httpEndpoint: `http://127.0.0.1:${port}`,
});
const writer = createWorkWriter(settings, { clock: systemClock, channels: createChannelSource(settings, systemClock) });
const reader = createWorkReader(settings, { clock: systemClock, random: () => 0 });
const subscriber = createStatusSubscriber(settings, { channels: createChannelSource(settings, systemClock) });
const target = { id: 'i', consumer: 'c', source: 's' };
const abort = new AbortController();
await writer.publish({ kind: 'delete', target, workName: 'w', version: 1 }, within(200)).catch(() => undefined);
await reader.getBundle('i', within(200)).catch(() => undefined);
const next = subscriber.subscribe({ source: 's' }, { signal: abort.signal })[Symbol.asyncIterator]().next();
setTimeout(() => abort.abort(), 100);
await next.catch(() => undefined);
writer.close();
subscriber.close();
await reader.close();
console.log('closed');

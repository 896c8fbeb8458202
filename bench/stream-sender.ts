/**
 * A stand-in whose simulated agents report at a steady rate, each report with
 * the time at which it was sent. Told `{"reports":n}` it sends so many and
 * answers with what each consumer reported last.
 */
import { createInterface } from 'node:readline';
import { startStandIn } from '../src/standin/index.ts';

const { consumers, perSecond } = JSON.parse(process.argv[2] ?? '') as {
  readonly consumers: number;
  readonly perSecond: number;
};
const names = Array.from({ length: consumers }, (_, at) => `c${at}`);
const standIn = await startStandIn({ consumers: names, agent: { delayMs: 0, availableDelayMs: 0, statusSyncMs: 1 } });
const say = (message: unknown): void => console.log(JSON.stringify(message));
say({ httpEndpoint: standIn.httpEndpoint, grpcEndpoint: standIn.grpcEndpoint });

for await (const line of createInterface({ input: process.stdin })) {
  const { reports } = JSON.parse(line) as { readonly reports: number };
  say({ last: await send(reports) });
}
await standIn.close();

async function send(reports: number): Promise<Readonly<Record<string, number>>> {
  const last: Record<string, number> = {};
  const startMs = performance.now();
  for (let sent = 0; sent < reports;) {
    const due = Math.min(reports, Math.floor(((performance.now() - startMs) * perSecond) / 1000));
    for (; sent < due; sent += 1) {
      const consumer = names[sent % consumers] ?? '';
      last[consumer] = sent;
      const value = `${sent} ${performance.timeOrigin + performance.now()}`;
      standIn.setAgent(consumer, { feedback: { 'ConfigMap/*': { sent: value } } });
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return last;
}

/**
 * Writes many works in a process of its own and prints what it cost: by
 * MaestroClient.applyMany, or by a bare loop of Publish calls that reads
 * nothing, decides nothing and gives up on the first failure.
 */
import { createInterface } from 'node:readline';
import { bundleId } from '../src/core/index.ts';
import { createMaestroClient, type FleetTask } from '../src/index.ts';
import { keepHeapSmall } from '../src/parts.ts';
import { openBarePublish } from './bare-publish.ts';
import { manyWorks } from './many-works.ts';
import { costOf, type Endpoints } from './own-process.ts';

export interface FleetWriting {
  readonly how: 'own' | 'bare';
  readonly endpoints: Endpoints;
  readonly consumers: number;
  readonly works: number;
  /** Names of works begin with it, so that each run writes its own. */
  readonly prefix: string;
  /** After so many tasks it says what it took until then, and waits for a line. */
  readonly marks?: readonly number[];
}

/** What stood at a mark. */
export interface Mark {
  readonly wallMs: number;
  readonly peakMiB: number;
}

const { how, endpoints, consumers, works, prefix, marks = [] } = JSON.parse(process.argv[2] ?? '') as FleetWriting;
const source = 'bench';
// As the command does for fleets; what is compared with the bare loop runs as that does.
if (marks.length > 0) keepHeapSmall();
const concurrency = 64;

/** Told apart from the whole, because memory has to stay flat as the number grows. */
async function* marked(tasks: Iterable<FleetTask>): AsyncGenerator<FleetTask> {
  const goOn = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  let startMs = performance.now();
  let at = 0;
  for (const task of tasks) {
    yield task;
    at += 1;
    if (!marks.includes(at)) continue;
    const mark: Mark = { wallMs: performance.now() - startMs, peakMiB: process.resourceUsage().maxRSS / 1024 };
    console.log(JSON.stringify(mark));
    // Whoever measures is gone, and so is the stand-in.
    if ((await goOn.next()).done === true) process.exit(1);
    startMs += performance.now() - startMs - mark.wallMs;
  }
}

/** All of it, and one work before it, by which modules are loaded and connections open on either side. */
interface Writer {
  write(tasks: Iterable<FleetTask>): Promise<void>;
  close(): Promise<void>;
}

async function own(): Promise<Writer> {
  const client = await createMaestroClient({ ...endpoints, grpcEndpoint: `grpc://${endpoints.grpcEndpoint}`, source });
  return {
    write: async (tasks) => {
      const { done, created } = await client.applyMany(marks.length === 0 ? tasks : marked(tasks), {
        maxConcurrency: concurrency,
      });
      if (created !== done) throw new Error(`${created} of ${done} works were created`);
    },
    close: () => client.close(),
  };
}

async function bare(): Promise<Writer> {
  const { publish, close } = openBarePublish(endpoints);
  const worker = async (tasks: Iterable<FleetTask>): Promise<void> => {
    for (const task of tasks) {
      if (task.op !== 'apply') continue;
      const { consumer, work } = task;
      const target = { id: bundleId(source, consumer, work.name), consumer, source };
      await publish({ kind: 'create', target, work });
    }
  };
  return {
    write: async (tasks) => void (await Promise.all(Array.from({ length: concurrency }, () => worker(tasks)))),
    close: async () => close(),
  };
}

const writer = await (how === 'own' ? own() : bare());
if (marks.length === 0) await writer.write(manyWorks({ count: 1, consumers, prefix: `${prefix}-first` }));
console.log(JSON.stringify(await costOf(() => writer.write(manyWorks({ count: works, consumers, prefix })))));
await writer.close();
process.exit(0);

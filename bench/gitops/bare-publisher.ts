/**
 * The yardstick of a roll-out: a bare loop of Publish calls with the very works
 * that the controllers publish, as many under way. It reads and decides nothing
 * and gives up on the first failure.
 */
import { openBarePublish } from '../bare-publish.ts';
import { costOf, type Endpoints } from '../own-process.ts';
import { builtBundle } from './bundles.ts';
import { clusterOf, type Fleet } from './fixture.ts';

export interface BarePublishing {
  readonly endpoints: Endpoints;
  readonly fleet: Fleet;
  readonly sourceId: string;
  /** So many of the fleet at once, from the first on. */
  readonly count: number;
  /** So many times, each with the next of the fleet; 1 when absent. */
  readonly rounds?: number;
}

const { endpoints, fleet, sourceId, count, rounds = 1 } = JSON.parse(process.argv[2] ?? '') as BarePublishing;
const concurrency = 64;
const { publish } = openBarePublish(endpoints);
const bundles = Array.from({ length: count * rounds }, (_, at) => builtBundle(fleet, at, 0, sourceId));
let next = 0;

async function worker(end: number): Promise<void> {
  while (next < end) {
    const at = next++;
    const bundle = bundles[at];
    if (bundle === undefined) return;
    const target = { id: bundle.id, consumer: clusterOf(fleet, at), source: sourceId };
    await publish({ kind: 'create', target, work: bundle.work });
  }
}

for (let round = 1; round <= rounds; round += 1) {
  // As long a rest as the controllers have between theirs.
  if (round > 1) await new Promise((resolve) => setTimeout(resolve, 1_000));
  const end = round * count;
  console.log(
    JSON.stringify(
      await costOf(async () => void (await Promise.all(Array.from({ length: concurrency }, async () => worker(end))))),
    ),
  );
}
process.exit(0);

import { sortItems, withoutStatus } from './normalise.ts';
import type { Json } from './normalise.ts';

/**
 * What a recorded step needs beyond renaming to be compared on a server that
 * other runs share, with an agent that answers when it likes.
 */
export interface Treatment {
  /** Adds to the query so that rows of other runs stay out of the answer. */
  readonly narrow?: (path: string, suffix: string) => string;
  /** Brings recorded and actual body to what can be compared. */
  readonly adapt?: (body: Json) => Json;
  /** Only with an agent; asked again until the answer is the recorded one. */
  readonly agent?: true;
  /** Why the step is not replayed. */
  readonly skip?: string;
  /** Why the step is not replayed on a real server. */
  readonly skipReal?: string;
}

type List = { items: Json[]; size: number; total: number } & Record<string, Json>;

const ownSource = (path: string, suffix: string): string => withSearch(path, `source = 'maestro-cli${suffix}'`);
const ownConsumers = (path: string, suffix: string): string => withSearch(path, `name like '%${suffix}'`);

/** Of a recorded list over everything, the five works of the scenario; the recording had eight more. */
const onlyOffline =
  (size: number) =>
  (body: Json): Json => {
    const list = body as List;
    const items = list.items.filter((item) => (item as { consumer_name: string }).consumer_name === 'rec-offline');
    return sortItems({ ...list, items: size === 0 ? [] : items, size, total: 5 });
  };

/** One of five rows, and nothing says which. */
const anyOne = (body: Json): Json => ({ ...(body as List), items: [], total: 5 });

const byHand = 'the recorder wrote the status of Deployment and Job into the cluster by hand';

/** The status is the agent's business and may be there already or not yet. */
const beforeTheAgent: Treatment = { adapt: withoutStatus };

export const treatments: Readonly<Record<string, Treatment>> = {
  'consumers/list-all': { narrow: ownConsumers },
  'consumers/page-2-of-size-1': { narrow: ownConsumers },
  'lifecycle/get-right-after-create': beforeTheAgent,
  'lifecycle/get-after-agent-applied': { agent: true },
  'lifecycle/get-after-same-payload': beforeTheAgent,
  'lifecycle/get-right-after-update': beforeTheAgent,
  'lifecycle/get-after-updates': { agent: true },
  'lifecycle/get-right-after-delete': beforeTheAgent,
  'lifecycle/get-after-agent-deleted': { agent: true },
  'lifecycle/heartbeats': { skip: 'heartbeats.test.ts looks at them' },
  'outcomes/get-partially-applied': { agent: true },
  'outcomes/get-after-fix': { agent: true },
  'outcomes/get-before-workload-status': {
    skip: 'what an object shows before its controllers ran is up to the Kubernetes version',
  },
  'outcomes/get-after-workload-status': { agent: true, skipReal: byHand },
  'outcomes/status-events-feedback': { skipReal: byHand },
  'search/by-source': { adapt: anyOne },
  'search/page-0': { narrow: ownSource, adapt: onlyOffline(5) },
  'search/size-0': { narrow: ownSource, adapt: onlyOffline(0) },
  'search/size-negative': { narrow: ownSource, adapt: onlyOffline(5) },
  'search/page-past-end': { narrow: ownSource, adapt: onlyOffline(0) },
};

function withSearch(path: string, search: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}search=${encodeURIComponent(search)}`;
}

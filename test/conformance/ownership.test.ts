import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';

import { Judge } from './differences.ts';
import { configMap, specEvent } from './events.ts';
import type { Json } from './normalise.ts';
import { openTarget } from './target.ts';
import type { HttpAnswer } from './wire.ts';

/** What becomes of an object that two works hold, in the order in which a migration moves it: seen on a real agent. */

const target = await openTarget();
const judge = new Judge(target.kind);
const run = randomBytes(4).toString('hex');
const consumer = target.agentConsumer ?? '';
const source = `conformance-${run}`;
const object = `owned-${run}`;
const ids = { old: randomUUID(), new: randomUUID() };
/** An agent looks at its objects every ten seconds. */
const settleMs = 40_000;
const testMs = 3 * settleMs;
const path = '/api/maestro/v1/resource-bundles';

interface Row {
  readonly version: number;
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly observedGeneration?: number }[];
    readonly resourceStatus?: readonly {
      readonly statusFeedback?: {
        readonly values?: readonly {
          readonly name: string;
          readonly fieldValue: { readonly string?: string; readonly jsonRaw?: string };
        }[];
      };
    }[];
  };
}

interface Seen {
  /** Which works the object names as its owners. */
  readonly owners: readonly string[];
  readonly uid: string | undefined;
}

afterAll(async () => {
  for (const id of Object.values(ids)) await target.wire.http('DELETE', `${path}/${id}`);
  await target.close();
});

describe.skipIf(target.agentConsumer === undefined)('an object of two works (needs a consumer with an agent)', () => {
  let first: Seen;

  it('names both as its owners', { timeout: testMs }, async () => {
    await write('create', 'old', {});
    first = await seenBy('old', ['old']);
    await write('create', 'new', {});
    const both = await seenBy('new', ['new', 'old']);
    judge.judge(
      'ownership/both',
      { owners: [first.owners, both.owners], sameUid: both.uid === first.uid && both.uid !== undefined },
      { owners: [['old'], ['new', 'old']], sameUid: true },
    );
  });

  it('names one no more that is applied with Orphan and CreateOnly, and stays', { timeout: testMs }, async () => {
    await write('update', 'old', {
      deleteOption: { propagationPolicy: 'Orphan' },
      updateStrategy: { type: 'CreateOnly' },
    });
    await applied('old', 2);
    // It goes on reporting the object; what the other work last saw may be older.
    const seen = await seenBy('old', ['new']);
    judge.judge(
      'ownership/orphaned',
      { owners: seen.owners, sameUid: seen.uid === first.uid },
      { owners: ['new'], sameUid: true },
    );
  });

  it('stays as it is when that one is deleted and gone', { timeout: testMs }, async () => {
    expect(await target.wire.publish(specEvent('delete', { consumer, id: ids.old, source, version: 2 }))).toMatchObject(
      { code: 0 },
    );
    const isGone = await until(async () => (await row('old')) === undefined);
    // Written once more, so that the agent has looked at it since.
    await write('update', 'new', { data: { key: 'two' } });
    await applied('new', 2);
    const seen = await seenBy('new', ['new']);
    judge.judge(
      'ownership/deleted',
      { isGone, owners: seen.owners, sameUid: seen.uid === first.uid },
      { isGone: true, owners: ['new'], sameUid: true },
    );
  });
});

async function write(
  action: 'create' | 'update',
  which: keyof typeof ids,
  {
    deleteOption,
    updateStrategy,
    data = { key: 'one' },
  }: { readonly deleteOption?: Json; readonly updateStrategy?: Json; readonly data?: Readonly<Record<string, string>> },
): Promise<void> {
  const jsonPaths = [
    { name: 'owners', path: '.metadata.ownerReferences[*].name' },
    { name: 'uid', path: '.metadata.uid' },
  ];
  const config = {
    resourceIdentifier: { group: '', resource: 'configmaps', name: object, namespace: 'default' },
    feedbackRules: [{ type: 'JSONPaths', jsonPaths }],
    ...(updateStrategy === undefined ? {} : { updateStrategy }),
  };
  const event = specEvent(action, {
    consumer,
    id: ids[which],
    source,
    name: `${which}-${run}`,
    version: action === 'create' ? 0 : 1,
    data: {
      manifests: [configMap(object, data)],
      manifestConfigs: [config],
      ...(deleteOption === undefined ? {} : { deleteOption }),
    },
  });
  expect(await target.wire.publish(event)).toEqual({ code: 0, message: '' });
}

async function row(which: keyof typeof ids): Promise<Row | undefined> {
  const answer = (await target.wire.http('GET', `${path}/${ids[which]}`)) as HttpAnswer;
  return answer.status === 200 ? (answer.body as unknown as Row) : undefined;
}

async function applied(which: keyof typeof ids, version: number): Promise<void> {
  const isApplied = await until(async () =>
    ((await row(which))?.status?.conditions ?? []).some(
      ({ type, observedGeneration }) => type === 'Applied' && observedGeneration === version,
    ),
  );
  expect(isApplied, `${which} is applied at version ${version}`).toBe(true);
}

/** What the agent reports of the object by one work, once it is what is awaited, or at the end of the time. */
async function seenBy(which: keyof typeof ids, owners: readonly string[]): Promise<Seen> {
  let seen: Seen = { owners: [], uid: undefined };
  await until(async () => {
    seen = seenIn(await row(which));
    return JSON.stringify(seen.owners) === JSON.stringify(owners);
  });
  return seen;
}

function seenIn(stored: Row | undefined): Seen {
  const values = stored?.status?.resourceStatus?.[0]?.statusFeedback?.values ?? [];
  const textOf = (name: string): string => {
    const { string, jsonRaw } = values.find((value) => value.name === name)?.fieldValue ?? {};
    return string ?? jsonRaw ?? '';
  };
  const names = textOf('owners');
  return {
    owners: Object.entries(ids)
      .filter(([, id]) => names.includes(id))
      .map(([which]) => which)
      .sort(),
    uid: textOf('uid') === '' ? undefined : textOf('uid'),
  };
}

async function until(holds: () => Promise<boolean>): Promise<boolean> {
  const endMs = performance.now() + settleMs;
  while (performance.now() < endMs) {
    if (await holds()) return true;
    await sleep(200);
  }
  return false;
}

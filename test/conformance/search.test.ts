import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Judge } from './differences.ts';
import { specEvent } from './events.ts';
import type { Json } from './normalise.ts';
import { searchedWorks, searchFacts } from './search-facts.ts';
import type { Found } from './search-facts.ts';
import { openTarget } from './target.ts';
import type { HttpAnswer } from './wire.ts';

const bundlesPath = '/api/maestro/v1/resource-bundles';
const consumersPath = '/api/maestro/v1/consumers';

interface Row {
  readonly id: string;
  readonly updated_at: string;
  readonly metadata: { readonly name?: string };
}

const target = await openTarget();
const judge = new Judge(target.kind);
const run = randomBytes(4).toString('hex');
const consumer = `conf-search-${run}`;
const ids = new Map<string, string>();
const consumerIds: string[] = [];

beforeAll(async () => {
  await createConsumer(consumer);
  for (const { name, labels, executer } of searchedWorks) {
    await create(consumer, name, {
      ...(labels === undefined ? {} : { labels }),
      ...(executer === undefined ? {} : { executer }),
    });
  }
});

afterAll(async () => {
  for (const id of consumerIds) await target.removeConsumer(id);
  await target.close();
});

describe('search', () => {
  it.each(searchFacts)('$name: $search', async ({ name, search, found }) => {
    const answer = await list({ search: forRun(search), size: '100' });
    const actual = outcome(answer);
    judge.judge(`search-facts/${name}`, sorted(actual), sorted(found));
  });

  it('finds updated_at to the microsecond, and a delete does not move it', async () => {
    const id = ids.get('back\\slash') ?? '';
    const before = await row(id);
    const at = (operator: string): Promise<HttpAnswer> =>
      list({ search: `id = '${id}' and updated_at ${operator} '${before.updated_at}'` });
    judge.judge('search-facts/updated_at', [names(await at('=')), names(await at('>'))], [['back\\slash'], []]);
    await target.wire.http('DELETE', `${bundlesPath}/${id}`);
    judge.judge('search-facts/updated_at after a delete', (await row(id)).updated_at, before.updated_at);
  });
});

describe('orderBy and paging', () => {
  it.each([
    { orderBy: 'id asc', status: 200 },
    { orderBy: 'created_at desc,id', status: 200 },
    { orderBy: 'id ASC', status: 400, reason: "bad order value 'id ASC'" },
    { orderBy: 'id; drop', status: 400, reason: "bad order value 'id; drop'" },
    {
      orderBy: 'nonsense',
      status: 500,
      reason: 'Unable to list resources: ERROR: column "nonsense" does not exist (SQLSTATE 42703)',
    },
  ])('orderBy $orderBy', async ({ orderBy, status, reason }) => {
    const answer = await list({ search: `consumer_name = '${consumer}'`, orderBy });
    judge.judge(
      `search-facts/orderBy ${orderBy}`,
      [answer.status, (answer.body as { reason?: string }).reason],
      [status, reason],
    );
  });

  it.each<{ query: Readonly<Record<string, string>>; page: number; size: number }>([
    { query: { page: '-1', size: '2' }, page: -1, size: 2 },
    { query: { page: '0', size: '2' }, page: 0, size: 2 },
    { query: { page: '2', size: '0' }, page: 2, size: 0 },
    { query: { size: 'abc' }, page: 1, size: 0 },
    { query: { page: 'abc', size: '3' }, page: 0, size: 3 },
  ])('page and size of $query', async ({ query, page, size }) => {
    const answer = await list({ search: `consumer_name = '${consumer}'`, ...query });
    const { kind, ...rest } = answer.body as Record<string, Json>;
    expect(kind).toBe('ResourceBundleList');
    judge.judge(
      `search-facts/paging ${JSON.stringify(query)}`,
      { ...rest, items: (rest['items'] as Json[]).length },
      { items: size, page, size, total: searchedWorks.length },
    );
  });

  it('pages 130 works by key, every work once and in order', async () => {
    const many = `conf-keyset-${run}`;
    await createConsumer(many);
    const made: string[] = [];
    for (let index = 0; index < 130; index += 1) made.push(await create(many, `work-${index}`));
    const seen: string[] = [];
    const pages: number[] = [];
    for (let last = ''; ; last = seen.at(-1) ?? '') {
      const after = last === '' ? '' : ` and id > '${last}'`;
      const page = await list({ search: `consumer_name = '${many}'${after}`, orderBy: 'id asc', size: '50' });
      const items = (page.body as unknown as { items: Row[] }).items;
      seen.push(...items.map((item) => item.id));
      pages.push(items.length);
      if (items.length < 50) break;
    }
    judge.judge('search-facts/keyset', { seen, pages }, { seen: [...made].sort(), pages: [50, 50, 30] });
    const defaults = (await list({ search: `consumer_name = '${many}'` })).body as unknown as {
      items: Row[];
      size: number;
      total: number;
    };
    judge.judge('search-facts/default size', [defaults.items.length, defaults.size, defaults.total], [100, 100, 130]);
    const some = made.slice(0, 120).map((id) => `'${id}'`);
    const byId = (await list({ search: `id in (${some.join(',')})`, size: '400' })).body as unknown as {
      total: number;
    };
    judge.judge('search-facts/id in 120', byId.total, 120);
  });
});

describe('differences.json', () => {
  it('declares nothing here that was not compared', () => {
    expect(judge.unjudged(['search-facts'])).toEqual([]);
  });
});

async function createConsumer(name: string): Promise<void> {
  const answer = (await target.wire.http('POST', consumersPath, { name })) as HttpAnswer;
  consumerIds.push((answer.body as { id: string }).id);
}

async function create(
  on: string,
  name: string,
  extra: { labels?: Readonly<Record<string, string>>; executer?: unknown } = {},
): Promise<string> {
  const id = randomUUID();
  ids.set(name, id);
  const { labels, ...data } = extra;
  const answer = await target.wire.publish(
    specEvent('create', {
      consumer: on,
      id,
      source: `conformance-${run}`,
      name,
      ...(labels === undefined ? {} : { labels }),
      data: { manifests: [], ...data } as Json,
    }),
  );
  expect(answer).toEqual({ code: 0, message: '' });
  return id;
}

async function list(query: Readonly<Record<string, string>>): Promise<HttpAnswer> {
  const answer = await target.wire.http('GET', `${bundlesPath}?${new URLSearchParams(query).toString()}`);
  if (typeof answer === 'string') throw new Error(answer);
  return answer;
}

async function row(id: string): Promise<Row> {
  const answer = (await target.wire.http('GET', `${bundlesPath}/${id}`)) as HttpAnswer;
  return answer.body as unknown as Row;
}

function outcome(answer: HttpAnswer): Found {
  if (answer.status === 200) return names(answer);
  const { code, reason } = answer.body as { code: string; reason: string };
  return { status: answer.status, code, reason: reason.replaceAll(run, '$RUN') };
}

function names(answer: HttpAnswer): readonly string[] {
  return (answer.body as unknown as { items: Row[] }).items.map((item) => item.metadata.name ?? '');
}

function forRun(search: string): string {
  return search
    .replaceAll('$C', consumer)
    .replaceAll(/\$ID\(([^)]*)\)/g, (_match, name: string) => ids.get(name) ?? '');
}

function sorted(found: Found): Found {
  return Array.isArray(found) ? [...(found as readonly string[])].sort() : found;
}

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { MaestroError } from '../../../src/errors.ts';
import type { KubeApi, ListPage, PageQuery } from '../../../src/gitops/kube/kube-api.ts';
import { GoneError } from '../../../src/gitops/kube/translate-status.ts';
import { looked, readEach } from '../../../src/gitops/survey/read-each.ts';
import { createBudget } from '../../../src/operations/budget.ts';
import { ManualClock } from '../../support/fake-clock.ts';

const path = { group: 'example.com', version: 'v1', resource: 'widgets' };
const budget = createBudget(60_000, {
  clock: new ManualClock(),
  random: () => 0,
  signal: new AbortController().signal,
});

/** Pages by their continue token, "" the first; an error stands for a page that has expired. */
function hub(answers: readonly (ListPage | Error)[]): Pick<KubeApi, 'listPage'> & { readonly asked: PageQuery[] } {
  const asked: PageQuery[] = [];
  return {
    asked,
    listPage: async (_path, query, _options, take) => {
      asked.push(query);
      const answer = answers[asked.length - 1];
      if (answer === undefined) throw new Error('one page too many');
      if (answer instanceof Error) throw answer;
      // As the real one: the first objects are handed over, the last few come with the page.
      for (const item of answer.items.slice(0, -1)) take?.(item);
      return { ...answer, items: answer.items.slice(-1) };
    },
  };
}

const widget = (name: string): JsonObject => ({ metadata: { name } });
const nameOf = (object: JsonObject): string => (object['metadata'] as { readonly name: string }).name;
const page = (names: readonly string[], next?: string): ListPage => ({
  items: names.map((name) => widget(name)),
  resourceVersion: '1',
  ...(next === undefined ? {} : { continue: next }),
});

describe('all objects of a kind', () => {
  it('are read page by page, each once', async () => {
    const kube = hub([page(['a', 'b'], 'more'), page(['c'])]);
    expect(await readEach(kube, { path, namespace: 'n' }, nameOf, budget)).toEqual(['a', 'b', 'c']);
    expect(kube.asked.map((query) => query.continue)).toEqual([undefined, 'more']);
    expect(kube.asked.every(({ namespace, limit }) => namespace === 'n' && limit === 200)).toBe(true);
  });

  it('are of one list: when its pages expire, all is read anew', async () => {
    const kube = hub([page(['a', 'b'], 'more'), new GoneError('expired'), page(['b'], 'on'), page(['c'])]);
    expect(await readEach(kube, { path }, nameOf, budget)).toEqual(['b', 'c']);
  });

  it('are given up when they expire again and again', async () => {
    const kube = hub(Array.from({ length: 9 }, () => new GoneError('expired')));
    await expect(readEach(kube, { path }, nameOf, budget)).rejects.toThrow('expired');
    expect(kube.asked).toHaveLength(5);
  });

  it('are kept only as far as something is made of them', async () => {
    const kube = hub([page(['a', 'b', 'c'])]);
    expect(await readEach(kube, { path }, (one) => (nameOf(one) === 'b' ? 'b' : undefined), budget)).toEqual(['b']);
  });
});

describe('looking', () => {
  it('tells a missing right apart from every other failure', async () => {
    expect(await looked(async () => 3)).toEqual({ seen: true, value: 3 });
    const forbidden = async (): Promise<never> => {
      throw new MaestroError('access-denied', 'may not list widgets', { reason: 'Unauthorized' });
    };
    expect(await looked(forbidden)).toEqual({ seen: false, why: 'may not list widgets' });
    const away = async (): Promise<never> => {
      throw new MaestroError('unavailable', 'the hub is away');
    };
    await expect(looked(away)).rejects.toThrow('the hub is away');
    const expired = async (): Promise<never> => {
      throw new MaestroError('access-denied', 'the token has expired', { reason: 'Unauthenticated' });
    };
    await expect(looked(expired)).rejects.toThrow('the token has expired');
  });
});

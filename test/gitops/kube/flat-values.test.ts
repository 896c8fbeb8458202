import { expect, test } from 'vitest';
import { readList } from '../../../src/gitops/kube/read-list.ts';
import { parseHubText, whyShallow } from '../../../src/gitops/model/shallow.ts';
import { parseHubApplication, type HubApplication } from '../../../src/gitops/model/hub-application.ts';
import { isJsonObject } from '../../../src/core/json.ts';
import { systemClock } from '../../../src/clock.ts';

const flat = `[${new Array(510_000).fill('""').join(',')}]`;
const deep = `${'['.repeat(600)}${']'.repeat(600)}`;
const metadata =
  '"annotations":{"apps.open-cluster-management.io/ocm-managed-cluster":"c1"},"labels":{"apps.open-cluster-management.io/pull-to-ocm-managed-cluster":"true"}';
const application = (name: string, more = ''): string =>
  `{"apiVersion":"argoproj.io/v1alpha1","kind":"Application","metadata":{${metadata},"name":"${name}","namespace":"a"}${more}}`;

test.each([
  ['so many values beside its name', `,"status":{"sourceTypes":${flat}}`],
  ['so many values and nests too deeply', `,"spec":${deep},"status":{"sourceTypes":${flat}}`],
])(
  'an application with %s says whose it is, in a list, by itself and in an event, and the others are read',
  async (_what, more) => {
    const text = `{"apiVersion":"v1","kind":"List","metadata":{"resourceVersion":"5"},"items":[${['x', 'y', 'z'].map((name) => application(name, name === 'y' ? more : '')).join(',')}]}`;
    const listed: HubApplication[] = [];
    await readList(
      (async function* () {
        yield Buffer.from(text);
      })(),
      (object) => void listed.push(parseHubApplication(object)),
      systemClock,
      new AbortController().signal,
    );
    expect(
      listed
        .slice(0, 2)
        .map(({ name, selected, cluster, unreadable }) => [name, selected, cluster, unreadable !== undefined]),
    ).toEqual([
      ['x', true, 'c1', false],
      ['y', true, 'c1', true],
    ]);
    const alone = parseHubText(application('y', more));
    const event = parseHubText(`{"type":"MODIFIED","object":${application('y', more)}}`, 'object');
    for (const object of [alone, isJsonObject(event) ? event['object'] : undefined]) {
      expect(isJsonObject(object) && whyShallow(object)).toMatch(/^(longer|nested) /);
      expect(isJsonObject(object) && parseHubApplication(object).cluster).toBe('c1');
    }
  },
);

import { describe, expect, it } from 'vitest';
import { groupReasons, placesText, reasonGroupText } from '../../../src/core/outcome/grouped-reasons.ts';

function reasonsOf(messages: readonly string[], name = 'np'): Parameters<typeof groupReasons>[0] {
  return messages.map((message, index) => ({ consumer: `c${index + 1}`, name, message }));
}

function textsOf(messages: readonly string[], name?: string): readonly string[] {
  return groupReasons(reasonsOf(messages, name)).map((group) => reasonGroupText(group));
}

describe('reasons with one cause', () => {
  it('leave no gap where an age stood within a sentence', () => {
    const messages = ['4s ago', '1m5s ago'].map(
      (age) => `deletion requested ${age}, the agent is deleting the resources, last report 0s ago`,
    );
    expect(textsOf(messages)).toEqual(['deletion requested, the agent is deleting the resources on 2: c1, c2']);
  });

  it('are one group, with a count and two names', () => {
    const message = 'admission webhook "quota.example.com" denied the request: no room';
    expect(textsOf(Array.from({ length: 17 }, () => message))).toEqual([`${message} on 17: c1, c2 …`]);
    expect(textsOf([message, message])).toEqual([`${message} on 2: c1, c2`]);
  });

  it.each([
    ['ages', ['not ready: x Available=False [3m10s]', 'not ready: x Available=False [2s]']],
    [
      'last reports',
      [
        'version 2 is awaited, last report 3s ago',
        'version 2 is awaited, last report 1h5m ago',
        'version 2 is awaited',
      ],
    ],
    ['versions', ['version 3 could not be applied: no room', 'version 12 could not be applied: no room']],
    ['ready counts', ['Deployment np/web: 1/3 ready', 'Deployment np/web: 0/3 ready']],
    [
      'uuids',
      ['request 0f8fad5b-d9cb-469f-a165-70867728950e failed', 'request 7c9e6679-7425-40de-944b-e07fc1f90ae7 failed'],
    ],
    ['times', ['since 2026-11-30T02:00:00Z', 'since 2026-11-30T02:00:01.5+01:00']],
    ['names of pods', ['pod web-7d9f8b6c5d-x2x4q crashed', 'pod web-7d9f8b6c5d-bcd5f crashed']],
    ['addresses', ['dial tcp 10.96.0.1:443: refused', 'dial tcp 10.97.3.4:443: refused']],
    [
      'ports that connections come from',
      ['read tcp 10.0.0.1:41234->10.9.0.1:443: reset', 'read tcp 10.0.0.2:51234->10.9.0.1:443: reset'],
    ],
    ['long numbers', ['etcd index 123456789', 'etcd index 223456780']],
    ['counts of errors', ['2 errors occurred', '3 errors occurred']],
    ['how long something took', ['no answer after 1.204s', 'no answer after 998ms']],
    ['own names of clusters', ['namespace "c1" not found', 'namespace "c2" not found']],
    ['own names inside longer ones', ['namespace ns-c1-np not found', 'namespace ns-c2-np not found']],
  ])('are one group though %s differ', (_what, messages) => {
    const groups = groupReasons(reasonsOf(messages));
    expect(groups.map(({ works }) => works.length)).toEqual([messages.length]);
  });

  it('shows what they share and marks the rest', () => {
    expect(textsOf(['version 3 failed: 1/3 ready in c1', 'version 3 failed: 2/3 ready in c2'])).toEqual([
      'version 3 failed: … ready in CONSUMER on 2: c1, c2',
    ]);
  });

  it('leaves an age out without a gap where it stood', () => {
    expect(textsOf(['deletion requested 3s ago, the agent has not reported this work yet'])).toEqual([
      'deletion requested, the agent has not reported this work yet on 1: c1',
    ]);
  });

  it('shows the one message of a single work as it is', () => {
    expect(textsOf(['version 3 failed in c1: 1/3 ready'])).toEqual(['version 3 failed in c1: 1/3 ready on 1: c1']);
  });
});

describe('reasons with different causes', () => {
  it.each([
    ['codes of HTTP', ['the server answered 403', 'the server answered 500']],
    ['exit codes', ['exit code 1', 'exit code 137']],
    ['ports', ['dial tcp 10.0.0.1:443: refused', 'dial tcp 10.0.0.1:8443: refused']],
    ['objects', ['Deployment.apps/np/web failed', 'Deployment.apps/np/api failed']],
    ['names that only look made up', ['Service svc-https failed', 'Service svc-grpcs failed']],
    ['numbered objects', ['ConfigMap np-1 is missing', 'ConfigMap np-2 is missing']],
    ['names of other clusters', ['moved to c7', 'moved to c8']],
    ['versions of an API', ['no matches for apps/v1beta1', 'no matches for apps/v1beta2']],
    ['reasons', ['Applied=False (A): no', 'Applied=False (B): no']],
  ])('stay apart by %s', (_what, messages) => {
    expect(groupReasons(reasonsOf(messages))).toHaveLength(messages.length);
  });

  it('stay apart where a cluster is called like an ordinary word of the message', () => {
    const groups = groupReasons([
      { consumer: 'timeout', name: 'np', message: 'request timeout' },
      { consumer: 'denied', name: 'np', message: 'request denied' },
    ]);
    expect(groups).toHaveLength(2);
  });

  it('come with the largest group first', () => {
    expect(textsOf(['a', 'b', 'b'])).toEqual(['b on 2: c2, c3', 'a on 1: c1']);
  });
});

describe('the places of a group', () => {
  it('are clusters, works of the one cluster, or both where a cluster has several', () => {
    const at = (consumer: string, name: string): { consumer: string; name: string } => ({ consumer, name });
    expect(placesText([at('c1', 'a'), at('c2', 'b')])).toBe(' on 2: c1, c2');
    expect(placesText([at('c1', 'a'), at('c1', 'b')])).toBe(' on 2: a, b');
    expect(placesText([at('c1', 'a'), at('c1', 'b'), at('c2', 'a')])).toBe(' on 3: c1/a, c1/b …');
  });

  it('cannot steer a terminal, and neither can the message', () => {
    const [group] = groupReasons([{ consumer: 'c\u001B[31m', name: 'np', message: 'no\u001B[2J\nerror: yes' }]);
    const text = group === undefined ? '' : reasonGroupText(group);
    expect(text).not.toContain('\u001B');
    expect(text).not.toContain('\n');
  });
});

it('groups the reasons of 3000 works within the time between two pictures of a wait', () => {
  const reasons = Array.from({ length: 3000 }, (_, index) => ({
    consumer: `cluster-${index}`,
    name: 'np',
    message: `version ${index % 7} could not be applied: Deployment.apps/np/web Applied=False (AppliedManifestFailed): admission webhook "quota.example.com" denied the request: cluster-${index} has ${index % 3}/3 [${index}s]`,
  }));
  const groups = groupReasons(reasons);
  expect(groups).toHaveLength(1);
});

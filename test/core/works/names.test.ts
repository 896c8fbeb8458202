import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  adapterWorkName,
  dns1035LabelProblems,
  dnsLabelProblems,
  dnsSubdomainProblems,
  labelValueProblems,
  qualifiedNameProblems,
} from '../../../src/core/works/names.ts';

interface Step {
  readonly step: string;
  readonly response: { readonly message?: string };
}

const file = new URL('../../fixtures/recordings/rejected.json', import.meta.url);
const { steps } = JSON.parse(readFileSync(file, 'utf8')) as { steps: readonly Step[] };

function recorded(name: string): string {
  return steps.find(({ step }) => step === name)?.response.message ?? '';
}

const long = 'a'.repeat(64);

describe('the texts that Maestro was recorded with', () => {
  it('for a label key', () => {
    const [problem] = qualifiedNameProblems('bad key!');
    expect(recorded('bad-label')).toMatch(`metadata.labels: Invalid value: "bad key!": ${problem}`);
  });

  it('for a namespace', () => {
    const [problem] = dnsLabelProblems('Bad_NS');
    expect(recorded('bad-namespace')).toMatch(`metadata.namespace: Invalid value: "Bad_NS": ${problem}`);
  });
});

describe('what passes', () => {
  it.each([
    [dnsLabelProblems, ['a', 'a-b', '0', '9a', 'a'.repeat(63)]],
    [dns1035LabelProblems, ['v1', 'v1beta1', 'a-1', 'a'.repeat(63)]],
    [dnsSubdomainProblems, ['a', 'a.b', 'work.open-cluster-management.io', '1.2', `${'a'.repeat(251)}.b`]],
    [qualifiedNameProblems, ['a', 'A_b.c-1', 'example.com/MyName', `${'a'.repeat(253)}/${'b'.repeat(63)}`]],
    [labelValueProblems, ['', 'a', '1.20', 'A_b', 'a'.repeat(63)]],
  ])('%o', (problems, values) => {
    for (const value of values) expect([value, problems(value)]).toEqual([value, []]);
  });
});

describe('what does not', () => {
  it.each([
    [dnsLabelProblems, ['', 'A', '-a', 'a-', 'a_b', 'a b', 'a\n', 'é'], /^a lowercase RFC 1123 label must/],
    [dnsLabelProblems, ['a.b'], /^must not contain dots$/],
    [dnsLabelProblems, [long], /^must be no more than 63 characters$/],
    [dns1035LabelProblems, ['', '1a', 'V1', 'v1-', 'v.1'], /^a DNS-1035 label must/],
    [dns1035LabelProblems, [long], /^must be no more than 63 characters$/],
    [dnsSubdomainProblems, ['', '.a', 'a.', 'a..b', 'A.b', 'a_b'], /^a lowercase RFC 1123 subdomain must/],
    [dnsSubdomainProblems, ['a'.repeat(254)], /^must be no more than 253 characters$/],
    [qualifiedNameProblems, ['-a', 'a-', 'a b', 'x/é'], /^name part must consist of/],
    [qualifiedNameProblems, ['', 'a/'], /^name part must be non-empty$/],
    [qualifiedNameProblems, [long], /^name part must be no more than 63 bytes$/],
    [qualifiedNameProblems, ['/a'], /^prefix part must be non-empty$/],
    [qualifiedNameProblems, ['A/a'], /^prefix part a lowercase RFC 1123 subdomain must/],
    [qualifiedNameProblems, [`${'a'.repeat(254)}/a`], /^prefix part must be no more than 253 bytes$/],
    [qualifiedNameProblems, ['a/b/c'], /^a valid label key must .* with an optional DNS subdomain prefix/],
    [labelValueProblems, ['-', 'a-', 'a/b', 'a b', 'é'], /^a valid label must be an empty string or/],
    [labelValueProblems, [long], /^must be no more than 63 bytes$/],
  ])('%o %j', (problems, values, text) => {
    for (const value of values) expect(problems(value)[0]).toMatch(text);
  });
});

describe('adapterWorkName', () => {
  it('follows the convention', () => {
    expect(adapterWorkName('cluster-west-1', 'nodepool')).toBe('hyperfleet-cluster-west-1-nodepool');
    expect(adapterWorkName('c', 'a'.repeat(50))).toHaveLength(63);
  });

  it.each([
    ['c', 'a'.repeat(51), /\(64 characters\) must be no more than 63/],
    ['c', '', /the adapter has no name/],
    ['c', 'Node_Pool', /a lowercase RFC 1123 label/],
    ['c.d', 'x', /must not contain dots/],
  ])('refuses %s, %s', (consumer, adapter, text) => {
    expect(() => adapterWorkName(consumer, adapter)).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringMatching(text) as string }),
    );
  });
});

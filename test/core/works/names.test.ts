import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  adapterNamed,
  adapterWorkName,
  configKeyProblems,
  dns1035LabelProblems,
  dnsLabelProblems,
  dnsSubdomainProblems,
  isDnsLabel,
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
    [configKeyProblems, ['a', '.dockercfg', 'a..', 'A_b-c.d', '-', 'a'.repeat(253)]],
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
    [configKeyProblems, ['', 'a b', 'a/b', 'é'], /^a valid config key must/],
    [configKeyProblems, ['a'.repeat(254)], /^must be no more than 253 characters$/],
    [configKeyProblems, ['.'], /^must not be '\.'$/],
    [configKeyProblems, ['..'], /^must not be '\.\.'$/],
    [configKeyProblems, ['...', '..a'], /^must not start with '\.\.'$/],
  ])('%o %j', (problems, values, text) => {
    for (const value of values) expect(problems(value)[0]).toMatch(text);
  });
});

/** As k8s.io/apimachinery/pkg/util/validation writes them, with the two spaces that it leaves between examples. */
describe('the whole text of Kubernetes', () => {
  const name = "alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
  const ofName = "'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?";

  it.each<[(value: string) => readonly string[], string, readonly string[]]>([
    [
      dnsLabelProblems,
      'A',
      [
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end" +
          " with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is" +
          " '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
      ],
    ],
    [
      dns1035LabelProblems,
      'V',
      [
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic" +
          " character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for" +
          " validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
      ],
    ],
    [
      dnsSubdomainProblems,
      'A.b',
      [
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start" +
          " and end with an alphanumeric character (e.g. 'example.com', regex used for validation is" +
          " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      ],
    ],
    [qualifiedNameProblems, 'a/-', [`name part must consist of ${name} (e.g. ${ofName}[A-Za-z0-9]')`]],
    [
      qualifiedNameProblems,
      'a/b/c',
      [
        `a valid label key must consist of ${name} (e.g. ${ofName}[A-Za-z0-9]')` +
          " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
      ],
    ],
    [
      labelValueProblems,
      '-',
      [
        `a valid label must be an empty string or consist of ${name} (e.g. 'MyValue',  or 'my_value',  or '12345',` +
          " regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
      ],
    ],
    [
      configKeyProblems,
      '../a',
      [
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or" +
          " 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
        "must not start with '..'",
      ],
    ],
  ])('%o %j', (problems, value, texts) => expect(problems(value)).toEqual(texts));
});

describe('isDnsLabel', () => {
  it.each([
    ['a-1', true],
    ['a'.repeat(63), true],
    [long, false],
    ['a.b', false],
    ['', false],
  ])('%s: %s', (value, is) => expect(isDnsLabel(value)).toBe(is));
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

  it('says what to do where it refuses', () => {
    expect(() => adapterWorkName('c', '')).toThrow(
      expect.objectContaining({
        message: 'the work name made of consumer and adapter is not valid: the adapter has no name',
        hint: 'Give the work a name of its own.',
        commandHint: 'Name the work with --name instead.',
      }),
    );
  });
});

describe('adapterNamed', () => {
  it.each([
    ['hyperfleet-c-nodepool', 'c', 'nodepool'],
    ['hyperfleet-c-d-nodepool', 'c', 'd-nodepool'],
    ['hyperfleet-c-d-nodepool', 'c-d', 'nodepool'],
    ['hyperfleet-c-', 'c', undefined],
    ['hyperfleet-c', 'c', undefined],
    ['hyperfleet-d-nodepool', 'c', undefined],
    ['my-hyperfleet-c-', 'c', undefined],
    ['nodepool', 'c', undefined],
  ])('%s of %s tells %s', (name, consumer, adapter) => expect(adapterNamed(name, consumer)).toBe(adapter));

  it('gives back what adapterWorkName was given', () => {
    expect(adapterNamed(adapterWorkName('west-1', 'dns'), 'west-1')).toBe('dns');
  });
});

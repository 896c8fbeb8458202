import { MaestroError } from '../../errors.ts';

/** Longest DNS label, and so the longest name of a work. */
export const longestLabel = 63;
const longestSubdomain = 253;

const dnsLabel = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const dns1035Label = '[a-z]([-a-z0-9]*[a-z0-9])?';
const dnsSubdomain = `${dnsLabel}(\\.${dnsLabel})*`;
const qualifiedName = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const labelValue = `(${qualifiedName})?`;

const configKey = '[-._a-zA-Z0-9]+';

const qualifiedNameRule =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

/**
 * What Kubernetes finds wrong with a DNS label (names of namespaces and of
 * consumers, works); empty when it is one. These functions give the texts that
 * Maestro answers with (recordings/rejected.json), at the Kubernetes libraries
 * 0.35 that it is built with: hence "characters" here and "bytes" there.
 */
export function dnsLabelProblems(value: string): readonly string[] {
  const problems = tooLong(value, longestLabel, 'characters');
  if (matches(dnsLabel, value)) return problems;
  if (matches(dnsSubdomain, value)) return [...problems, 'must not contain dots'];
  const rule =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
  return [...problems, broken(rule, dnsLabel, 'my-name', '123-abc')];
}

export function isDnsLabel(value: string): boolean {
  return dnsLabelProblems(value).length === 0;
}

/** As dnsLabelProblems, for labels that begin with a letter: the version of an apiVersion. */
export function dns1035LabelProblems(value: string): readonly string[] {
  const problems = tooLong(value, longestLabel, 'characters');
  if (matches(dns1035Label, value)) return problems;
  const rule =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
  return [...problems, broken(rule, dns1035Label, 'my-name', 'abc-123')];
}

/** As dnsLabelProblems, for DNS subdomains: API groups. */
export function dnsSubdomainProblems(value: string): readonly string[] {
  return subdomainProblems(value, 'characters');
}

/** As dnsLabelProblems, for keys of labels and annotations and for finalizers: `prefix/name` or `name`. */
export function qualifiedNameProblems(value: string): readonly string[] {
  const parts = value.split('/');
  const [first = '', second] = parts;
  if (parts.length > 2) {
    const rule = broken(`a valid label key ${qualifiedNameRule}`, qualifiedName, 'MyName', 'my.name', '123-abc');
    return [`${rule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const problems = second === undefined ? [] : prefixProblems(first);
  const name = second ?? first;
  if (name === '') problems.push('name part must be non-empty');
  problems.push(...tooLong(name, longestLabel, 'bytes').map((problem) => `name part ${problem}`));
  if (!matches(qualifiedName, name)) {
    problems.push(`name part ${broken(qualifiedNameRule, qualifiedName, 'MyName', 'my.name', '123-abc')}`);
  }
  return problems;
}

/** As dnsLabelProblems, for values of labels. */
export function labelValueProblems(value: string): readonly string[] {
  const problems = tooLong(value, longestLabel, 'bytes');
  if (matches(labelValue, value)) return problems;
  const rule =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
  return [...problems, broken(rule, labelValue, 'MyValue', 'my_value', '12345')];
}

/** As dnsLabelProblems, for keys in the data of ConfigMaps and Secrets, which become names of files. */
export function configKeyProblems(value: string): readonly string[] {
  const problems = tooLong(value, longestSubdomain, 'characters');
  if (!matches(configKey, value)) {
    const rule = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
    problems.push(broken(rule, configKey, 'key.name', 'KEY_NAME', 'key-name'));
  }
  if (value === '.' || value === '..') problems.push(`must not be '${value}'`);
  else if (value.startsWith('..')) problems.push("must not start with '..'");
  return problems;
}

/** The convention by which adapters name their works, as text: its parts may be placeholders, or no names at all. */
export function conventionalName(consumer: string, adapter: string): string {
  return `hyperfleet-${consumer}-${adapter}`;
}

/**
 * The name of an adapter's work by convention, `hyperfleet-{consumer}-{adapter}`.
 * Throws usage when that is no DNS label of 63 characters.
 */
export function adapterWorkName(consumer: string, adapter: string): string {
  const name = conventionalName(consumer, adapter);
  const [problem] = dnsLabelProblems(name);
  if (problem === undefined) return name;
  const text =
    adapter === '' ? 'the adapter has no name' : `${JSON.stringify(name)} (${name.length} characters) ${problem}`;
  throw new MaestroError('usage', `the work name made of consumer and adapter is not valid: ${text}`, {
    hint: { program: 'Give the work a name of its own.', command: 'Name the work with --name instead.' },
  });
}

/** The adapter that a work's name tells by the convention of `adapterWorkName`; undefined for other names. */
export function adapterNamed(name: string, consumer: string): string | undefined {
  const prefix = conventionalName(consumer, '');
  return name.startsWith(prefix) && name.length > prefix.length ? name.slice(prefix.length) : undefined;
}

function prefixProblems(prefix: string): string[] {
  if (prefix === '') return ['prefix part must be non-empty'];
  return subdomainProblems(prefix, 'bytes').map((problem) => `prefix part ${problem}`);
}

function subdomainProblems(value: string, unit: 'bytes' | 'characters'): readonly string[] {
  const problems = tooLong(value, longestSubdomain, unit);
  if (matches(dnsSubdomain, value)) return problems;
  const rule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
  return [...problems, broken(rule, dnsSubdomain, 'example.com')];
}

function tooLong(value: string, limit: number, unit: 'bytes' | 'characters'): string[] {
  return Buffer.byteLength(value) > limit ? [`must be no more than ${limit} ${unit}`] : [];
}

/** Compiled once: they are asked of every label and annotation that is published. */
const expressions: ReadonlyMap<string, RegExp> = new Map(
  [dnsLabel, dns1035Label, dnsSubdomain, qualifiedName, labelValue, configKey].map((pattern) => [
    pattern,
    new RegExp(`^(?:${pattern})$`),
  ]),
);

function matches(pattern: string, value: string): boolean {
  return expressions.get(pattern)?.test(value) === true;
}

/** Kubernetes writes the examples with two spaces between them; so does this. */
function broken(rule: string, pattern: string, ...examples: readonly string[]): string {
  const shown = examples.map((example) => `'${example}', `).join(' or ');
  return `${rule} (e.g. ${shown}regex used for validation is '${pattern}')`;
}

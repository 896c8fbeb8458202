/**
 * The name rules of Kubernetes as the server checks them, each giving the texts
 * of its complaints. Written apart from the client's own checks, so that the two
 * cannot share a mistake.
 */
type Check = (value: string) => string[];

const examples = (...values: readonly string[]): string =>
  `(e.g. ${values.map((value) => `'${value}'`).join(',  or ')}, regex used for validation is `;

const label1123 = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const subdomain1123 = `${label1123}(\\.${label1123})*`;
const qualified = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

const tooLong = (limit: number): string => `must be no more than ${String(limit)} characters`;

function check(pattern: string, limit: number, message: string): Check {
  const whole = new RegExp(`^(?:${pattern})$`);
  return (value) => [
    ...(value.length > limit ? [tooLong(limit)] : []),
    ...(whole.test(value) ? [] : [`${message}'${pattern}')`]),
  ];
}

const label = check(
  label1123,
  63,
  `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character ${examples('my-name', '123-abc')}`,
);

export const isDns1123Subdomain = check(
  subdomain1123,
  253,
  `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is `,
);

/** A name that is only wrong as a label because of its dots hears just that. */
export function isDns1123Label(value: string): string[] {
  const problems = label(value);
  const dotted = value.includes('.') && isDns1123Subdomain(value).length === 0;
  return dotted ? [...problems.slice(0, -1), 'must not contain dots'] : problems;
}

export const isDns1035Label = check(
  label1035,
  63,
  `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character ${examples('my-name', 'abc-123')}`,
);

const nameMessage = `must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character ${examples('MyName', 'my.name', '123-abc')}`;
const namePattern = new RegExp(`^${qualified}$`);

/** `[prefix/]name`, as keys of labels and annotations. */
export function isQualifiedName(value: string): string[] {
  const parts = value.split('/');
  if (parts.length > 2) {
    return [
      `a qualified name ${nameMessage}'${qualified}') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const errors: string[] = [];
  const name = parts.at(-1) ?? '';
  const prefix = parts.length === 2 ? parts[0] : undefined;
  if (prefix === '') errors.push('prefix part must be non-empty');
  else if (prefix !== undefined) errors.push(...isDns1123Subdomain(prefix).map((text) => `prefix part ${text}`));
  if (name === '') errors.push('name part must be non-empty');
  else if (name.length > 63) errors.push(`name part ${tooLong(63)}`);
  if (!namePattern.test(name)) errors.push(`name part ${nameMessage}'${qualified}')`);
  return errors;
}

const valuePattern = new RegExp(`^(?:${qualified})?$`);

export function isLabelValue(value: string): string[] {
  return [
    ...(value.length > 63 ? [tooLong(63)] : []),
    ...(valuePattern.test(value)
      ? []
      : [
          `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character ${examples('MyValue', 'my_value', '12345')}'(${qualified})?')`,
        ]),
  ];
}

import { describe, expect, it } from 'vitest';
import {
  checkContextName,
  contextKeys,
  editConfig,
  readConfig,
  tokenKeys,
  unknownContext,
  type ConfigEdit,
} from '../../src/core/config-file.ts';

function refusal(act: () => unknown): object {
  try {
    act();
  } catch (error) {
    const { code, message, hint, excerpts } = error as Record<string, unknown>;
    return { code, message, hint, excerpts };
  }
  throw new Error('it was taken');
}

const refused = (text: string): object => refusal(() => readConfig(text, 'c.yaml'));
const usual = 'Correct the file, or name another one with --config.';
const quote = 'Quote it if it looks like a number.';

describe('the configuration file', () => {
  it('is read with the contexts that it has, and the one that holds', () => {
    const text = `current-context: b
contexts:
  a:
    grpc-endpoint: localhost:8090
    keep-history: true
  b: {grpc-plaintext: false}
  c:
  1:
  true: {}
`;
    const { currentContext, contexts } = readConfig(text, 'c.yaml');
    expect(currentContext).toBe('b');
    expect([...contexts]).toEqual([
      ['a', { 'grpc-endpoint': 'localhost:8090', 'keep-history': true }],
      ['b', { 'grpc-plaintext': false }],
      ['c', {}],
      ['1', {}],
      ['true', {}],
    ]);
  });

  it.each(['', '# nothing\n', '~', 'contexts:', 'current-context:\ncontexts: {}', 'current-context: ~'])(
    'holds nothing in %j',
    (text) => {
      const read = readConfig(text, 'c.yaml');
      expect(read.contexts.size).toBe(0);
      expect(read).not.toHaveProperty('currentContext');
    },
  );

  it('has these keys of a context, of which those of files are read from where the file stands', () => {
    const of = (wanted: string): readonly string[] =>
      Object.entries(contextKeys).flatMap(([key, kind]) => (kind === wanted ? [key] : []));
    expect(of('text')).toEqual(['grpc-endpoint', 'http-endpoint', 'source-id', 'consumer', 'manager']);
    expect(of('switch')).toEqual(['grpc-plaintext', 'insecure-skip-verify', 'allow-plaintext-token', 'keep-history']);
    expect(of('file')).toEqual([
      'grpc-server-ca-file',
      'grpc-broker-ca-file',
      'grpc-client-cert-file',
      'grpc-client-key-file',
      'grpc-client-token-file',
      'http-ca-file',
      'http-client-cert-file',
      'http-client-key-file',
      'http-token-file',
    ]);
    expect(tokenKeys).toEqual({ 'grpc-client-token': 'grpc-client-token-file', 'http-token': 'http-token-file' });
  });

  it.each(Object.entries(contextKeys))('takes a value for %s', (key, kind) => {
    const [fine, wrong] = kind === 'switch' ? ['true', 'text'] : ['text', 'true'];
    const of = (value: string): string => `contexts:\n  a:\n    ${key}: ${value}`;
    expect(readConfig(of(fine), 'c.yaml').contexts.get('a')).toEqual({ [key]: kind === 'switch' ? true : 'text' });
    expect(refused(of(wrong))).toMatchObject({
      code: 'usage',
      message: `c.yaml:3:${key.length + 7}: ${key} must be ${kind === 'switch' ? 'true or false' : 'a text'}`,
      hint: kind === 'switch' ? usual : quote,
    });
    // Nothing in its place is told at the key, as it has no place.
    expect(refused(of(''))).toMatchObject({ message: expect.stringContaining(`${key} must be `) as string });
  });

  it.each(Object.entries(tokenKeys))('never holds a token: %s', (key, instead) => {
    expect(refused(`contexts:\n  a:\n    ${key}: hush`)).toEqual({
      code: 'usage',
      message: `c.yaml:3:5: ${key} is not allowed: a token does not belong into this file`,
      hint: `Put it into a file of its own and name that with ${instead}.`,
      excerpts: [`3 |     ${key}: ***\n  |     ^`],
    });
  });

  it.each<[string, string, string]>([
    ['text', 'c.yaml:1:1: the file must hold the keys current-context and contexts', usual],
    ['- a', 'c.yaml:1:1: the file must hold the keys current-context and contexts', usual],
    ['contexts: []', 'c.yaml:1:11: contexts must map names to settings', usual],
    ['contexts:\n  a: text', 'c.yaml:2:6: the context "a" must map keys to values', usual],
    ['contexts:\n  a: []', 'c.yaml:2:6: the context "a" must map keys to values', usual],
    ['contexts:\n  ? [a]\n  : {}', 'c.yaml:2:5: keys must be plain text', usual],
    ['contexts:\n  ~: {}', 'c.yaml:2:3: keys must be plain text', usual],
    ['context: {}', 'c.yaml:1:1: there is no key "context"', 'Did you mean "contexts"?'],
    ['other: {}', 'c.yaml:1:1: there is no key "other"', 'Known keys: current-context, contexts.'],
    [
      'contexts:\n  a:\n    whatever: 1',
      'c.yaml:3:5: there is no key "whatever"',
      `Known keys: ${Object.keys(contextKeys).join(', ')}.`,
    ],
    ['contexts:\n  a:\n    consumr: x', 'c.yaml:3:5: there is no key "consumr"', 'Did you mean "consumer"?'],
    [
      'contexts:\n  a:\n    constructor: x',
      'c.yaml:3:5: there is no key "constructor"',
      `Known keys: ${Object.keys(contextKeys).join(', ')}.`,
    ],
    ['current-context: 7', 'c.yaml:1:18: current-context must be a text', quote],
    ['current-context: ""', 'c.yaml:1:18: current-context must be a text', quote],
    ['contexts:\n  a:\n    source-id:', 'c.yaml:3:5: source-id must be a text', quote],
    ['contexts:\n  a: {consumer}', 'c.yaml:2:7: consumer must be a text', quote],
    ['contexts:\n  a: {grpc-plaintext}', 'c.yaml:2:7: grpc-plaintext must be true or false', usual],
    ['contexts: {', 'c.yaml:1:12: Flow map in block collection must be sufficiently indented and end with a }', usual],
    ['contexts: {}\ncontexts: {}', 'c.yaml:2:1: Map keys must be unique', usual],
  ])('is refused as %j', (text, message, hint) => {
    expect(refused(text)).toMatchObject({ message, hint });
  });

  it('tells what is wrong with the line of it, and shows no value', () => {
    expect(refused('contexts:\n  a:\n    http-token-file: [hush]')).toEqual({
      code: 'usage',
      message: 'c.yaml:3:22: http-token-file must be a text',
      hint: quote,
      excerpts: ['3 |     http-token-file: ***\n  |                      ^'],
    });
    expect(refused('contexts:\n  a:\n    manager: [hush]')).toMatchObject({
      excerpts: ['3 |     manager: ***\n  |              ^'],
    });
  });
});

describe('a change of the configuration file', () => {
  const edited = (text: string, edit: ConfigEdit): string => editConfig(text, 'c.yaml', edit);
  const set = (values: Readonly<Record<string, string | boolean>>, unset: readonly string[] = []): ConfigEdit => ({
    kind: 'set',
    name: 'a',
    values,
    unset,
  });

  it.each([
    ['', ''],
    ['# ours\n', '# ours\n\n'],
    ['---\n# ours\n', '# ours\n---\n'],
    ['# a\n~ # b\n# c\n', '# a\n# b\n# c\n\n'],
  ])('makes a file of %j', (text, head) => {
    expect(edited(text, set({ consumer: 'c1' }))).toBe(`${head}contexts:\n  a:\n    consumer: c1\n`);
  });

  it('sets and takes away what it names and leaves the rest, comments and long lines too', () => {
    const long = `x${' y'.repeat(100)}`;
    const text = `# ours\ncontexts:\n  a:\n    consumer: c1 # first\n    manager: m\n    source-id: ${long}\n  b: {}\n`;
    expect(edited(text, set({ consumer: 'c2', 'keep-history': true }, ['manager']))).toBe(
      `# ours\ncontexts:\n  a:\n    consumer: c2 # first\n    source-id: ${long}\n    keep-history: true\n  b: {}\n`,
    );
    expect(edited('contexts:\n  a:\n', set({ consumer: 'c' }))).toBe('contexts:\n  a:\n    consumer: c\n');
    expect(edited('contexts:\n', set({ consumer: 'c' }))).toBe('contexts:\n  a:\n    consumer: c\n');
  });

  it.each(['yes', 'on', '012', '1:30', 'null', '~', 'a: b', '2026-01-01'])(
    'quotes what some reader takes for more than text: %s',
    (value) => {
      expect(edited('', set({ manager: value }))).toContain(`manager: "${value}"\n`);
      expect(edited(`contexts: {${JSON.stringify(value)}: {}}`, { kind: 'use', name: value })).toContain(
        `current-context: "${value}"\n`,
      );
    },
  );

  it('quotes the name of a new context likewise', () => {
    expect(edited('', { kind: 'set', name: 'yes', values: { consumer: 'x' }, unset: [] })).toBe(
      'contexts:\n  "yes":\n    consumer: x\n',
    );
    expect(edited('contexts:\n  on:\n', { kind: 'set', name: 'on', values: { consumer: 'x' }, unset: [] })).toBe(
      'contexts:\n  on:\n    consumer: x\n',
    );
  });

  it('leaves what is text and what is a switch without quotes', () => {
    expect(edited('', set({ manager: 'm-1', 'keep-history': false }))).toContain(
      'manager: m-1\n    keep-history: false\n',
    );
  });

  const two = '# head\ncurrent-context: a\n# all of them\ncontexts:\n  a: {}\n  b: {}\n';

  it('uses a context', () => {
    expect(edited(two, { kind: 'use', name: 'b' })).toBe(two.replace(': a', ': b'));
  });

  it('removes a context, and with the current one that it is current, but not the heading of the file', () => {
    const { contexts, currentContext } = readConfig(edited(two, { kind: 'delete', name: 'b' }), 'c.yaml');
    expect([[...contexts.keys()], currentContext]).toEqual([['a'], 'a']);
    const left = edited(two, { kind: 'delete', name: 'a' });
    expect(left).toBe('# head\n# all of them\ncontexts:\n  b: {}\n');
    expect(edited(two.replace('# all of them\n', ''), { kind: 'delete', name: 'a' })).toBe(
      '# head\ncontexts:\n  b: {}\n',
    );
    expect(edited('contexts:\n  a: {}\n# last\ncurrent-context: a\n', { kind: 'delete', name: 'a' })).toBe(
      '# last\ncontexts: {}\n',
    );
    expect(edited('current-context: a\n# x\ncontexts:\n  a: {}\n  b: {}\n', { kind: 'delete', name: 'a' })).toBe(
      '# x\ncontexts:\n  b: {}\n',
    );
  });

  it('is refused for a context that is not there, with those that are', () => {
    const gone = { code: 'usage', message: 'c.yaml has no context named "prd"' };
    for (const kind of ['use', 'delete'] as const) {
      const act = (text: string): object => refusal(() => edited(text, { kind, name: 'prd' }));
      expect(act('contexts: {prod: {}, dev: {}}')).toMatchObject({ ...gone, hint: 'Did you mean "prod"?' });
      expect(act('contexts: {one: {}, other: {}}')).toMatchObject({ ...gone, hint: 'There are: one, other.' });
      expect(act('')).toMatchObject({
        ...gone,
        hint: 'Make one with: maestro-cli config set-context NAME --grpc-endpoint=…',
      });
    }
    const many = Array.from({ length: 12 }, (_, index) => `context-${index}`);
    expect(unknownContext('x', 'c.yaml', many).hint).toBe(`There are: ${many.slice(0, 10).join(', ')}.`);
  });
});

describe('the name of a context', () => {
  it.each(['a', 'prod/eu-1', 'é', 'x'.repeat(253)])('may be %j', (name) => {
    expect(() => checkContextName(name)).not.toThrow();
  });

  it.each(['', 'a b', 'a\n', '\u0007', 'x'.repeat(254)])('may not be %j', (name) => {
    expect(refusal(() => checkContextName(name))).toMatchObject({
      code: 'usage',
      message: `${JSON.stringify(name)} cannot name a context`,
      hint: 'A name has 1 to 253 characters and no blanks.',
    });
  });
});

/**
 * One file in a layout that people or tools write: what kubectl reads of it is recorded, and ours has to be the same.
 */
export interface InputLayout {
  readonly name: string;
  readonly bytes: Buffer;
}

const cm = (name: string, indent = ''): string =>
  ['apiVersion: v1', 'kind: ConfigMap', `metadata: {name: ${name}, namespace: d}`, 'data: {a: "1"}']
    .map((line) => `${indent}${line}\n`)
    .join('');
const json = (name: string): string =>
  `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"${name}","namespace":"d"},"data":{"a":"1"}}`;
const pretty = (name: string): string => JSON.stringify(JSON.parse(json(name)), undefined, 2);
const item = (name: string): string => `- {apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}}}\n`;
const role = (name: string, rest = ''): string => `- ${rest}metadata: {name: ${name}}\n  rules: []\n`;

const separators: Readonly<Record<string, string>> = {
  'three dashes': '---\n',
  'dashes and blanks': '---   \n',
  'dashes and a comment': '--- # next\n',
  'dashes and a comment without a blank': '---# next\n',
  'dashes and a tab': '---\t\n',
  'dashes twice': '---\n---\n',
  'a comment between dashes': '---\n# nothing here\n---\n',
  'blank lines between dashes': '---\n\n\n---\n',
  'null between dashes': '---\nnull\n---\n',
  'a tilde between dashes': '---\n~\n---\n',
  'an empty map between dashes': '---\n{}\n---\n',
  'dots and dashes': '...\n---\n',
  'dots alone': '...\n',
  'four dashes': '----\n',
  'dashes and text': '--- text\n',
  'dashes with a blank before them': ' ---\n',
  'carriage return': '---\r\n',
  'a directive': '---\n%YAML 1.1\n---\n',
  'dots and a directive': '...\n%YAML 1.1\n---\n',
};

const endings: Readonly<Record<string, string>> = {
  'no line break': cm('a').trimEnd(),
  'two line breaks': `${cm('a')}\n`,
  dashes: `${cm('a')}---\n`,
  'dashes without a line break': `${cm('a')}---`,
  dots: `${cm('a')}...\n`,
  'a comment': `${cm('a')}# the end`,
  'dashes and a comment': `${cm('a')}---\n# the end\n`,
  blanks: `${cm('a')}   `,
  'a tab': `${cm('a')}\t`,
  'a NUL': `${cm('a')}\0`,
  'control Z': `${cm('a')}\u001A`,
  'byte order mark': `${cm('a')}\uFEFF`,
};

const beginnings: Readonly<Record<string, string>> = {
  dashes: `---\n${cm('a')}`,
  'dashes twice': `---\n---\n${cm('a')}`,
  'blank lines': `\n\n${cm('a')}`,
  'a comment': `# first\n${cm('a')}`,
  'a comment and dashes': `# first\n---\n${cm('a')}`,
  'a directive': `%YAML 1.1\n---\n${cm('a')}`,
  'a later directive': `%YAML 1.2\n---\n${cm('a')}`,
  'a tag directive': `%TAG ! tag:example.com,2000:\n---\n${cm('a')}`,
  'a byte order mark': `\uFEFF${cm('a')}`,
  'a byte order mark and dashes': `\uFEFF---\n${cm('a')}`,
  'a byte order mark and JSON': `\uFEFF${json('a')}`,
  'a blank before each line': cm('a', '  '),
  'a tab': `\t${cm('a')}`,
  'a tab before dashes': `\t\n---\n${cm('a')}`,
  'a tag': `!!map\n${cm('a')}`,
  'an anchor': `&top\n${cm('a')}`,
  'the root on the line of the dashes': `--- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n`,
  'dashes and a pipe': '--- |\n  text\n',
};

const bodies: Readonly<Record<string, string>> = {
  'flow style over lines': '{apiVersion: v1, kind: ConfigMap,\n metadata: {name: a},\n data: {a: "x"}}\n',
  'flow style with a trailing comma': '{apiVersion: v1, kind: ConfigMap, metadata: {name: a,}, data: {a: "x",},}\n',
  'JSON with a trailing comma': '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a",},}\n',
  'JSON with a comment': `{"apiVersion":"v1", # core\n "kind":"ConfigMap","metadata":{"name":"a"}}\n`,
  'JSON with a comment of Go': `// a comment\n${json('a')}\n`,
  'JSON in single quotes': "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'a'}}\n",
  'JSON with tabs': JSON.stringify(JSON.parse(json('a')), undefined, '\t'),
  'JSON indented': pretty('a'),
  'JSON in one line': json('a'),
  'JSON and a line break': `${json('a')}\n`,
  'JSON and a NUL': `${json('a')}\0`,
  'JSON after blank lines': `\n\n  ${json('a')}`,
  'JSON after a comment': `# c\n${json('a')}`,
  'JSON after dashes': `---\n${json('a')}\n`,
  'JSON twice in a line': `${json('a')}${json('b')}`,
  'JSON twice with a blank': `${json('a')} ${json('b')}`,
  'JSON Lines': `${json('a')}\n${json('b')}\n`,
  'JSON Lines with an empty line': `${json('a')}\n\n${json('b')}\n`,
  'JSON indented twice': `${pretty('a')}\n${pretty('b')}\n`,
  'JSON with dashes between': `${json('a')}\n---\n${json('b')}\n`,
  'JSON indented with dashes between': `${pretty('a')}\n---\n${pretty('b')}\n`,
  'three JSON with dashes between': `${json('a')}\n---\n${json('b')}\n---\n${json('c')}\n`,
  'JSON and YAML': `${json('a')}\n---\n${cm('b')}`,
  'YAML and JSON': `${cm('a')}---\n${json('b')}\n`,
  'YAML and JSON indented': `${cm('a')}---\n${pretty('b')}\n`,
  'YAML and two JSON': `${cm('a')}---\n${json('b')}\n${json('c')}\n`,
  'JSON with a comma between': `${json('a')},${json('b')}`,
  'a JSON array': `[${json('a')},${json('b')}]`,
  'an empty JSON array': '[]',
  'JSON null': 'null',
  'JSON and null': `${json('a')}\nnull\n`,
  'JSON with escapes':
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"\\u0061"},"data":{"a":"\\/\\u00e9\\ud83d\\ude00"}}',
  'JSON with half a surrogate pair':
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"a":"\\ud83d"}}',
  'JSON with a duplicate key':
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"a":"1","a":"2"}}',
  'JSON with keys in another case': '{"ApiVersion":"v1","Kind":"ConfigMap","metadata":{"name":"a"}}',
  'JSON numbers':
    '{"apiVersion":"e/v1","kind":"Num","metadata":{"name":"a"},"spec":[1,1.0,1e3,1.5,-0,9007199254740993,1E400]}',
  'YAML numbers':
    'apiVersion: e/v1\nkind: Num\nmetadata: {name: a}\nspec: [1, 1.0, 1e3, 1.5, 0x1F, 010, 0o10, 1_000, 9007199254740993, .5, 12:30]\n',
  'a literal block with indicators':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: |2+\n    x\n\n  b: >-\n    folded\n    text\n\n    more\n',
  'a block with dashes in it': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: |\n    ---\n    x\n',
  'a block with dashes at the start of the line':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: "x\n---\n  y"\n',
  'tabs in values and behind them':
    'apiVersion:\tv1\nkind: ConfigMap\t\nmetadata: {name:\ta}\ndata: {a: "x\ty"}\t# c\n',
  'tabs for indentation': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: a\n',
  'a tab on an empty line': 'apiVersion: v1\nkind: ConfigMap\n\t\nmetadata: {name: a}\n',
  'non-breaking spaces': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n\u00a0\u00a0name: a\n',
  'anchors and merges':
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels: &l {x: "1"}\n  annotations: {<<: *l, y: "2"}\n',
  'an anchor of another document': `x: &l 1\n---\n${cm('a')}b: *l\n`,
  'complex keys': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  ? a\n  : x\n',
  'lists at the indentation of their key':
    'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: a\nimagePullSecrets:\n- name: x\n- name: y\n',
  'lists in lists': 'apiVersion: e/v1\nkind: Num\nmetadata: {name: a}\nspec:\n- - 1\n  - 2\n-\n  - 3\n',
  'plain text over lines':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: one\n    two\n\n    three\n',
  'quoted text over lines':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: "one\n    two \\\n    three\n\n    four"\n',
  'null in places':
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  creationTimestamp: null\n  labels:\ndata: {a: , b: ~, c: null}\n',
  'words of YAML 1.1':
    'apiVersion: e/v1\nkind: Num\nmetadata: {name: a}\nspec: {a: yes, b: No, c: on, d: y, yes: 1, 010: 2}\n',
  'binary and dates':
    'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: !!binary aGk=, b: 2026-01-02, c: !!str 1}\n',
  'only comments': '# nothing\n# here\n',
  'an empty file': '',
  'only dashes': '---\n---\n',
  'only blanks': '  \n \n',
  'a text': 'hello\n',
  'a list of objects in YAML': `${item('a')}${item('b')}`,
  'line breaks of Windows': cm('a').replaceAll('\n', '\r\n'),
  'line breaks of Windows, several documents': `${cm('a')}---\n${cm('b')}`.replaceAll('\n', '\r\n'),
  'line breaks of Windows in a block':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: |\n    x\n    y\n'.replaceAll('\n', '\r\n'),
  'line breaks of old Macs': cm('a').replaceAll('\n', '\r'),
  'next lines as line breaks': cm('a').replaceAll('\n', '\u0085'),
  'line separators in a text':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: "x\u2028y", b: "x\u2029y"}\n',
};

const lists: Readonly<Record<string, string>> = {
  'a List': `apiVersion: v1\nkind: List\nitems:\n${item('a')}${item('b')}`,
  'a List with metadata': `apiVersion: v1\nkind: List\nmetadata: {resourceVersion: ""}\nitems:\n${item('a')}`,
  'a List in JSON': `{"apiVersion":"v1","kind":"List","items":[${json('a')},${json('b')}]}`,
  'a List without items': 'apiVersion: v1\nkind: List\n',
  'a List with no items': 'apiVersion: v1\nkind: List\nitems: []\n',
  'a List whose items are null': 'apiVersion: v1\nkind: List\nitems: null\n',
  'a ConfigMapList': `apiVersion: v1\nkind: ConfigMapList\nitems:\n${item('a')}`,
  'a RoleList': `apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleList\nitems:\n${role('r', 'apiVersion: rbac.authorization.k8s.io/v1\n  kind: Role\n  ')}`,
  'a RoleList whose items have no type': `apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleList\nitems:\n${role('r')}${role('s')}`,
  'a RoleList whose items have a kind alone': `apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleList\nitems:\n${role('r', 'kind: Role\n  ')}`,
  'a typed list with nothing in it': 'apiVersion: v1\nkind: ConfigMapList\nitems: []\n',
  'a List of another version': `apiVersion: example.com/v2\nkind: List\nitems:\n${item('a')}`,
  'a List whose items have no type': 'apiVersion: v1\nkind: List\nitems:\n- metadata: {name: a}\n',
  'a List in a List': `apiVersion: v1\nkind: List\nitems:\n${item('a')}- apiVersion: v1\n  kind: List\n  items:\n  ${item('b')}${item('c')}`,
  'a typed list in a List': `apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMapList\n  items:\n  ${item('b')}`,
  'an empty List in a List': `apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: List, items: []}\n${item('a')}`,
  'a List among documents': `${cm('x')}---\napiVersion: v1\nkind: List\nitems:\n${item('a')}---\n${cm('z')}`,
  'a List with null in it': `apiVersion: v1\nkind: List\nitems:\n${item('a')}- null\n`,
  'a List with a text in it': `apiVersion: v1\nkind: List\nitems:\n${item('a')}- text\n`,
  'a kind called …List without items':
    'apiVersion: example.com/v1\nkind: AllowList\nmetadata: {name: a}\nspec: {x: 1}\n',
  'a kind called …List with items that are no objects':
    'apiVersion: example.com/v1\nkind: AllowList\nmetadata: {name: a}\nitems: [a, b]\n',
  'another kind with items':
    'apiVersion: example.com/v1\nkind: Menu\nmetadata: {name: a}\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: x}}\n',
};

const utf16 = (text: string, mark: boolean): Buffer => Buffer.from(`${mark ? '\uFEFF' : ''}${text}`, 'utf16le');
const encodings: Readonly<Record<string, Buffer>> = {
  'UTF-16, little-endian, with a mark': utf16(cm('é'), true),
  'UTF-16, big-endian, with a mark': utf16(cm('é'), true).swap16(),
  'UTF-16, little-endian, without a mark': utf16(cm('a'), false),
  'UTF-16 with line breaks of Windows': utf16(cm('a').replaceAll('\n', '\r\n'), true),
  'UTF-16 with JSON': utf16(json('a'), true),
  'UTF-8 with other scripts': Buffer.from('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {é東: "😀"}\n'),
  'Latin-1': Buffer.from('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: "é"}\n', 'latin1'),
  'cut in a character': Buffer.from('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: "é').subarray(
    0,
    -1,
  ),
  'a character encoded too long': Buffer.concat([Buffer.from(cm('a').trimEnd()), Buffer.from([0xc0, 0xaf, 0x0a])]),
};

const named = (group: string, texts: Readonly<Record<string, string | Buffer>>): readonly InputLayout[] =>
  Object.entries(texts).map(([name, text]) => ({ name: `${group}: ${name}`, bytes: Buffer.from(text as string) }));

/** Every layout that was tried beside kubectl. */
export const inputLayouts: readonly InputLayout[] = [
  ...named(
    'between two documents',
    Object.fromEntries(Object.entries(separators).map(([name, text]) => [name, `${cm('a')}${text}${cm('b')}`])),
  ),
  ...named(
    'between two documents of Windows',
    Object.fromEntries(
      Object.entries(separators).map(([name, text]) => [name, `${cm('a')}${text}${cm('b')}`.replaceAll('\n', '\r\n')]),
    ),
  ),
  ...named(
    'between JSON and YAML',
    Object.fromEntries(Object.entries(separators).map(([name, text]) => [name, `${pretty('a')}\n${text}${cm('b')}`])),
  ),
  ...named(
    'between two JSON',
    Object.fromEntries(Object.entries(separators).map(([name, text]) => [name, `${json('a')}\n${text}${json('b')}\n`])),
  ),
  ...named('at the end', endings),
  ...named(
    'at the end of Windows',
    Object.fromEntries(Object.entries(endings).map(([name, text]) => [name, text.replaceAll('\n', '\r\n')])),
  ),
  ...named('at the beginning', beginnings),
  ...named('body', bodies),
  ...named('list', lists),
  ...named('encoding', encodings),
];

/** Names that have to be asked for, or are many. */
export type AskedKind = 'consumer' | 'context' | 'work' | 'condition' | 'setting' | 'kind';

/** What the value of a flag is that has no list of values. */
export type ValueKind = AskedKind | 'files' | 'directories' | 'switch' | 'free';

/** By the long name of the flag. */
const kinds: Readonly<Record<string, ValueKind>> = {
  '--consumer': 'consumer',
  // A cluster of the hub is called as its consumer.
  '--cluster': 'consumer',
  '--context': 'context',
  '--name': 'work',
  '--prefer': 'work',
  '--works': 'work',
  '--for': 'condition',
  '--watch': 'condition',
  '--wait': 'condition',
  '--fail-on': 'condition',
  '--set': 'setting',
  '--resource': 'kind',
};

/** The same flag means something else in these. */
const exceptions: Readonly<Record<string, ValueKind>> = {
  // How long, not until when.
  'gitops baseline --for': 'free',
  'gitops freeze --wait': 'switch',
  'gitops unfreeze --wait': 'switch',
  // A template for names of works that there are not yet.
  'migrate plan --name': 'free',
  // One for the Maestro inside, which has what it is given.
  'dev --consumer': 'free',
};

/**
 * @param long of the flag, in its first spelling
 * @param valueName as its specification names what it takes
 */
export function valueKind(long: string, valueName: string, command: string): ValueKind {
  const known = exceptions[`${command} ${long}`] ?? kinds[long];
  if (known !== undefined) return known;
  if (valueName === 'file' || valueName === 'path') return 'files';
  if (valueName === 'dir' || valueName === 'directory') return 'directories';
  return valueName === 'bool' ? 'switch' : 'free';
}

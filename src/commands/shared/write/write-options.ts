import { present } from '../../../core/present.ts';
import type { FlagSpec, ParseInput } from '../../../command-line/command-spec.ts';
import type { ConnectionOptions } from '../../../command-line/connection-options.ts';
import type { DefaultConsumer } from '../../../command-line/default-consumer.ts';
import type { FlagReader } from '../../../command-line/flag-values.ts';
import type { AwaitedCondition } from '../../../operations/wait/conditions.ts';
import { manifestInput, type ManifestInput } from '../../../command-line/manifest-input.ts';
import { adapterFlag, namedManager, writtenName } from '../../../command-line/work-address.ts';
import type { Selector } from '../../../core/expressions/syntax-tree.ts';

export const writeOutputs = ['text', 'json', 'name'] as const;
export type WriteOutput = (typeof writeOutputs)[number];

/** What is written, where to, and what must not be overwritten: what the commands have in common that write works. */
export interface WriteOptions extends Pick<ConnectionOptions, 'source'>, ManifestInput {
  /** Undefined when the documents name it in metadata.namespace. */
  readonly consumer?: string;
  /** Of documents that name none. */
  readonly consumerElse?: DefaultConsumer;
  readonly name?: string;
  readonly adapter?: string;
  readonly ifVersion?: number;
  readonly overwrite: boolean;
  /** Undefined when nobody named one: it is who a document was built for then, else the source. */
  readonly manager?: string;
  readonly merge: boolean;
  /** Keep one's own as well, as `build` does. */
  readonly adds?: boolean;
  /** Manifests that `build` takes out. */
  readonly drops?: readonly Selector[];
  readonly force: boolean;
  /** Refuse to remove manifests. */
  readonly noRemove: boolean;
  readonly dryRun?: 'client' | 'server';
  readonly await?: Pick<AwaitedCondition, 'expression' | 'failOn'>;
}

/** The flags that decide what would be written. */
export const writeFlags = {
  file: {
    flags: '-f, --manifest-file <path>',
    about: 'file, directory, glob or - for standard input; or FILE without the flag; repeatable',
    repeat: true,
  },
  name: {
    flags: '-n, --name <name>',
    about: 'name of the work; needed for plain manifests, else overrides metadata.name',
  },
  adapter: {
    ...adapterFlag,
    about: `${adapterFlag.about}, own its manifests as {type}, and label it hyperfleet.io/adapter={type}`,
  },
  ifVersion: {
    flags: '--if-version <n>',
    about: 'only when exactly this version is stored; 0: only when there is none. For one work on one consumer',
    defaultText: 'metadata.resourceVersion of the document',
  },
  merge: { flags: '--merge', about: 'keep what other managers own in the work, and replace only your own' },
  force: {
    flags: '--force',
    about: 'replace what other managers own too; with --merge, take over only what conflicts',
  },
} as const satisfies Readonly<Record<string, FlagSpec>>;

/**
 * What those flags say.
 *
 * @param consumer the only one, when that is known
 * @throws MaestroError usage
 */
export function writeOptions(
  input: ParseInput,
  flags: FlagReader,
  consumer: string | undefined,
): Pick<
  WriteOptions,
  keyof ManifestInput | 'consumer' | 'name' | 'adapter' | 'ifVersion' | 'manager' | 'merge' | 'force'
> {
  const { name, adapter } = writtenName(flags, consumer);
  const ifVersion = flags.wholeNumber('ifVersion', 0);
  const manager = namedManager(input, adapter);
  return {
    ...manifestInput(flags),
    ...present({ consumer, name, adapter, ifVersion, manager }),
    merge: flags.on('merge'),
    force: flags.on('force'),
  };
}

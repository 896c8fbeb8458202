import { isDnsLabel } from '../core/works/names.ts';
import { MaestroError } from '../errors.ts';
import type { ParseInput } from './command-spec.ts';

/** The consumer of a context: whom a command is about when its line names nobody. */
export interface DefaultConsumer {
  readonly name: string;
  /** The context that says so. */
  readonly context: string;
  /** Asked for with --context, so that it beats what a document says. */
  readonly explicit: boolean;
}

/** @throws MaestroError usage for a configuration file that is broken, or holds no name of a consumer there */
export function defaultConsumer({ config }: Pick<ParseInput, 'config'>): DefaultConsumer | undefined {
  if (config?.error !== undefined) throw config.error;
  const context = config?.context;
  const name = context?.values['consumer'];
  if (context === undefined || typeof name !== 'string') return undefined;
  if (isDnsLabel(name)) return { name, context: context.name, explicit: context.explicit };
  throw new MaestroError(
    'usage',
    `the context "${context.name}" names the consumer "${name}": it must be a DNS label`,
    {
      hint: `Mend it with: maestro-cli config set-context ${context.name} --consumer=NAME`,
    },
  );
}

/** `cluster-west-1 (of the context "prod")`, for the line that says where a write goes. */
export function defaultConsumerText({ name, context }: DefaultConsumer): string {
  return `${name} (of the context "${context}")`;
}

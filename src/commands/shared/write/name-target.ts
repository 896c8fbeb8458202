import type { ConnectionOptions } from '../../../command-line/connection-options.ts';
import { defaultConsumerText, type DefaultConsumer } from '../../../command-line/default-consumer.ts';
import type { Channel } from '../../../clients/connection.ts';
import type { Context } from '../../../context.ts';
import { endpointText } from '../../../operations/connection-trouble.ts';

/** What of a target is not in the options. */
export interface TargetFacts {
  /** The side that the writes go through; gRPC when absent. */
  readonly channel?: Channel;
  /** Whose works they are, where the options say otherwise or have none. */
  readonly source?: string;
  /** The consumer of the context, where nobody named one. */
  readonly consumer?: DefaultConsumer | undefined;
  /** The API server of the hub, which is written to as well. */
  readonly hub?: string;
}

/**
 * Says on a terminal, before anything else, where this run writes: the server, the source, and the consumer where the
 * context gave it. Every command that writes calls it, whoever asks first included; should one forget, the run says
 * the server before the first write.
 */
export function nameTarget(
  { settings, source: own }: Pick<ConnectionOptions, 'settings'> & { readonly source?: string },
  context: Pick<Context, 'nameTarget'>,
  { channel = 'grpc', source = own, consumer, hub }: TargetFacts = {},
): void {
  const parts = [
    ...(hub === undefined ? [] : [`the hub ${hub} and to `]),
    endpointText(settings, channel),
    ...(channel === 'http' || source === undefined ? [] : [` as source ${source}`]),
    ...(consumer === undefined ? [] : [`, consumer ${defaultConsumerText(consumer)}`]),
  ];
  context.nameTarget?.(parts.join(''));
}

import { randomUUID } from 'node:crypto';
import { CloudEvent } from 'cloudevents';
import { createChannelSource } from '../../clients/grpc/channel.ts';
import { encodeEvent } from '../../clients/grpc/event-codec.ts';
import { explainGrpcError } from '../../clients/grpc/explain.ts';
import { createStatusSubscriber } from '../../clients/grpc/subscriber.ts';
import { callToken } from '../../clients/grpc/writer.ts';
import type { ConnectionSettings } from '../../clients/connection.ts';
import { createTokenReader } from '../../clients/files.ts';
import type { GrpcStatus } from '../../clients/translate-error.ts';
import { MaestroError } from '../../errors.ts';
import type { Clock } from '../../clock.ts';
import { fail, pass, type Finding } from './check.ts';

export interface RightsQuestion {
  readonly settings: ConnectionSettings;
  readonly source: string;
}

export interface RightsDeps {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Of this type Maestro can make nothing. It authenticates and authorises the
 * sender of an event first and looks at its type next, so its refusal of the
 * type proves the right to publish. Nothing is read from the database or
 * changed; a resync request would make the server read every work of the
 * source. A real server and the stand-in answer alike.
 */
const probeType = 'maestro-cli.probe';
const refusalOfType = /^failed to parse cloud event type/;

/** Whether this source may publish. */
export async function checkPublish(
  { settings, source }: RightsQuestion,
  { clock, signal }: RightsDeps,
): Promise<Finding> {
  const channels = createChannelSource(settings, clock);
  const event = encodeEvent(
    new CloudEvent<Uint8Array>({
      id: randomUUID(),
      source,
      specversion: '1.0',
      type: probeType,
      time: new Date(clock.wallMs()).toISOString(),
      datacontenttype: 'application/json',
      data: new TextEncoder().encode('{}'),
    }),
  );
  try {
    const token = callToken(settings, createTokenReader(settings.grpcToken, 'grpc'));
    const lease = channels.lease();
    const refusal = await lease.calls.send(event, { token, signal }).then(
      () => undefined,
      (error: unknown) => error as GrpcStatus,
    );
    signal.throwIfAborted();
    if (refusal === undefined || refusalOfType.test(refusal.details)) return allowed(settings, source);
    return fail(await explainGrpcError(refusal, settings, lease, { source, consumer: '' }));
  } catch (error) {
    signal.throwIfAborted();
    return fail(MaestroError.from(error));
  } finally {
    channels.close();
  }
}

function allowed(settings: ConnectionSettings, source: string): Finding {
  // Without TLS the server has no authoriser at all.
  const how = settings.grpcEndpoint.plaintext ? '; over plaintext the server checks no rights' : '';
  return pass(`the source ${source} may publish${how}`, { source, authorised: !settings.grpcEndpoint.plaintext });
}

/** Whether this source may subscribe: opens a stream, waits until it stands, and closes it. */
export async function checkSubscribe(
  { settings, source }: RightsQuestion,
  { clock, signal }: RightsDeps,
): Promise<Finding> {
  const subscriber = createStatusSubscriber(settings, { channels: createChannelSource(settings, clock) });
  try {
    for await (const item of subscriber.subscribe({ source }, { signal })) {
      if (item.kind === 'ready') return pass(`the source ${source} may subscribe`, { source });
    }
    return fail(
      new MaestroError('unavailable', 'the server ended the subscription before it stood', { reason: 'ServerError' }),
    );
  } catch (error) {
    signal.throwIfAborted();
    return fail(MaestroError.from(error));
  } finally {
    subscriber.close();
  }
}

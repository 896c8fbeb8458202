import * as grpc from '@grpc/grpc-js';
import type { Clock } from '../../clock.ts';
import type { ConnectionSettings } from '../connection.ts';
import { formatHostPort } from '../connection.ts';
import type { TlsMaterial } from '../files.ts';
import { proxyFor } from '../proxy.ts';
import { EndpointCredentials } from './channel-credentials.ts';
import { grpcCalls } from './calls.ts';
import { dialTarget } from './dial.ts';
import type { ChannelSource, EventCalls } from './event-calls.ts';
import { grpcTlsSource } from './tls-source.ts';

/** The largest answer that is read; status events of large works stay far below. */
const maxReceiveBytes = 16 * 1024 * 1024;
/**
 * What the server may send before it hears that we have read. Node's 64 KiB
 * are four events of 15 KB: a stream then brings four a round trip, few over a
 * long line and few to a process whose event loop is busy with its own writes.
 */
const windowBytes = 1024 * 1024;

interface OpenChannel {
  readonly client: grpc.Client;
  readonly calls: EventCalls;
  readonly abort: AbortController;
  readonly material: TlsMaterial | undefined;
  connected: boolean;
  connectError: unknown;
  running: number;
  retired: boolean;
}

/**
 * The gRPC channel of the settings, opened at the first call. When a
 * certificate file changes, the next call opens a new channel and the old one
 * closes after its last call. No keepalive pings: Maestro closes connections of
 * clients that ping without a stream. No retries: callers decide.
 */
export function createChannelSource(
  settings: ConnectionSettings,
  clock: Clock,
  readTls = grpcTlsSource(settings),
): ChannelSource {
  const open = new Set<OpenChannel>();
  let current: OpenChannel | undefined;

  const end = (channel: OpenChannel): void => {
    open.delete(channel);
    channel.client.close();
    channel.abort.abort();
  };
  const channelFor = (material: TlsMaterial | undefined): OpenChannel => {
    if (current !== undefined && current.material === material) return current;
    if (current !== undefined) {
      current.retired = true;
      if (current.running === 0) end(current);
    }
    current = openChannel(settings, material, clock);
    open.add(current);
    return current;
  };

  return {
    lease: () => {
      const channel = channelFor(readTls());
      channel.running += 1;
      return {
        calls: channel.calls,
        everConnected: () => channel.connected,
        connectError: () => channel.connectError,
        retire: () => {
          channel.retired = true;
          if (current === channel) current = undefined;
        },
        release: () => {
          channel.running -= 1;
          if (channel.retired && channel.running === 0) end(channel);
        },
      };
    },
    close: () => {
      current = undefined;
      for (const channel of [...open]) end(channel);
    },
  };
}

function openChannel(settings: ConnectionSettings, material: TlsMaterial | undefined, clock: Clock): OpenChannel {
  const { host, port, plaintext } = settings.grpcEndpoint;
  const proxy = proxyFor({ host, port, tls: !plaintext }, settings.proxy);
  const abort = new AbortController();
  const dial = { host: proxy?.host ?? host, port: proxy?.port ?? port, signal: abort.signal, clock };
  const { target, options } = dialTarget(formatHostPort(host, port), dial);
  const state = { connected: false, connectError: undefined as unknown };
  const credentials = new EndpointCredentials({
    host,
    port,
    onConnected: () => {
      state.connected = true;
    },
    onFailed: (error) => {
      state.connectError = error;
    },
    ...(material === undefined ? {} : { tls: { context: material.context, verify: !settings.insecureSkipVerify } }),
    ...(proxy === undefined ? {} : { proxy }),
  });
  const client = new grpc.Client(target, credentials, {
    ...options,
    'grpc.enable_retries': 0,
    'grpc.enable_http_proxy': 0,
    'grpc.enable_channelz': 0,
    'grpc.use_local_subchannel_pool': 1,
    'grpc.max_receive_message_length': maxReceiveBytes,
    'grpc.max_send_message_length': -1,
    'grpc-node.flow_control_window': windowBytes,
    // Callers retry a failed connection themselves; a longer back-off here would answer them with stale errors.
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 2_000,
  });
  return Object.assign(state, { client, calls: grpcCalls(client), abort, material, running: 0, retired: false });
}

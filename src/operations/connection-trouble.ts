import { formatHostPort, shownEndpoint, type Channel, type ConnectionSettings } from '../clients/connection.ts';
import type { Clock } from '../clock.ts';
import { formatDuration } from '../core/duration.ts';
import { listed } from '../core/text.ts';
import { MaestroError } from '../errors.ts';

const sides = {
  grpc: { what: 'gRPC', flag: '--grpc-endpoint', variable: 'MAESTRO_GRPC_ENDPOINT' },
  http: { what: 'REST', flag: '--http-endpoint', variable: 'MAESTRO_HTTP_ENDPOINT' },
} as const;

/** Trouble that lasts is told so often. */
const againMs = 5_000;
/** A try so short before the end of the time is the last one. */
const lastTryMs = 1_000;

type Place = Pick<ConnectionSettings, 'grpcEndpoint' | 'httpEndpoint' | 'origins'>;

/**
 * Tells of a server that cannot be reached, or fails, while it is asked again: at once, and then every five seconds,
 * with where that is, who said so, and what to do.
 */
export class ConnectionTrouble {
  readonly #settings: Place;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #time: { readonly startMs: number; readonly totalMs?: number };
  readonly #tell: (level: 'warn' | 'info', text: string) => void;
  /** Since when a side has been telling of trouble, and when it did last. */
  readonly #troubled = new Map<Channel, { toldMs: number }>();
  #hinted = false;

  /** @param time when the time of the run began, and how long it is; Infinity and undefined have no end */
  constructor(
    settings: Place,
    deps: {
      readonly clock: Pick<Clock, 'monotonicMs'>;
      readonly time: { readonly startMs: number; readonly totalMs?: number };
      readonly tell: (level: 'warn' | 'info', text: string) => void;
    },
  ) {
    this.#settings = settings;
    this.#clock = deps.clock;
    this.#time = deps.time;
    this.#tell = deps.tell;
  }

  /** A try has failed, and there will be another. */
  failed(error: MaestroError, channel: Channel): void {
    const nowMs = this.#clock.monotonicMs();
    const { startMs, totalMs } = this.#time;
    if (totalMs !== undefined && startMs + totalMs - nowMs < lastTryMs) return;
    const trouble = this.#troubled.get(channel);
    if (trouble !== undefined && nowMs - trouble.toldMs < againMs) return;
    this.#troubled.set(channel, { toldMs: nowMs });
    const passed = formatDuration(Math.floor((nowMs - startMs) / 1000) * 1000);
    const isEndless = totalMs === undefined || totalMs === Number.POSITIVE_INFINITY;
    const time = isEndless ? `for ${passed} now` : `${passed} of ${formatDuration(totalMs)}`;
    this.#tell('warn', `${located(error, this.#settings, channel).message}; trying again, ${time}`);
    if (this.#hinted || error.delivery !== 'not-sent') return;
    this.#hinted = true;
    this.#tell('info', `hint: ${whatToDo(this.#settings, channel, error.commandHint)}`);
  }

  /** A call has come back. */
  answered(channel: Channel): void {
    if (this.#troubled.delete(channel)) this.#tell('info', `${sides[channel].what} of Maestro answers again`);
  }
}

/** The error of a side that could not be reached, with who said where that is, and what to do about it. */
export function located(caught: MaestroError, settings: Place, channel: Channel): MaestroError {
  if (caught.delivery !== 'not-sent' || caught.reason !== 'ServerUnreachable') return caught;
  const { message, code, reason, delivery, transient } = caught;
  const said = originText(settings, channel);
  return new MaestroError(code, said === undefined ? message : `${message}; ${said}`, {
    reason,
    delivery,
    transient,
    hint: { command: whatToDo(settings, channel, caught.commandHint) },
    cause: caught,
  });
}

/** Who said where a side is; undefined where that is not known. */
function originText({ origins }: Place, channel: Channel): string | undefined {
  const origin = origins?.[channel];
  switch (origin?.from) {
    case undefined:
      return undefined;
    case 'flag':
    case 'variable':
      return `the address is that of ${origin.name}`;
    case 'context':
      return `the address is that of the context "${origin.name}"`;
    case 'default':
      return `that is the default, because no ${sides[channel].flag} was given`;
  }
}

/** One of the two endpoints was given, so the other was forgotten; else somebody tries something on their machine. */
function whatToDo({ origins }: Place, channel: Channel, known: string | undefined): string {
  const { flag, variable } = sides[channel];
  const other = sides[channel === 'http' ? 'grpc' : 'http'].flag;
  const isDefault = origins?.[channel].from === 'default';
  const isForgotten = isDefault && origins[channel === 'http' ? 'grpc' : 'http'].from !== 'default';
  const parts = [
    ...(known === undefined ? [] : [known]),
    isForgotten ? `${other} is given and ${flag} is not: give ${flag} (or ${variable}) too.` : '',
    known === undefined && !isForgotten ? `Is the address right? ${flag} or ${variable} gives another.` : '',
    `maestro-cli doctor shows where the connection ends${isDefault && !isForgotten ? '; maestro-cli dev serves a Maestro to try' : ''}.`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** @throws MaestroError usage when there are contexts, none of them is in use and nobody gave an endpoint */
export function refuseUnchosen({ unchosen }: Pick<ConnectionSettings, 'unchosen'>): void {
  if (unchosen === undefined) return;
  throw new MaestroError(
    'usage',
    `no context is in use; there ${unchosen.length === 1 ? 'is' : 'are'} ${listed(unchosen)}`,
    {
      hint: {
        command: `Choose one with maestro-cli config use-context ${unchosen[0] ?? 'NAME'}, --context or MAESTRO_CONTEXT, or give --grpc-endpoint and --http-endpoint.`,
      },
    },
  );
}

/** Where a side is, as it may be shown. */
export function endpointText({ grpcEndpoint, httpEndpoint }: Place, channel: Channel): string {
  return channel === 'http' ? shownEndpoint(httpEndpoint) : formatHostPort(grpcEndpoint.host, grpcEndpoint.port);
}

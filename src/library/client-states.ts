import type { MaestroError } from '../errors.ts';
import type { ConnectionState, StreamState } from '../works/stream.ts';

/** Where the streams of a client are: with several the one that is behind; `closed` once the client was closed. */
export type ClientState = ConnectionState;

/** Told each time the client's state changes. */
export type ClientStateListener = (state: ClientState, error?: MaestroError) => void;

/** The furthest behind first. */
const order: readonly ClientState[] = ['waiting', 'connecting', 'catching-up', 'live'];

/** Sums up the streams of one client, and tells whoever listens. */
export class ClientStates {
  readonly #streams = new Map<symbol, ClientState>();
  readonly #listeners = new Set<ClientStateListener>();
  #state: ClientState = 'idle';

  get state(): ClientState {
    return this.#state;
  }

  /** @returns what ends the listening; the end of the client does, too */
  onState(listener: ClientStateListener): () => void {
    if (this.#state !== 'closed') this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** For one stream: the function to tell its states to. `closed` takes it out of the sum. */
  follow(): (state: StreamState, error?: MaestroError) => void {
    const stream = Symbol('stream');
    return (state, error) => {
      if (state === 'closed') this.#streams.delete(stream);
      else this.#streams.set(stream, state);
      this.#become(order.find((one) => [...this.#streams.values()].includes(one)) ?? 'idle', error);
    };
  }

  close(): void {
    this.#become('closed');
    this.#listeners.clear();
  }

  #become(state: ClientState, error?: MaestroError): void {
    if (this.#state === state || this.#state === 'closed') return;
    this.#state = state;
    for (const listener of this.#listeners) listener(state, error);
  }
}

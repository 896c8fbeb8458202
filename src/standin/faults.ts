/** Which of the two ports a fault strikes. */
export type FaultChannel = 'grpc' | 'http' | 'both';

/** What every fault says. */
export interface FaultBase {
  readonly channel: FaultChannel;
  /** How many connections or requests it strikes; all until cleared when absent. */
  readonly count?: number;
}

/**
 * What can go wrong on purpose.
 * - `refuse`: on gRPC without a count nothing listens any more; with a count, and
 *   always on HTTP (the control API lives there), connections are torn down at once.
 * - `reset`: RST in the middle of the call, before anything was done.
 * - `delay`: the call waits first.
 * - `drop-answer`: the work is done, then the connection goes instead of an answer.
 * - `half-open`: Subscribe streams stay open and nothing flows, heartbeats included; events meanwhile are lost.
 * - `repeat-events`: an event on Subscribe streams comes twice.
 * - `reorder-events`: an event on Subscribe streams comes after the next one, or a second late when there is none.
 * - `status`: an HTTP status, or a gRPC code on that channel, instead of doing anything.
 */
export type Fault =
  | (FaultBase & {
      readonly kind: 'refuse' | 'reset' | 'drop-answer' | 'half-open' | 'repeat-events' | 'reorder-events';
    })
  | (FaultBase & { readonly kind: 'delay'; readonly ms: number })
  | (FaultBase & { readonly kind: 'status'; readonly status: number; readonly message?: string });

/** The kinds of faults, explained at `Fault`. */
export type FaultKind = Fault['kind'];
type Channel = Exclude<FaultChannel, 'both'>;

/** The faults in force, each with what is left of its count. */
export class Faults {
  #active: { readonly fault: Fault; left: number }[] = [];
  readonly #changed: (() => void)[] = [];

  onChange(listener: () => void): void {
    this.#changed.push(listener);
  }

  set(fault: Fault): void {
    this.#active.push({ fault, left: fault.count ?? Infinity });
    this.#tell();
  }

  clear(): void {
    this.#active = [];
    this.#tell();
  }

  list(): readonly Fault[] {
    return this.#active.map(({ fault, left }) => (left === Infinity ? fault : { ...fault, count: left }));
  }

  /** True while such a fault without a count is in force. */
  lasting(kind: FaultKind, channel: Channel): boolean {
    return this.#active.some(({ fault, left }) => left === Infinity && strikes(fault, kind, channel));
  }

  /** True while such a fault is in force; its count stays. */
  active(kind: FaultKind, channel: Channel): boolean {
    return this.#active.some(({ fault }) => strikes(fault, kind, channel));
  }

  /** The next fault of the kind, one off its count. */
  take<K extends FaultKind>(kind: K, channel: Channel): Extract<Fault, { kind: K }> | undefined {
    const entry = this.#active.find(({ fault }) => strikes(fault, kind, channel));
    if (entry === undefined) return undefined;
    entry.left -= 1;
    if (entry.left <= 0) this.#active = this.#active.filter((other) => other !== entry);
    return entry.fault as Extract<Fault, { kind: K }>;
  }

  #tell(): void {
    for (const listener of this.#changed) listener();
  }
}

function strikes(fault: Fault, kind: FaultKind, channel: Channel): boolean {
  return fault.kind === kind && (fault.channel === 'both' || fault.channel === channel);
}

import type { ClusterObject, StoredRow } from '../works/history/history.ts';
import type { AccessMode, ServerKeys } from './access.ts';
import type { Side, Trouble } from './troubles.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
  /** Whether it speaks TLS there. */
  readonly tls?: boolean;
}

/** What a program calls its own, so that it meets nobody on a server that serves others too. */
export interface Scope {
  /** Who writes. */
  readonly source: string;
  /** Where its objects lie on the clusters. */
  readonly namespace: string;
  /** Whether agents apply as whomever a work names; a real cluster has to allow that first. */
  readonly executors?: boolean;
}

/** The Maestro that a program runs against, with its agents and their clusters. */
export interface Server {
  readonly scope: Scope;
  /** Where it listens now; another place perhaps after it was started again. */
  readonly addresses: Readonly<Record<Side, Address>>;
  /** How long its clusters must look the same until they count as at rest. */
  readonly restMs: number;
  /** Whether it can have this trouble. */
  can(trouble: Trouble): boolean;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  startAgain(keepsData: boolean): Promise<void>;
  setAgentOnline(consumer: string, online: boolean): Promise<void>;
  /** Ends once every agent that is online has found the server again. */
  agentsWork(): Promise<void>;
  /** Ends once no deletion is on its way, or has been given up: one that does not end shows later. */
  deletionsEnd(): Promise<void>;
  /** Ends once agents have reported on all works, or has been given up: one that is not known shows later. */
  writesArrive(): Promise<void>;
  /** What went wrong by itself, by kind: nobody made it, and it is no fault of what is searched. */
  readonly byItself: Readonly<Record<string, number>>;
  /** Absent where nobody has to prove who he is. */
  readonly keys?: ServerKeys;
  /** Steers agents and faults of a stand-in; see `dev` in the reference. A real server has no such thing. */
  readonly control?: Control;
  /** What is on a cluster of what the program wrote. */
  objects(consumer: string): Promise<readonly ClusterObject[]>;
  /** Nobody asks it for anything any more: it ends, or is rid of what the program left. */
  close(): Promise<void>;
  /** All that was stored, of every epoch; only after `close`. */
  rows(): Promise<readonly StoredRow[]>;
  readonly lostDataAtMs: readonly number[];
}

export type Control = (method: 'GET' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: unknown) => Promise<unknown>;

/** @param folder of one program, for what the server must keep */
export type ServerMaker = (place: {
  readonly folder: string;
  readonly consumers: readonly string[];
  /** `plaintext` unless told; a real server is as it is. */
  readonly access?: AccessMode;
}) => Promise<Server>;

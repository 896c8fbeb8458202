import type { FeedbackData } from '../core/status/work-status.ts';
import type { Clock } from '../clock.ts';
import type { DatabaseOptions } from './connection-pool.ts';

/**
 * How the simulated agent of one consumer behaves. Patterns are `Kind[.group]/[namespace/]name`; `*` stands for any
 * text.
 */
export interface AgentBehaviour {
  /** An offline agent does nothing; coming online it goes straight to the latest versions. */
  readonly online: boolean;
  /** From an accepted write to the agent's first report of it. */
  readonly delayMs: number;
  /** From the Applied report to the Available report; 15 when absent. */
  readonly availableDelayMs?: number;
  /** Manifests that the cluster refuses. */
  readonly failManifests: readonly string[];
  /** Manifests that are applied and never become available. */
  readonly unavailableManifests: readonly string[];
  /** Feedback values by manifest pattern and value name, in place of the simulated ones. */
  readonly feedback: Readonly<Record<string, Readonly<Record<string, FeedbackData>>>>;
  /** How often the agent looks at its objects again. */
  readonly statusSyncMs: number;
  /** From the Deleting report to the Deleted report. */
  readonly deleteDelayMs: number;
  /**
   * Whether a work becomes an owner of an object that is already as it has it. Agents of 2024-12 to 2025-02 report
   * Applied for such an object and leave its owners as they are.
   */
  readonly ownsUnchanged: boolean;
  /**
   * How its reports reach Maestro. `repeated`: each comes twice. `out-of-order`: after each the one before comes again,
   * which Maestro drops. `old-conditions`: as soon as a work has a new version, its number is reported with all the
   * conditions of the version before; what is true of it comes after `delayMs`. `jumping`: nothing is reported of a
   * version that another one follows within `delayMs`, and of that one no more, if a third does.
   */
  readonly reports: ReportsHow;
}

/** See `reports` of an agent's behaviour. */
export type ReportsHow = 'plain' | 'repeated' | 'out-of-order' | 'old-conditions' | 'jumping';

/**
 * How clients prove who they are: not at all (`plaintext`, and `tls`, which only encrypts), by a certificate, or by a
 * token.
 */
export type AccessMode = 'plaintext' | 'tls' | 'mtls' | 'token';

/** Encryption, and who may use which source. */
export interface StandInAccess {
  readonly mode: AccessMode;
  /** Where certificates and tokens are written, readable by the owner only. Needed by every mode but plaintext. */
  readonly directory?: string;
  /**
   * User (certificate CN or token user) to the sources it may use; `*` allows every source. Absent: every user, every
   * source.
   */
  readonly allowedSources?: Readonly<Record<string, readonly string[]>>;
  /** Serve with a certificate that expired a day ago. */
  readonly expiredServerCertificate?: boolean;
}

/** When a stand-in that is given new keys follows them, from the moment at which their files are written. */
export interface KeyRotation {
  /** From then on it takes the new client certificates and the new token, beside the old ones; 0 when absent. */
  readonly takesAfterMs?: number;
  /**
   * From then on it takes the new ones alone, and new connections meet its new certificate; with `takesAfterMs` when
   * absent. What is connected stays connected, and its next call shows its token.
   */
  readonly refusesAfterMs?: number;
}

/** A consumer that exists from the start. */
export interface ConsumerSeed {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** All of it may be left out: then no consumers, and everything in memory. */
export interface InProcessOptions {
  /** Consumers that exist from the start. */
  readonly consumers?: readonly (string | ConsumerSeed)[];
  /** A SQLite file; without it everything is in memory. */
  readonly dataFile?: string;
  /** Behaviour of every agent. */
  readonly agent?: Partial<AgentBehaviour>;
  /** Behaviour of the agents of single consumers, on top of `agent`. */
  readonly agents?: Readonly<Record<string, Partial<AgentBehaviour>>>;
  /** The pool of database connections; 50, as the real server has, and statements that take no time when absent. */
  readonly database?: Partial<DatabaseOptions>;
  /** 10000 when absent, as the real server. */
  readonly heartbeatMs?: number;
  readonly clock?: Clock;
}

/** And how it serves: on any free ports, without encryption, when nothing is said. */
export interface StandInOptions extends InProcessOptions {
  /** 127.0.0.1 when absent. */
  readonly host?: string;
  /** 0 or absent: any free port. */
  readonly httpPort?: number;
  readonly grpcPort?: number;
  readonly access?: StandInAccess;
  /** Told on which ports it serves. */
  readonly log?: (line: string) => void;
}

/** How an agent behaves unless it is told otherwise: quick, and everything goes well. */
export const defaultBehaviour: AgentBehaviour = {
  online: true,
  delayMs: 20,
  availableDelayMs: 15,
  failManifests: [],
  unavailableManifests: [],
  feedback: {},
  statusSyncMs: 1000,
  deleteDelayMs: 100,
  ownsUnchanged: true,
  reports: 'plain',
};

import type { JobSettings } from './settings.ts';
import type { JobTemplate } from './templates.ts';

/** An address as the command line gives it, and what a NetworkPolicy needs of it. */
export interface JobEndpoint {
  readonly text: string;
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

/** Where the manifest is mounted from. */
export interface ManifestStore {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  /** Present when the object is rendered too; absent when it exists already. */
  readonly text?: string;
}

/** All that decides what a Job looks like. Every text is checked already, or is a placeholder such as `${event-id}`. */
export interface JobRequest {
  readonly template: JobTemplate;
  /** Part of the Job's name and a label. */
  readonly eventId: string;
  /** EVENT_ID of the container, any text. */
  readonly sentinelEventId: string;
  /** TRACEPARENT of the container. */
  readonly traceparent?: string;
  readonly namespace: string;
  readonly image: string;
  readonly consumer: string;
  /** Undefined when the manifest names the work. */
  readonly workName?: string;
  readonly manager: string;
  /** Whose Job it is, for its labels; undefined when nobody said it. */
  readonly adapter?: string;
  readonly source?: string;
  readonly manifest?: ManifestStore;
  /** What is waited for; the command's own default without it. */
  readonly condition?: string;
  readonly failOn?: string;
  /** Budget of one try, milliseconds. */
  readonly timeoutMs: number;
  readonly grpc: JobEndpoint;
  readonly http: JobEndpoint;
  /** Secret with ca.crt, tls.crt and tls.key; undefined without TLS. */
  readonly tlsSecret?: string;
  readonly settings: JobSettings;
}

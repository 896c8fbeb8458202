import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface RecordedEvent {
  readonly id: string;
  readonly source?: string;
  readonly spec_version: string;
  readonly type: string;
  readonly attributes: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly data?: unknown;
}

export interface RecordedStep {
  readonly step: string;
  readonly call: string;
  readonly request: { readonly method?: string; readonly path?: string; readonly event?: RecordedEvent };
  readonly response?: {
    readonly code?: number;
    readonly message?: string;
    readonly status?: number;
    readonly body?: Readonly<Record<string, unknown>>;
  };
  readonly response_stream?: readonly { readonly event: RecordedEvent }[];
}

export interface AccessStep {
  readonly step: string;
  readonly publish?: { readonly code: number; readonly message?: string };
  readonly subscribe?: { readonly code: number; readonly message?: string };
  readonly handshake?: { readonly error: string; readonly message: string };
}

function read(name: string): { readonly steps: readonly unknown[] } {
  const path = join(import.meta.dirname, '../../fixtures/recordings', `${name}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as { readonly steps: readonly unknown[] };
}

/** The steps of a recorded scenario. */
export function recordedSteps(name: 'lifecycle' | 'rejected' | 'search' | 'consumers'): readonly RecordedStep[] {
  return read(name).steps as readonly RecordedStep[];
}

export function recordedStep(name: 'lifecycle' | 'rejected' | 'search' | 'consumers', step: string): RecordedStep {
  const found = recordedSteps(name).find((candidate) => candidate.step === step);
  if (found === undefined) throw new Error(`no step ${step} in ${name}.json`);
  return found;
}

export function accessSteps(): readonly AccessStep[] {
  return read('access').steps as readonly AccessStep[];
}

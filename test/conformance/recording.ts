import { readFileSync } from 'node:fs';

import type { Json } from './normalise.ts';
import type { WireEvent } from './wire.ts';

/** One exchange of test/fixtures/recordings; the README there describes the shape. */
export interface Step {
  readonly step: string;
  readonly call: string;
  readonly request: {
    readonly method?: string;
    readonly path?: string;
    readonly body?: Json;
    readonly event?: WireEvent;
    readonly note?: string;
    readonly source?: string;
  };
  readonly response?: {
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: Json;
    readonly code?: number;
    readonly message?: string;
    readonly connection_closed_without_answer?: boolean;
  };
  readonly initial_metadata?: Readonly<Record<string, string>>;
  readonly response_stream?: readonly { readonly event: WireEvent }[];
}

export interface Recording {
  readonly scenario: string;
  readonly about: string;
  readonly steps: readonly Step[];
}

export type ScenarioName = 'consumers' | 'lifecycle' | 'rejected' | 'outcomes' | 'search';

export function readRecording(scenario: ScenarioName): Recording {
  const file = new URL(`../fixtures/recordings/${scenario}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Recording;
}

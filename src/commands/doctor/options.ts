import { present } from '../../core/present.ts';
import { connectionOptions, layeredReader, type ConnectionOptions } from '../../command-line/connection-options.ts';
import type { ParseInput } from '../../command-line/command-spec.ts';
import { oneConsumer } from '../../command-line/consumer-choice.ts';
import { flagReader } from '../../command-line/flag-values.ts';
import { settingsInUse, type SettingInUse } from './settings-in-use.ts';

export interface DoctorOptions extends ConnectionOptions {
  readonly consumer?: string;
  readonly probe: boolean;
  readonly inUse: readonly SettingInUse[];
  /** `context prod of FILE`; undefined without one. */
  readonly contextText?: string;
  readonly output: (typeof doctorOutputs)[number];
}

/** Enough for every check to use up its five seconds. */
const doctorTimeoutMs = 60_000;

export const doctorOutputs = ['text', 'json'] as const;

export function parseDoctor(input: ParseInput): DoctorOptions {
  const flags = flagReader(input);
  const connection = connectionOptions(input, doctorTimeoutMs);
  const context = input.config?.error === undefined ? input.config?.context : undefined;
  return {
    ...connection,
    ...present({ consumer: oneConsumer(input) }),
    probe: input.flags['probe'] !== false,
    inUse: settingsInUse(layeredReader(input), connection),
    ...(context === undefined ? {} : { contextText: `context ${context.name} of ${input.config?.path ?? ''}` }),
    output: flags.output(doctorOutputs),
  };
}

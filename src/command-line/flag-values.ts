import { present } from '../core/present.ts';
import { unknownValue } from '../core/works/did-you-mean.ts';
import { parseDuration } from '../core/duration.ts';
import { MaestroError } from '../errors.ts';
import type { ParseInput } from './command-spec.ts';

/** Typed access to raw flags: each reader throws a usage error that names the flag. */
export interface FlagReader {
  text(name: string, env?: string): string | undefined;
  required(name: string, why: string): string;
  list(name: string): readonly string[];
  /** A boolean flag, or its environment variable (true, 1, yes in any case). */
  on(name: string, env?: string): boolean;
  /** A flag `--no-NAME`, or the environment variable that says the same. */
  without(name: string, env?: string): boolean;
  /** `--watch[=EXPR]`: undefined when absent, "" when given without a value. */
  optional(name: string): string | undefined;
  /** `--wait[=BOOL]`: true unless it is given as false. */
  unlessFalse(name: string): boolean;
  oneOf<T extends string>(name: string, allowed: readonly T[], env?: string): T | undefined;
  /** `-o`, one of a closed list of formats; the first of them when it is absent. */
  output<T extends string>(formats: readonly [T, ...T[]]): T;
  durationMs(name: string): number | undefined;
  wholeNumber(name: string, least: number): number | undefined;
}

export function flagReader(input: ParseInput): FlagReader {
  const { flags, env } = input;
  const text = (name: string, variable?: string): string | undefined => {
    const value = flags[name];
    if (typeof value === 'string') {
      if (value === '') throw new MaestroError('usage', `${flagName(name)} is empty`);
      return value;
    }
    const fallback = variable === undefined ? undefined : env[variable];
    return fallback === undefined || fallback === '' ? undefined : fallback;
  };
  const oneOf: FlagReader['oneOf'] = (name, allowed, variable) => {
    const value = text(name, variable);
    if (value === undefined) return undefined;
    const match = allowed.find((candidate) => candidate === value);
    if (match !== undefined) return match;
    const from = flags[name] === undefined && variable !== undefined ? variable : flagName(name);
    throw unknownValue(from, value, allowed);
  };
  const optional: FlagReader['optional'] = (name) => {
    const value = flags[name];
    if (value === true) return '';
    return typeof value === 'string' ? value : undefined;
  };
  return {
    text,
    required: (name, why) => {
      const value = text(name);
      if (value === undefined) throw new MaestroError('usage', `${flagName(name)} is required: ${why}`);
      return value;
    },
    list: (name) => {
      const value = flags[name];
      return Array.isArray(value) ? (value as readonly string[]) : [];
    },
    on: (name, variable) => flags[name] === true || isOn(variable === undefined ? undefined : env[variable]),
    without: (name, variable) => flags[name] === false || isOn(variable === undefined ? undefined : env[variable]),
    optional,
    unlessFalse: (name) => {
      const given = optional(name)?.trim().toLowerCase();
      if (given === undefined || ['', 'true', 't', '1', 'yes'].includes(given)) return true;
      if (['false', 'f', '0', 'no'].includes(given)) return false;
      throw new MaestroError('usage', `${flagName(name)} is true or false, not "${given}"`);
    },
    oneOf,
    output: (formats) => oneOf('output', formats) ?? formats[0],
    durationMs: (name) => {
      const value = text(name);
      if (value === undefined) return undefined;
      try {
        return parseDuration(value);
      } catch (error) {
        const { message, hint } = MaestroError.from(error);
        throw new MaestroError('usage', `${flagName(name)}: ${message}`, {
          ...present({ hint }),
          cause: error,
        });
      }
    },
    wholeNumber: (name, least) => {
      const value = text(name);
      if (value === undefined) return undefined;
      const number = Number(value);
      if (/^\d+$/.test(value) && Number.isSafeInteger(number) && number >= least) return number;
      throw new MaestroError('usage', `${flagName(name)} takes a whole number of at least ${least}, not "${value}"`);
    },
  };
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && ['true', '1', 'yes'].includes(value.trim().toLowerCase());
}

/** `grpcEndpoint` → `--grpc-endpoint`. */
export function flagName(attribute: string): string {
  return `--${settingKey(attribute)}`;
}

/** `grpcEndpoint` → `grpc-endpoint`, the key of a setting in the configuration file. */
export function settingKey(attribute: string): string {
  return attribute.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

import type { KindsOf } from './check-given.ts';
import type { ApplyWorkOptions, DeleteWorkOptions, ListWorksOptions, WaitWorkOptions } from './work-options.ts';
import type { ApplyManyOptions, WatchWorksOptions } from './client-calls.ts';
import type { CallLimits, MaestroClientOptions } from './options.ts';
import type { MigrationPlan } from '../core/migration/plan-file.ts';
import type { MigrationRequest, RunMigrationOptions } from './migration-types.ts';
import type { RollOutOptions, RollOutRequest, RollOutStrategy } from './roll-out-types.ts';

/** What every call takes, by kind; so with the others. */
export const callLimits: KindsOf<CallLimits> = { signal: 'signal', timeoutMs: 'number' };

export const clientOptions: KindsOf<MaestroClientOptions> = {
  grpcEndpoint: 'text',
  httpEndpoint: 'text',
  inProcess: 'object',
  source: 'text',
  manager: 'text',
  grpcTls: 'object',
  httpTls: 'object',
  grpcToken: 'object',
  httpToken: 'object',
  allowPlaintextToken: 'flag',
  insecureSkipVerify: 'flag',
  proxy: 'object',
  tracing: 'any',
  onNotice: 'function',
  clock: 'object',
  random: 'function',
};

export const applyOptions: KindsOf<ApplyWorkOptions> = {
  ...callLimits,
  merge: 'flag',
  add: 'flag',
  force: 'flag',
  noRemove: 'flag',
  ifVersion: 'number',
  conflictRetries: 'number',
  manager: 'text',
  wait: 'text',
  failOn: 'text',
  failureGraceMs: 'number',
  via: 'text',
};

export const waitOptions: KindsOf<WaitWorkOptions> = {
  ...callLimits,
  failOn: 'text',
  failureGraceMs: 'number',
  mustExist: 'flag',
  via: 'text',
};

export const deleteOptions: KindsOf<DeleteWorkOptions> = {
  ...callLimits,
  force: 'flag',
  orphan: 'flag',
  manager: 'text',
  wait: 'flag',
  via: 'text',
};

export const listOptions: KindsOf<ListWorksOptions> = { ...callLimits, selector: 'text', onSetAside: 'function' };

export const watchOptions: KindsOf<WatchWorksOptions> = {
  signal: 'signal',
  consumer: 'text',
  selector: 'text',
  resource: 'text',
  condition: 'text',
  accept: 'function',
  onState: 'function',
  onSetAside: 'function',
};

export const manyOptions: KindsOf<ApplyManyOptions> = {
  ...callLimits,
  merge: 'flag',
  force: 'flag',
  noRemove: 'flag',
  conflictRetries: 'number',
  overwrite: 'flag',
  dryRun: 'flag',
  maxConcurrency: 'number',
  maxFailures: 'number',
  total: 'number',
  onPlan: 'function',
  onOutcome: 'function',
  onSkipped: 'function',
  onProgress: 'function',
};

export const rollOutRequest: KindsOf<RollOutRequest> = {
  works: 'any',
  consumers: 'any',
  strategy: 'object',
  wait: 'text',
  failOn: 'text',
  failureGraceMs: 'number',
  merge: 'flag',
  force: 'flag',
  noRemove: 'flag',
  conflictRetries: 'number',
  manager: 'text',
  dryRun: 'flag',
};

/** The numbers are looked at where they are used. */
export const rollOutStrategy: KindsOf<RollOutStrategy> = {
  canary: 'number',
  waves: 'any',
  maxConcurrency: 'number',
  maxFailures: 'number',
};

export const rollOutOptions: KindsOf<RollOutOptions> = { ...callLimits, onEvent: 'function', via: 'text' };

export const migrationRequest: KindsOf<MigrationRequest> = {
  to: 'text',
  consumers: 'any',
  name: 'text',
  works: 'any',
  selector: 'text',
  managerOf: 'object',
  prefer: 'text',
};

export const migrationPlan: KindsOf<MigrationPlan> = {
  source: 'text',
  to: 'text',
  createdAt: 'text',
  clusters: 'any',
};

export const runMigrationOptions: KindsOf<RunMigrationOptions> = {
  ...callLimits,
  onEvent: 'function',
  goal: 'text',
  ownerProof: 'flag',
  canary: 'number',
  waves: 'any',
  maxFailures: 'number',
  maxConcurrency: 'number',
  failureGraceMs: 'number',
};

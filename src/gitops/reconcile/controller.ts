import type { ControllerDeps } from './deps.ts';

/**
 * Runs both roles until the signal aborts, then stops taking work in, lets what
 * is under way finish, and resolves. Called once for each term as the leader;
 * it starts from what the hub and Maestro say, and keeps nothing between terms.
 */
export declare function runController(deps: ControllerDeps, signal: AbortSignal): Promise<void>;

/**
 * How V8 runs the command, in the launcher and in the single executable alike.
 * undici's HTTP parser is WebAssembly: compiling it function by function at
 * first use saves processor time, and never compiling it again, optimised,
 * saves 20 MB. V8 takes a code cache only under the flags that made it.
 */
export const nodeFlags = ['--liftoff-only', '--wasm-lazy-compilation'] as const;

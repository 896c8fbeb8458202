import { configureGlobal } from 'fast-check';
import { inject, vi } from 'vitest';

// A property draws the same programs for each mutant, and one counter-example is enough to kill it.
configureGlobal({ seed: 20, endOnFailure: true });

// How often the longest properties are tried; each mutant that comes to them waits for it.
process.env['RUNS'] ??= '20';

declare module 'vitest' {
  interface ProvidedContext {
    /** By the runner: whether a mutant is switched on before modules load or before a test begins. */
    mutantActivation: 'static' | 'runtime' | undefined;
  }
}

// A worker keeps modules from one run to the next. A table that is made when its module loads has to be made anew with
// its mutant, and once more after it.
const kept = globalThis as typeof globalThis & { lastActivation?: 'static' | 'runtime' | undefined };
const activation = inject('mutantActivation');
if (activation === 'static' || kept.lastActivation === 'static') vi.resetModules();
kept.lastActivation = activation;

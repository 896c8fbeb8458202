import { configureGlobal } from 'fast-check';

// A property draws the same programs for each mutant, and one counter-example is enough to kill it.
configureGlobal({ seed: 20, endOnFailure: true });

// How often the longest properties are tried; each mutant that comes to them waits for it.
process.env['RUNS'] ??= '20';

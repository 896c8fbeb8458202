import { configureGlobal } from 'fast-check';

// A property draws the same programs for each mutant, and one counter-example is enough to kill it.
configureGlobal({ seed: 20, endOnFailure: true });

/** In your own project this file is not needed: import from 'maestro-cli'. */
export * from '../../src/index.ts';

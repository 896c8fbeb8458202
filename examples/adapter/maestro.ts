/** In your own project this file is not needed: import from '@openshift-hyperfleet/maestro-cli'. */
export * from '../../src/index.ts';

/** Where releases of the image are; a tag or a digest follows. Chart, templates, docs and workflows say the same. */
export const imageRepository = 'ghcr.io/openshift-hyperfleet/maestro-cli';

/** What a Job runs when nothing else is asked for. */
export const defaultImage = `${imageRepository}:latest`;

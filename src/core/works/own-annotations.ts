/** Everything that maestro-cli records on a work stands under this prefix, and is no part of its content. */
export const ownAnnotationPrefix = 'maestro-cli.hyperfleet.io/';

/** The executor as canonical JSON, because REST never returns it. */
export const executorAnnotation = `${ownAnnotationPrefix}executor`;

/** In the order of importance: what is removed or asked for by a person goes before what merely changed. */
export const lanes = ['delete', 'operation', 'change', 'resync'] as const;
export type Lane = (typeof lanes)[number];

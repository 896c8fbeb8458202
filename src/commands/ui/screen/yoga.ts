/**
 * Yoga, which Ink lays out with. Its own entry waits for itself where modules are loaded, which a module of our bundle
 * cannot; there this one stands in its place (scripts/bundle/trim.ts), and whoever loads Ink waits for `loadYogaOnce`
 * before.
 */
import { loadYoga, type Yoga } from 'yoga-layout/load';

export * from 'yoga-layout/load';

let yoga: Yoga | undefined;

export { yoga as default };

/** Has to be done before anything of Ink is used. */
export async function loadYogaOnce(): Promise<void> {
  yoga ??= await loadYoga();
}

/**
 * A module of src, loaded anew: a test that is to come to what is made on loading has it made within the test. The rest
 * of src stays as it is loaded.
 *
 * @param path under src, such as `core/text.ts`
 */
export async function loadAnew<M>(path: string): Promise<M> {
  return (await import(/* @vite-ignore */ `../../src/${path}?at=${process.hrtime.bigint()}`)) as M;
}

declare module 'postject' {
  /** Puts `data` as a note of the name into the executable, in place. */
  export function inject(
    file: string,
    name: string,
    data: Buffer,
    options: { readonly sentinelFuse: string },
  ): Promise<void>;
}

/** Facts that the build writes in; running from source has no commit and no date. */
export interface BuildInfo {
  readonly version: string;
  readonly commit: string;
  /** RFC 3339, of the commit, so that the same source builds the same bundle. */
  readonly date: string;
}

declare const BUILD_INFO: BuildInfo | undefined;

export const buildInfo: BuildInfo =
  typeof BUILD_INFO === 'undefined' ? { version: '0.1.0-source', commit: 'unknown', date: 'unknown' } : BUILD_INFO;

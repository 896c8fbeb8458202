/** Facts that the build writes in; running from source has no commit and no date. */
export interface BuildInfo {
  /** Of maestro-cli. */
  readonly version: string;
  /** That it was built of; `unknown` outside of a repository. */
  readonly commit: string;
  /** RFC 3339, of the commit, so that the same source builds the same bundle. */
  readonly date: string;
}

/** JSON, because a bundler would turn an object into a module that every other one asks for. */
declare const BUILD_INFO: string | undefined;

export const buildInfo: BuildInfo =
  typeof BUILD_INFO === 'undefined'
    ? { version: '0.0.0-source', commit: 'unknown', date: 'unknown' }
    : (JSON.parse(BUILD_INFO) as BuildInfo);

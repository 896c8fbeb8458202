import { readPart } from './read-file.ts';

/** What has come to a file since it was looked at last. */
export interface FileNews {
  readonly text: string;
  /** It is another file by now, or was cut off: what was read before says nothing any more. */
  readonly isNew: boolean;
}

/** A file that somebody else adds to. */
export interface FollowedFile {
  /** @throws the system's error, such as ENOENT; the next look begins at the beginning then */
  look(): FileNews;
}

/** Read at one look: more would hold up a screen, and the next look brings the rest. */
const mostBytes = 1024 * 1024;

/** Follows a file by its name, so that one that takes its place is followed too. */
export function followFile(path: string): FollowedFile {
  let of: string | undefined;
  let offset = 0;
  let decoder = new TextDecoder();
  return {
    look: () => {
      const before = of;
      of = undefined;
      const part = readPart(path, offset, mostBytes);
      const isNew = before !== part.id || part.size < offset;
      if (isNew) {
        offset = 0;
        decoder = new TextDecoder();
      }
      const { bytes } = isNew ? readPart(path, 0, mostBytes) : part;
      offset += bytes.length;
      of = part.id;
      return { text: decoder.decode(bytes, { stream: true }), isNew };
    },
  };
}

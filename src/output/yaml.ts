import { Document, Scalar, visit, type Tags } from 'yaml';
import type { JsonValue } from '../core/json.ts';
import { resolveScalar } from '../core/yaml/scalars.ts';

/** YAML that every reader takes the same way: strings that YAML 1.1 or kubectl's reader would read otherwise are quoted. */
export function toYaml(value: JsonValue): string {
  const document = new Document(value, { version: '1.1', aliasDuplicateObjects: false, customTags: withoutMerge });
  visit(document, {
    Scalar: (_key, node) => {
      if (typeof node.value === 'string' && needsQuotes(node.value)) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** Without the tag that would take the text "<<" for a merge key. */
function withoutMerge(tags: Tags): Tags {
  return tags.filter((tag) => typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:merge');
}

/** What the YAML writer leaves bare and a reader would change: other words, merge keys, lines of blanks in a block. */
function needsQuotes(text: string): boolean {
  if (text === '<<' || /^[ \t]+$/m.test(text)) return true;
  try {
    return resolveScalar({ text, plain: true, tag: undefined }).type !== 'string';
  } catch {
    // It is refused as a plain scalar.
    return true;
  }
}

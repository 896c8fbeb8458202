import { mutations } from './mutations/table.ts';
import { properties } from './properties/index.ts';

/** The rows of the README's tables; a test holds the file to them. */
export const readmeTables = {
  properties: properties.map(({ name, says }) => `| \`${name}\` | ${says} |`),
  mutations: mutations.map(
    ({ name, story, properties: by }) => `| \`${name}\` | ${story} | ${by.map((one) => `\`${one}\``).join(' or ')} |`,
  ),
};

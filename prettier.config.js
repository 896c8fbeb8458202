/** One way to lay out code, so that nobody thinks about it. Prose and data keep the lines that people gave them. */
export default {
  printWidth: 120,
  singleQuote: true,
};

/*
 * Evaluated before all else of the library (the build writes an import of it
 * into each entry). A library ends no process: whoever imports it gets the
 * reason in one line, in place of what breaks first in an old Node.
 */

/** The oldest Node that runs this. */
const oldest = 24;

if (Number(process.versions.node.split('.')[0]) < oldest) {
  const error = new Error(
    `maestro-cli needs Node ${oldest} or later, and ${process.execPath} is Node ${process.version}`,
  );
  // Where in us it was thrown helps nobody.
  error.stack = `${error.name}: ${error.message}`;
  throw error;
}

/**
 * How V8 runs the command, in the launcher and in the single executable alike.
 * A run of a fraction of a second gains nothing from notes on the types that a
 * function meets, nor from compiling it: both come later than V8 has it by
 * default, which saves 3 MiB, and still come for `dev` and the controllers.
 * V8 takes a code cache only under the flags that made it.
 */
export const nodeFlags = ['--invocation-count-for-feedback-allocation=500', '--invocation-count-for-maglev=4000'] as const;

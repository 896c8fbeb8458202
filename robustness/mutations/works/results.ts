import { allOf, isWaitingApply, keepsAgents, lateAgent, onOneWork } from '../aims.ts';
import type { Program } from '../../works/program/steps.ts';
import type { Mutation } from '../mutation.ts';

/** Faults that show in what a run leaves and prints: its exit code, its result file, its output. */
export const results: readonly Mutation[] = [
  {
    name: 'applied-before-the-agent',
    whose: 'Go maestro-cli',
    story: 'the result says Applied as soon as Maestro has taken a write, before any agent has',
    family: 'works',
    aim: { clients: 1, steps: 3, with: ['apply'] },
    properties: ['one-story'],
    withinSeconds: 60,
    file: 'src/operations/work-outcomes.ts',
    find: "return withEffects({ ...base, phase: 'InProgress', reason: 'Accepted', message }, applied);",
    replace: "return withEffects({ ...base, phase: 'Applied', reason: 'Accepted', message }, applied);",
  },
  {
    name: 'no-result-of-early-errors',
    whose: 'Go maestro-cli',
    story: 'a run that fails before it has written leaves no result file',
    family: 'works',
    aim: { steps: 3, with: ['apply'] },
    properties: ['one-story'],
    withinSeconds: 60,
    file: 'src/app.ts',
    find: '  if (file === undefined) return exitCode;\n',
    replace:
      '  const wrote = [...outcome.works].some(({ version }) => version !== undefined);\n  if (file === undefined || (exitCode !== ExitCode.Done && !wrote)) return exitCode;\n',
  },
  {
    name: 'no-result-after-signal',
    whose: 'Go maestro-cli',
    story: 'a run that SIGTERM or SIGINT ends leaves no result file',
    family: 'works',
    aim: { with: ['signal', 'SIGTERM'] },
    properties: ['one-story'],
    withinSeconds: 180,
    file: 'src/main.ts',
    find: '    stop.abort(error);\n  };\n',
    replace: '    host.exit(error.exitCode);\n  };\n',
  },
  {
    name: 'result-of-earlier-run-stays',
    whose: 'ours',
    story: 'the result of an earlier try stays where a run that is killed should have left none',
    family: 'works',
    aim: { clients: 1, steps: 3, with: ['SIGKILL'], shape: onOneWork(lateAgent), where: allOf(keepsAgents, waits) },
    properties: ['one-story'],
    withinSeconds: 240,
    file: 'src/io/result-file.ts',
    find: '  isRemoved: true,\n',
    replace: '  isRemoved: false,\n',
  },
  {
    name: 'requested-is-deleted',
    whose: 'Go maestro-cli',
    story: 'a deletion that was only asked for is told as done',
    family: 'works',
    aim: { with: ['delete'] },
    properties: ['one-story'],
    withinSeconds: 120,
    file: 'src/operations/delete/outcomes.ts',
    find: "          phase: 'InProgress',\n          reason: 'DeletionRequested',\n",
    replace: "          phase: 'Applied',\n          reason: 'Deleted',\n",
  },
  {
    name: 'version-zero-of-creates',
    whose: 'Go maestro-cli',
    story: 'a create tells version 0, which is stored nowhere',
    family: 'works',
    aim: { clients: 1, steps: 3, with: ['apply'] },
    properties: ['success-is-stored'],
    withinSeconds: 60,
    file: 'src/operations/apply/carry-out.ts',
    find: 'const written = versionOf(published) ?? 1;',
    replace: 'const written = versionOf(published) ?? 0;',
  },
  {
    name: 'logs-on-stdout',
    whose: 'Go maestro-cli',
    story: 'what a run says on its way stands in the middle of its output for programs',
    family: 'works',
    aim: { clients: 1, steps: 3, with: ['apply'] },
    properties: ['success-is-stored'],
    withinSeconds: 120,
    file: 'src/app.ts',
    find: '  return withMembers(context, { stdout: safeOutput(context.stdout, stderr), stderr });\n',
    replace:
      '  const stdout = safeOutput(context.stdout, stderr);\n  return withMembers(context, { stdout, stderr: stdout });\n',
  },
  {
    name: 'full-disk-is-silent',
    whose: 'thought of',
    story: 'a result file that found no room is not told, and the run counts as done',
    family: 'works',
    aim: { steps: 3, with: ['apply', 'full-disk'] },
    properties: ['full-disk-is-told', 'one-story'],
    withinSeconds: 120,
    file: 'src/io/write-file.ts',
    find: '    createExclusive(temporary, content, kept);\n    renameSync(temporary, path);\n  } catch (error) {\n    rmSync(temporary, { force: true });\n    throw error;\n  }',
    replace:
      '    createExclusive(temporary, content, kept);\n    renameSync(temporary, path);\n  } catch {\n    return;\n  }',
  },
  {
    name: 'half-a-file-is-left',
    whose: 'thought of',
    story: 'a file that could not be written whole stays beside the one that it was to replace',
    family: 'works',
    aim: { steps: 3, with: ['apply', 'full-disk'] },
    properties: ['full-disk-is-told'],
    withinSeconds: 120,
    file: 'src/io/write-file.ts',
    find: '  } catch (error) {\n    rmSync(path, { force: true });\n    throw error;\n  } finally {',
    replace: '  } catch (error) {\n    throw error;\n  } finally {',
    also: [
      {
        file: 'src/io/write-file.ts',
        find: '  } catch (error) {\n    rmSync(temporary, { force: true });\n    throw error;\n  }',
        replace: '  } catch (error) {\n    throw error;\n  }',
      },
      {
        file: 'src/io/write-file.ts',
        find: '  } finally {\n    rmSync(temporary, { force: true });\n  }',
        replace: '  } finally {\n  }',
      },
    ],
  },
];

/** A command waits while its client may get a signal. */
function waits({ clients }: Program): boolean {
  return clients.flat().some((step) => isWaitingApply(step));
}

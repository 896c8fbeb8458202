import type { Mutation } from './mutation.ts';

/** Faults that show in what agents, clocks, disks and credentials do. */
export const agents: readonly Mutation[] = [
  {
    name: 'old-report-proves',
    whose: 'thought of',
    story: 'conditions of an older version count for the version under whose number they are reported',
    family: 'works',
    aim: { steps: 4, with: ['apply', 'agent-reports', 'old-conditions', 'agent-late'] },
    properties: ['wait-is-proven'],
    withinSeconds: 120,
    file: 'src/core/status/find-evidence.ts',
    find: 'condition?.observedGeneration !== undefined && condition.observedGeneration >= version',
    replace: 'condition?.observedGeneration !== undefined && version > 0',
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
  {
    name: 'deadlines-by-the-wall-clock',
    whose: 'thought of',
    story: 'times that were given count by the clock of the machine, so that one that is set back makes a wait last',
    family: 'works',
    aim: { steps: 4, with: ['wait', 'clock-step'] },
    properties: ['ends-in-time'],
    withinSeconds: 300,
    file: 'src/clock.ts',
    find: 'monotonicMs: () => uptime() * 1000,',
    replace: 'monotonicMs: () => Date.now(),',
  },
];

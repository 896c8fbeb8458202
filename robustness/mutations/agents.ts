import type { Mutation } from './mutation.ts';

/** Faults that show in what agents, clocks, disks and credentials do. */
export const agents: readonly Mutation[] = [
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

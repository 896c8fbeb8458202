import { commonFlags } from '../../command-line/common-flags.ts';
import { flagText } from '../../command-line/flag-syntax.ts';
import { exitCodeOf, reasonsOf, type ErrorCode } from '../../errors.ts';
import { allExitCodes, exitCodes } from '../../exit-code.ts';
import type { topicNames } from './options.ts';

/** A topic as data: the terminal and the reference pages print the same. */
export interface Topic {
  readonly title: string;
  readonly summary: string;
  readonly sections: readonly TopicSection[];
}

export interface TopicSection {
  readonly paragraphs: readonly string[];
  /** Head of the rows, for the reference; two or more columns. */
  readonly columns?: readonly string[];
  readonly rows?: readonly (readonly string[])[];
}

const flags: Topic = {
  title: 'Common flags',
  summary: 'flags of every command, their variables and defaults',
  sections: [
    {
      paragraphs: [
        'A flag beats an explicit --context, that beats the environment, that beats the current context of the configuration file, that beats the default. MAESTRO_CONTEXT chooses the current context; it is no explicit one.',
        'A context that allows plaintext does so for its own endpoint only.',
      ],
      columns: ['flag', 'meaning'],
      rows: commonFlags.map((flag) => [flag.flags, flagText(flag)]),
    },
  ],
};

const names: Topic = {
  title: 'Names',
  summary: 'how works, consumers and files are named, and what a context says',
  sections: [
    {
      paragraphs: [
        'What a command is about stands behind its name: get NAME, wait NAME…, apply FILE…. The flags -n, --name and -f mean the same, and both together are taken together where several can be named. To name a work, its consumer is needed too.',
      ],
      columns: ['form', 'names'],
      rows: [
        ['NAME', 'a work, on the consumer of --consumer or of the context'],
        [
          'manifestwork.work.open-cluster-management.io/NAME',
          'the same, as -o name prints it and kubectl writes it; manifestwork/NAME is enough',
        ],
        [
          'manifestwork.work.open-cluster-management.io/CONSUMER/NAME',
          'a work on that consumer: what -o name prints where the command line did not say the one consumer of all works',
        ],
        ['NAME with {{ consumer.name }}', 'a work on each consumer, with the name of the consumer filled in'],
        ['--adapter=TYPE', 'the work hyperfleet-CONSUMER-TYPE'],
        ['--id=UUID', 'a work by the id of its bundle, wherever it is'],
      ],
    },
    {
      paragraphs: [
        'A command line that names no consumer is about that of the context, when it has one (config set-context NAME --consumer=…): --consumer beats an explicit --context, that beats metadata.namespace of a document that is applied or compared, that beats the current context. list and watch show the works of that consumer, and with -A those of all. A command that writes to it says so on a terminal. It never stands in for --consumer-selector, --all-consumers or --consumers-from, and migrate, gitops, job render and validate do not ask it.',
        'Several consumers are written -c c1,c2 or -c c1 -c c2. The deletion of works on several is asked about first, and -y answers.',
      ],
    },
  ],
};

const exitCodesTopic: Topic = {
  title: 'Exit codes',
  summary: 'what each exit code means, and whether to try again',
  sections: [
    {
      paragraphs: ['The output format never changes the exit code.'],
      columns: ['code', 'meaning', 'try again?'],
      rows: allExitCodes.map((code) => [String(code), exitCodes[code].meaning, exitCodes[code].tryAgain ? 'yes' : '']),
    },
  ],
};

const expressions: Topic = {
  title: 'Wait expressions',
  summary: 'what --for, --watch, --wait and --fail-on take',
  sections: [
    {
      paragraphs: [
        'An expression joins tests by AND, OR and NOT (also &&, || and !), NOT binding tightest, with parentheses where needed. Everything is judged at the version that was written or, for wait, that is current when it starts.',
        'A test without evidence at that version is unknown, and NOT unknown is unknown too; only true ends the wait.',
      ],
      columns: ['form', 'holds when'],
      rows: [
        ['Applied', 'the agent has applied every manifest of the version'],
        ['Available', 'besides, every object exists on the cluster; it may not be ready'],
        ['Deleted', 'the work is gone'],
        [
          'NAME=True|False|Unknown',
          'the work reports this condition so; names are those above, Progressing, Degraded, Complete, Deleting, and those that a condition rule of the work makes',
        ],
        ['"NAME"', 'the same for any other name: without quotes, a condition that nothing reports is refused at once'],
        [
          'condition=NAME',
          'NAME, in the words of kubectl wait; its delete, create and jsonpath=… are refused with what to write',
        ],
        ['Job:Complete', 'a condition of the one manifest of that kind is True, or its feedback says so'],
        ['Deployment.apps/ns/web:ReadyReplicas>=2', 'a feedback value compares so; =, ==, !=, >=, <=, > and <'],
        ['any Job:JobComplete', 'of several manifests that match, one is enough; without it, all have to'],
        ['ConfigMap/ns/a:status.phase="Done"', 'a path into feedback; text is quoted or bare'],
      ],
    },
    {
      paragraphs: [
        'Feedback has to be asked for by a feedback rule of the manifest, and carries no version: after an update it counts from a report later than the first that shows Applied, or after --feedback-settle.',
        'A selector that matches no manifest of the work is a usage error before anything is sent.',
      ],
    },
  ],
};

const results: Topic = {
  title: 'Results',
  summary: 'what the result file says, and its reasons by exit code',
  sections: [
    {
      paragraphs: [
        'Commands with an outcome write one result to --results-path, once, at the end, on every path: usage errors, refusals, timeouts and signals too. status-result has the status Applied (the outcome was seen), InProgress (accepted, outcome not seen) or Failed; adapter-result has success or failure and a reason.',
        'removed lists the manifests that a write took out of its work, losses what other managers lost by a forced one, sharedWith the objects that it brought and other works of the consumer hold too; each is there only when there is something to tell.',
        'Both say when the run was started (startedAt), and in details what for (eventId, from EVENT_ID), in which trace (trace, from TRACEPARENT), and what the time went into (timings, in milliseconds: start, connect, read, publish, wait). Both have a JSON Schema in the npm package, schemas/status-result.json and schemas/adapter-result.json.',
      ],
      columns: ['outcome', 'status-result', 'adapter-result'],
      rows: [
        ['condition met at the version', 'Applied', 'success, the condition'],
        ['accepted, not waited for', 'InProgress', 'success, Accepted'],
        ['unchanged, not waited for', 'Applied if proved, else InProgress', 'success, Unchanged'],
        ['delete accepted, not waited for', 'InProgress', 'success, DeletionRequested'],
        ['work seen gone, or absent', 'Applied', 'success, Deleted or NotFound'],
        ['timeout or signal after acceptance', 'InProgress', 'failure, Timeout or Interrupted'],
        ['effect of a write unknown', 'Failed', 'failure, OutcomeUnknown'],
        ['a command that only reads or checks has ended', 'InProgress', 'success, Finished'],
        ['any other failure', 'Failed', 'failure, a reason of the list below'],
      ],
    },
    {
      paragraphs: ['Reasons of failures, by exit code:'],
      columns: ['exit code', 'reasons'],
      rows: (Object.keys(reasonsOf) as ErrorCode[]).map((code) => [
        String(exitCodeOf[code]),
        reasonsOf[code].join(', '),
      ]),
    },
  ],
};

/** What `help` explains beside commands. */
export const topics: Readonly<Record<(typeof topicNames)[number], Topic>> = {
  flags,
  names,
  'exit-codes': exitCodesTopic,
  expressions,
  results,
};

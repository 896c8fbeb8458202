import { Box, render, Text, useApp, useInput, usePaste, type TerminalSuspension } from 'ink';
import type { ReactElement } from 'react';
import type { HeldTerminal } from '../../../io/held-terminal.ts';
import type { Key } from '../frame/key.ts';
import { keysOf } from './ink-keys.ts';
import type { Painter } from './paint.ts';
import type { Line } from './line.ts';

/** The whole screen of a terminal, on which a picture is drawn again and again. */
export interface TerminalScreen {
  readonly columns: number;
  readonly rows: number;
  /** Draws a picture of as many lines as the screen has rows. Only what is new is written. */
  draw(lines: readonly Line[]): void;
  /** Draws the last picture whole, as after somebody else has written on the screen. */
  redraw(): void;
  /** Gives the terminal away as it was found, until `resume`. */
  suspend(): void;
  resume(): void;
  /** Gives the terminal back for good. */
  close(): void;
}

export interface ScreenOptions {
  readonly terminal: HeldTerminal;
  readonly paint: Painter;
  readonly onKey: (key: Key) => void;
  readonly onResize: () => void;
}

/** More pictures than this a second are not seen, and cost a slow line much. */
const mostPicturesPerSecond = 60;
/** Bracketed paste off, cursor on: for a terminal on which Ink was cut short. */
const asFound = '\u001B[?2004l\u001B[?25h';

const eraseScreen = '\u001B[2J\u001B[H';

/** Takes the screen. Yoga has to be loaded before. */
export function openScreen({ terminal, paint, onKey, onResize }: ScreenOptions): TerminalScreen {
  const { input, output } = terminal;
  const control: { suspend?: () => Promise<TerminalSuspension> } = {};
  const picture = (lines: readonly Line[]): ReactElement => (
    <Picture lines={lines.map((line) => paint(line))} onKey={onKey} control={control} />
  );
  let last: readonly Line[] = [];
  let suspension: Promise<TerminalSuspension> | undefined;
  let isOpen = true;
  const ink = render(picture(last), {
    stdin: input,
    stdout: output,
    stderr: output,
    interactive: true,
    alternateScreen: true,
    incrementalRendering: true,
    exitOnCtrlC: false,
    patchConsole: false,
    isScreenReaderEnabled: false,
    maxFps: mostPicturesPerSecond,
  });
  output.on('resize', onResize);
  return {
    get columns() {
      return output.columns;
    },
    get rows() {
      return output.rows;
    },
    draw: (lines) => {
      last = lines;
      if (isOpen && suspension === undefined) ink.rerender(picture(lines));
    },
    redraw: () => {
      if (!isOpen || suspension !== undefined) return;
      ink.clear();
      output.write(eraseScreen);
      ink.rerender(picture(last));
    },
    suspend: () => {
      if (!isOpen || suspension !== undefined) return;
      suspension = control.suspend?.();
    },
    resume: () => {
      const ended = suspension;
      suspension = undefined;
      if (isOpen) void ended?.then((given) => given.resume());
    },
    close: () => {
      if (!isOpen) return;
      isOpen = false;
      output.off('resize', onResize);
      try {
        ink.unmount();
      } finally {
        output.write(asFound);
        input.setRawMode(false);
      }
    },
  };
}

interface PictureProps {
  readonly lines: readonly string[];
  readonly onKey: (key: Key) => void;
  readonly control: { suspend?: () => Promise<TerminalSuspension> };
}

function Picture({ lines, onKey, control }: PictureProps): ReactElement {
  const { suspendTerminal } = useApp();
  control.suspend = () => suspendTerminal();
  useInput((text, key) => {
    for (const pressed of keysOf(text, key)) onKey(pressed);
  });
  usePaste((text) => onKey({ kind: 'paste', text }));
  return (
    <Box flexDirection="column">
      {lines.map((line, index) => (
        // A line has nothing of its own but its place.
        <Text key={index} wrap="truncate">
          {line === '' ? ' ' : line}
        </Text>
      ))}
    </Box>
  );
}

import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { openApp, type App, type AppPlace } from './open-app.ts';

const HELP = `use BACKEND     choose it, or \`use automatic\`
off BACKEND     never use it
on BACKEND      take that back
status          what counts, and what would run
why             every backend with its reasons
add 1 2 + 3 4   add numbers with the model
quit
`;

/** The window of the app, in a terminal: one command on a line, until `quit` or the end of the input. */
export async function runWindow(place: AppPlace, input: Readable, output: Writable): Promise<void> {
  const app = await openApp(place);
  output.write(`${HELP}\n${await app.status()}\n> `);
  for await (const line of createInterface({ input })) {
    const [command = '', ...words] = line.trim().split(/\s+/);
    if (command === 'quit') return;
    try {
      output.write(`${await answer(app, command, words)}\n> `);
    } catch (error) {
      output.write(`${(error as Error).message}\n> `);
    }
  }
}

async function answer(app: App, command: string, words: readonly string[]): Promise<string> {
  const [word = ''] = words;
  switch (command) {
    case 'use':
      return app.choose(word);
    case 'off':
    case 'on':
      return app.switch(word, command === 'off');
    case 'status':
      return app.status();
    case 'why':
      return app.why();
    case 'add': {
      const plus = words.indexOf('+');
      if (plus === -1) return 'Write a + between the two lists: add 1 2 + 3 4.';
      return app.add(words.slice(0, plus).map(Number), words.slice(plus + 1).map(Number));
    }
    default:
      return HELP;
  }
}

import type { CoreMlChoice } from './coreml-flags.ts';
import { flagKnownCases } from './coreml-known-cases.ts';

/**
 * Opens a session and tells what takes long, what is known to go wrong with such options, and how long it
 * took. The engine compiles while it opens and does not tell the two apart; it keeps nothing for the next time.
 */
export async function tellOpening<Session>(
  choice: CoreMlChoice,
  tell: ((phase: string) => void) | undefined,
  open: () => Promise<Session>,
): Promise<Session> {
  if (tell === undefined) return open();
  tell(`compiling for CoreML (\`coreml:${choice.units}\`, ${choice.modelFormat})`);
  const begun = performance.now();
  const session = await open();
  const took = ((performance.now() - begun) / 1000).toFixed(1);
  tell(
    `compiled and opened on CoreML in ${took} s; it keeps no compiled model, so that the next opening takes as long`,
  );
  const flagged = flagKnownCases(choice);
  if (flagged !== null) tell(flagged);
  return session;
}

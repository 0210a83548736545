import { describeHost, readHostFacts } from '@switchyard/core/host';
import type { CliContext, GlobalOptions } from '../cli-context.ts';

/** `switchyard host`: what this machine is, with the source of every fact. */
export async function host(context: CliContext, options: GlobalOptions): Promise<number> {
  const facts = await readHostFacts({ environment: context.environment });
  context.stdout.write(`${options.json ? JSON.stringify(facts, null, 2) : describeHost(facts)}\n`);
  return 0;
}

// Run by huge-model.test.ts in a process of its own: prints the summary's facts and the most memory it ever held.
import { inspectModel } from '../index.ts';

const idle = process.resourceUsage().maxRSS;
const { inputs, outputs, operators, parameterCount, parameterBytes } = await inspectModel(process.argv[2]!);
const peak = process.resourceUsage().maxRSS;
const facts = { inputs, outputs, operators, parameterCount, parameterBytes, idleKib: idle, peakKib: peak };
process.stdout.write(JSON.stringify(facts));

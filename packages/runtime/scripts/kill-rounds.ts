// node --conditions=@switchyard/source scripts/kill-rounds.ts [ROUNDS]: kills runs in their middle and says what is left.
import { killRounds } from '../src/isolation/__fixtures__/kill-rounds.ts';

const result = await killRounds(Number(process.argv[2] ?? 1000));
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);

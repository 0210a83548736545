// node --conditions=@switchyard/source main.ts [--explain] [--with BACKEND] [--without BACKEND]
import { runProgram } from './run-program.ts';

process.exitCode = await runProgram(process.argv.slice(2), (text) => void process.stdout.write(text));

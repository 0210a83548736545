// node --conditions=@switchyard/source serve.ts [FLAG...]
// The same as `npx switchyard-server examples/digit-classifier/digits.onnx`, from the sources of this repository.
import { fileURLToPath } from 'node:url';
import { runServer } from '@switchyard/server';

const model = fileURLToPath(import.meta.resolve('@switchyard/example-digit-classifier/digits.onnx'));
const status = await runServer({
  argv: [model, ...process.argv.slice(2)],
  environment: process.env,
  cwd: process.cwd(),
  stdout: process.stdout,
  stderr: process.stderr,
});
process.exit(status);

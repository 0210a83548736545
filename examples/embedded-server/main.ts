// node --conditions=@switchyard/source main.ts [MODELS...]
import { fileURLToPath } from 'node:url';
import { createApplication } from './create-application.ts';

const given = process.argv.slice(2);
const app = await createApplication(
  given.length > 0 ? given : [fileURLToPath(new URL('models', import.meta.url))],
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void app.close());
const url = await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT'] ?? 8080) });
console.log(`${url}/opposite/1,2,3 and ${url}/models/v2`);

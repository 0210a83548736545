// What a start of the command line cannot do without: its packages, imported from the folder of the CLI, and the facts
// about the machine. `direct-run.mjs` does the rest of what `run` does, where a model is named first.
import { createRequire, enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [model, app] = process.argv.slice(2);
enableCompileCache(join(process.env.SWITCHYARD_CACHE_DIR, '.compiled'));
const { resolve } = createRequire(join(app, 'package.json'));
const importFromApp = (name) => import(pathToFileURL(resolve(`@switchyard/${name}`)).href);

await Promise.all(['core', 'composition', 'runtime'].map(importFromApp));
const { readHostFacts } = await importFromApp('core/host');
await readHostFacts();
const backends = ['cpu', 'cuda', 'mps-coreml', 'openvino', 'webgpu', 'wasm'];
await Promise.all(backends.map((id) => importFromApp(`backend-${id}`)));
if (model !== 'none') await import('./direct-run.mjs');

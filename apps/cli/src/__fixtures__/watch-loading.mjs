// Preload of a child process: native code is forbidden, and every module is listed on descriptor 3.
import { writeSync } from 'node:fs';
import { registerHooks } from 'node:module';

process.dlopen = () => {
  throw new Error('Loading native code is forbidden here.');
};
registerHooks({
  load(url, context, nextLoad) {
    writeSync(3, `${url}\n`);
    return nextLoad(url, context);
  },
});

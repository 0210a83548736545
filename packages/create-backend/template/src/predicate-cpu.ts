import { makeReason, type HostFacts, type PredicateAnswerV1 } from '@switchyard/core';
import { deviceOf } from './devices.ts';
import { TITLE } from './identity.ts';

// fill-in: The systems that your engine is built for, as `platform-arch` of Node.js.
const SYSTEMS: readonly string[] = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64', 'win32-arm64'];

/** Whether the engine runs on a machine. Looks at recorded facts and at nothing else. */
export function predicate(host: HostFacts): PredicateAnswerV1 {
  const system = `${host.os.platform}-${host.os.arch}`;
  if (SYSTEMS.includes(system)) {
    const name = host.cpu.model.known ? host.cpu.model.value : 'CPU';
    return { eligible: 'yes', reasons: [], devices: [deviceOf(0, name)] };
  }
  const message = `${TITLE} has no build for ${system}; it has builds for ${SYSTEMS.join(', ')}.`;
  const reason = makeReason('platform-unsupported', message, { os: system }, null);
  return { eligible: 'no', reasons: [reason], devices: [] };
}

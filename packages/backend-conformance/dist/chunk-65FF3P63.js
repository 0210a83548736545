import {
  CONFORMANCE_CASES,
  caseOf,
  settleCase
} from "./chunk-YQYXCHMA.js";
import {
  endingOf,
  expectThat,
  startChild
} from "./chunk-2W2LR6AV.js";
import {
  openModel
} from "./chunk-RELHHSQE.js";

// src/create-conformance.ts
import { errorText as errorText2, RegistrationError } from "@switchyard/core";
import { readHostFacts } from "@switchyard/core/host";

// src/look-at-machine.ts
import {
  askPredicate,
  checkBackend,
  deepFreeze,
  errorText,
  select
} from "@switchyard/core";
import { probeBackend, probeOutcome } from "@switchyard/runtime";
async function lookAtMachine(backend, host, wanted) {
  const { manifest } = checkBackend(backend);
  const answer = askPredicate(backend.predicate, deepFreeze(host));
  const artifacts = await backend.doArtifacts?.(host) ?? [];
  const problems = artifacts.flatMap(({ problem }) => problem === null ? [] : [problem]);
  const saidNo = answer.ok && answer.answer.eligible === "no" ? answer.answer.reasons : [];
  const absent = [...saidNo, ...saidNo.length > 0 ? [] : problems];
  let probe = null;
  let devices = [];
  if (backend.origin !== void 0) {
    probe = await probeBackend({ backend, host });
    devices = probe.devices;
    if (devices.length === 0 && absent.length === 0 && probe.reason !== null) absent.push(probe.reason);
  } else if (absent.length === 0) {
    const result = await probeHere(backend, host);
    if (result.ok) devices = result.devices;
    else absent.push(result.reason);
  }
  const device = absent.length > 0 ? null : devices.find(({ id }) => id === wanted) ?? (wanted === void 0 ? devices[0] : void 0) ?? null;
  if (device === null && absent.length === 0) absent.push(noDevice(manifest.id, wanted, devices));
  const instead = device === null ? refusalOf(backend, host, artifacts, probe, absent) : { holds: true, text: "" };
  return { device, devices, absent: device === null ? absent : [], probe, instead };
}
async function probeHere(backend, host) {
  try {
    return await backend.doProbe({ host });
  } catch (error) {
    const message = `Its \`doProbe\` threw: ${errorText(error)}`;
    return { ok: false, reason: { code: "plugin-bug", message, evidence: [], remedy: null } };
  }
}
function refusalOf(backend, host, artifacts, probe, absent) {
  const { manifest } = checkBackend(backend);
  const { id } = manifest;
  const outcome = probe === null || absent.some(({ code: code2 }) => code2 === "device-unknown") ? null : probeOutcome(probe);
  const first = absent[0];
  const report = select({
    known: [{ state: "installed", manifest, predicate: backend.predicate, artifacts }],
    host,
    settings: [{ kind: "backend", backend: id, source: { layer: "api", detail: "the conformance kit" } }],
    // Where the files are there and the probe was what failed, selection knows it from the probe.
    probes: { [id]: outcome ?? { ok: false, reason: first } }
  });
  const reasons = report.candidates.find((candidate) => candidate.backend === id)?.reasons ?? [];
  const code = absent.find((reason) => reasons.some((given) => given.code === reason.code))?.code;
  if (report.outcome === "refused" && code !== void 0) {
    return { holds: true, text: `An exact request for \`${id}\` is refused with \`${code}\`.` };
  }
  const found = report.outcome === "refused" ? reasons.map((reason) => reason.code).join(", ") : "a selection";
  return {
    holds: false,
    text: `An exact request for \`${id}\` should be refused with \`${first.code}\`, and gives ${found}.`
  };
}
function noDevice(id, wanted, devices) {
  const listed = devices.map((device) => `\`${device.id}\``).join(", ") || "none";
  return {
    code: "device-unknown",
    message: `\`${wanted ?? id}\` is not among the devices that the probe lists: ${listed}.`,
    evidence: [{ path: "probe.devices", value: devices.map((device) => device.id) }],
    remedy: "Name one of them."
  };
}

// src/create-conformance.ts
function createConformance(options) {
  const { create, skip = [], requireDevice = false, optionSets, environment, device: wanted } = options;
  const settings = {
    ...optionSets === void 0 ? {} : { optionSets },
    ...environment === void 0 ? {} : { environment },
    ...wanted === void 0 ? {} : { device: wanted }
  };
  const backend = create();
  for (const { cases } of skip) for (const id of cases) checkId(id);
  let host;
  let state;
  let sessions;
  const hostFacts = () => host ??= options.host === void 0 ? readHostFacts() : Promise.resolve(options.host);
  const machine = () => state ??= hostFacts().then((facts) => lookAtMachine(backend, facts, wanted));
  const requestOf = async (mode, more) => {
    const { device, probe } = await machine();
    const origin = backend.origin;
    return { mode, origin, host: await hostFacts(), settings, device, probe, more };
  };
  const contextOf = async (one) => {
    const facts = await hostFacts();
    const { device, probe } = one.needs === "nothing" ? { device: null, probe: null } : await machine();
    return {
      backend,
      host: facts,
      settings,
      create,
      probe,
      // Cases that do not need a device do not look at it.
      device,
      open: (model, context) => openModel({ backend, device }, model, context),
      child: async (mode, more = {}) => {
        const nodeFlags = mode === "leak" ? ["--expose-gc"] : [];
        return startChild(await requestOf(mode, more), { nodeFlags }).end();
      }
    };
  };
  const runInSession = async (one) => {
    sessions ??= startChild(await requestOf("cases", {}));
    sessions.send({ run: one.id });
    const answer = await sessions.next();
    if (answer !== null) return answer;
    const ended = await sessions.end();
    sessions = void 0;
    return { case: one.id, failure: `The process ${endingOf(ended)}.`, figures: {} };
  };
  return {
    cases: CONFORMANCE_CASES.map(({ id, title }) => ({ id, title })),
    machine,
    run: async (id) => {
      const one = caseOf(id);
      const began = performance.now();
      const result = (status, detail, more = {}) => ({
        id,
        title: one.title,
        status,
        detail,
        instead: null,
        figures: {},
        ...more,
        durationMs: performance.now() - began
      });
      const failed = (found, figures = {}) => result("failed", `${id}, ${one.title}: ${found} To pass: ${one.change}`, { figures });
      try {
        const skipped = skip.find(({ cases }) => cases.some((name) => name === id || id.startsWith(`${name}.`)));
        if (skipped !== void 0) {
          const text = await insteadOf(skipped, { backend, host: await hostFacts() }, machine);
          return result("skipped", skipped.reason, { instead: text });
        }
        if (one.needs.startsWith("origin") && backend.origin === void 0) {
          return result("skipped", "This object has no `origin`, so that no other process can make it.", {
            instead: "It can only run inline, in the process of its caller."
          });
        }
        if (one.needs.endsWith("device")) {
          const { device, absent, instead } = await machine();
          if (device === null) {
            const why = absent.map(({ code, message }) => `${code}: ${message}`).join(" ");
            if (requireDevice) return failed(`The device is required here, and there is none: ${why}`);
            if (!instead.holds) return failed(`There is no device (${why}), and ${instead.text}`);
            return result("skipped", why, { instead: instead.text });
          }
        }
        const inSession = one.place === "session" && backend.origin !== void 0;
        const answer = inSession ? await runInSession(one) : await settleCase(one, await contextOf(one));
        return answer.failure === null ? result("passed", null, { figures: answer.figures }) : failed(answer.failure, answer.figures);
      } catch (error) {
        const text = RegistrationError.isInstance(error) ? error.message : errorText2(error);
        return failed(text);
      }
    },
    [Symbol.asyncDispose]: async () => {
      await sessions?.end();
      sessions = void 0;
    }
  };
}
async function insteadOf({ instead, reason }, context, machine) {
  expectThat(reason.trim() !== "", "It is skipped without a reason.");
  if (instead !== void 0) {
    await instead.check(context);
    return instead.text;
  }
  const { device, instead: refusal } = await machine();
  expectThat(
    device === null && refusal.holds,
    `It is skipped because: ${reason} What happens in its place is not said (\`instead\`), and this machine has the device.`
  );
  return refusal.text;
}
function checkId(id) {
  const known = CONFORMANCE_CASES.some((one) => one.id === id || one.id.startsWith(`${id}.`));
  if (!known) throw new RangeError(`There is no conformance case \`${id}\` to skip; \`CONFORMANCE_CASES\` lists them.`);
}

export {
  createConformance
};
//# sourceMappingURL=chunk-65FF3P63.js.map
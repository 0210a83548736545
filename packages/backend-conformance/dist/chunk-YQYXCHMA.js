import {
  ConformanceFailure,
  OPTION_CASES,
  endingOf,
  expectThat,
  programOf,
  shown,
  startChild
} from "./chunk-2W2LR6AV.js";
import {
  CHOICE,
  CONVOLUTION,
  COUNTING,
  LARGE_PERCEPTRON,
  MATMUL,
  MIXED,
  PERCEPTRON,
  SOFTMAX,
  UNKNOWN_OPERATOR,
  deviceOf,
  difference,
  floats,
  identity,
  makeAgain,
  openModel
} from "./chunk-RELHHSQE.js";
import {
  __callDispose,
  __using
} from "./chunk-UAWBPTDW.js";

// src/child/run-session-case.ts
import { errorText } from "@switchyard/core";

// src/cases/k10-leak.ts
var PER_SESSION = 1.5 * 1024 * 1024;
var PER_RUN = 16 * 1024;
function slope(sizes, stepsPerSample) {
  const third = Math.floor(sizes.length / 3);
  const median = (list) => list.toSorted((left, right) => left - right)[Math.floor(list.length / 2)];
  const growth = median(sizes.slice(-third)) - median(sizes.slice(third, 2 * third));
  return growth / (third * stepsPerSample);
}
var LEAK_CASES = [
  {
    id: "K10.1",
    title: "memory does not grow with sessions that were released, or with runs",
    change: "Free what a run and a session allocated, native handles above all, and keep no list of them.",
    needs: "origin-and-device",
    place: "caller",
    async run({ child }) {
      const ended = await child("leak");
      expectThat(ended.answer !== null && ended.code === 0, () => `The process that was measured ${endingOf(ended)}.`);
      const { sessions, runs, runsPerSample } = ended.answer;
      const perSession = Math.round(slope(sessions, 1));
      const perRun = Math.round(slope(runs, runsPerSample));
      expectThat(
        perSession <= PER_SESSION,
        `Each session that was opened and released leaves ${perSession} bytes behind, over ${sessions.length} of them.`
      );
      expectThat(perRun <= PER_RUN, `Each run leaves ${perRun} bytes behind, over ${runs.length * runsPerSample} of them.`);
      return { bytesPerSession: perSession, bytesPerRun: perRun };
    }
  }
];

// src/cases/k11-side-effects.ts
import { mkdtemp, readdir, realpath, rm } from "fs/promises";
import { tmpdir } from "os";
import { join } from "path";
var SIDE_EFFECT_CASES = [
  {
    id: "K11.1",
    title: "using it prints nothing on standard output, changes no variable and no folder, and leaves no file",
    change: "Undo what the message names: log to nowhere, hand settings to the engine rather than to the environment, and delete temporary files at the release.",
    needs: "origin-and-device",
    place: "caller",
    async run({ child, settings }) {
      const folder = await realpath(await mkdtemp(join(tmpdir(), "switchyard-conformance-")));
      try {
        const ended = await child("side-effects", { folder });
        expectThat(ended.answer !== null && ended.code === 0, () => `The process that used it ${endingOf(ended)}.`);
        const { variables, cwd, listeners } = ended.answer;
        const minded = variables.filter((name) => !/TELEMETRY|DO_NOT_TRACK/.test(name));
        const changed = minded.filter((name) => settings.environment?.includes(name) !== true);
        expectThat(ended.stdout === "", `It printed ${shown(ended.stdout)} to standard output.`);
        expectThat(
          changed.length === 0,
          `It changed the variables ${changed.join(", ")}; name in \`environment\` what the engine needs before it is loaded.`
        );
        expectThat(cwd === join(folder, "work"), `It changed the working directory to ${cwd}.`);
        expectThat(listeners.length === 0, `It listens to ${listeners.join(", ")} of the process.`);
        const left = await readdir(folder, { recursive: true });
        const files = left.filter((path) => path !== "work" && path !== "temporary");
        expectThat(files.length === 0, `It left files behind: ${files.slice(0, 5).join(", ")}.`);
        return { variables: variables.length };
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }
  }
];

// src/cases/k12-remembering.ts
import { mkdtemp as mkdtemp2, rm as rm2 } from "fs/promises";
import { tmpdir as tmpdir2 } from "os";
import { join as join2 } from "path";
import { openStore, rememberedProbe, rememberProbe } from "@switchyard/runtime";

// src/cases/k4-probe.ts
import { pathToFileURL } from "url";
import { probeBackend } from "@switchyard/runtime";
var MEMORY_LIMIT = 384 * 1024 * 1024;
var faulty = /* @__PURE__ */ new WeakMap();
function probeWithFault(context, fault) {
  const records = faulty.get(context.backend) ?? /* @__PURE__ */ new Map();
  faulty.set(context.backend, records);
  const record = records.get(fault) ?? startFaultyProbe(context, fault);
  records.set(fault, record);
  return record;
}
function startFaultyProbe({ backend, host }, fault) {
  return probeBackend({
    backend: {
      ...backend,
      origin: {
        module: pathToFileURL(programOf("faults")).href,
        factory: "createFaultyBackend",
        arguments: [backend.origin, fault]
      },
      // Files that are missing would end the probe before the fault.
      doArtifacts: async () => []
    },
    host,
    ...fault === "memory" ? { memoryLimitBytes: MEMORY_LIMIT } : {},
    ...fault === "hang" ? { deadlines: { engine: 300 } } : {}
  });
}
function said({ status, summary, reason }) {
  return `${status}, ${reason?.code ?? "no reason"}: ${shown(reason?.message ?? summary)}`;
}
var OUTCOMES = {
  abort: { status: "crashed", code: "probe-crashed" },
  segfault: { status: "crashed", code: "probe-crashed" },
  hang: { status: "timeout", code: "probe-timeout" },
  garbage: { status: "failed", code: "plugin-bug" },
  memory: { status: "crashed", code: "probe-crashed" }
};
var PROBE_CASES = [
  {
    id: "K4.1",
    title: "a probe says that it works, or why it does not",
    change: "Return `{ ok: false, reason }` from `doProbe` for everything that can go wrong, and set `origin` to the module and factory that make this very backend.",
    needs: "origin",
    place: "caller",
    async run({ probe }) {
      expectThat(probe !== null, "It was not probed, because its own files are missing or its predicate says no.");
      const { status, reason, levels, evidence } = probe;
      expectThat(
        status !== "crashed" && reason?.code !== "plugin-bug",
        () => `The probe ended as ${said(probe)}.`
      );
      expectThat(
        levels.some(({ level, status: ended }) => level === "module" && ended === "ok") || levels.every(({ level }) => level === "artifacts"),
        () => `No other process could make it: ${said(probe)}.`
      );
      expectThat(evidence.stdout === "", `The probe printed to standard output: ${shown(evidence.stdout)}.`);
      if (status !== "ok") {
        expectThat(
          reason !== null && reason.message.trim().endsWith("."),
          () => `It does not work, and says why without a sentence: ${said(probe)}.`
        );
      }
      const devices = probe.devices.map(({ id }) => id).join(", ");
      return { status, ...devices === "" ? {} : { devices } };
    }
  },
  {
    id: "K4.2",
    title: "a process that dies, hangs or talks nonsense while it is tried is told for what it is",
    change: "Leave the process as it is: no handlers of signals or of uncaught exceptions, no replaced `process` members, nothing on file descriptor 3.",
    needs: "origin",
    place: "caller",
    async run(context) {
      const faults = Object.keys(OUTCOMES);
      const possible = faults.filter((fault) => fault !== "memory" || process.platform === "linux");
      const records = await Promise.all(possible.map((fault) => probeWithFault(context, fault)));
      for (const [index, record] of records.entries()) {
        const fault = possible[index];
        const wanted = OUTCOMES[fault];
        expectThat(
          record.status === wanted.status && record.reason?.code === wanted.code,
          () => `With the fault \`${fault}\` the probe ended as ${said(record)}, and not as ${wanted.status}, ${wanted.code}.`
        );
      }
      return { faults: possible.length };
    }
  },
  {
    id: "K4.3",
    title: "noise on standard output and standard error changes no answer",
    change: "Answer with what `doProbe` returns, and with nothing that is printed.",
    needs: "origin",
    place: "caller",
    async run(context) {
      const { probe } = context;
      expectThat(probe !== null, "It was not probed.");
      const noisy = await probeWithFault(context, "noise");
      if (probe.levels.some(({ level, status }) => level === "artifacts" && status !== "ok")) return { status: noisy.status };
      expectThat(
        noisy.status === probe.status && noisy.reason?.code === probe.reason?.code,
        () => `Without noise the probe ended as ${said(probe)}, with noise as ${said(noisy)}.`
      );
      return { status: noisy.status };
    }
  }
];

// src/cases/k12-remembering.ts
var MINUTE_MS = 6e4;
var REMEMBERING_CASES = [
  {
    id: "K12.1",
    title: "a probe that was interrupted or failed is forgotten by the next one",
    change: "Keep no promise and no verdict of a probe that failed or was aborted: look again the next time.",
    needs: "origin",
    place: "caller",
    async run({ child, probe }) {
      const ended = await child("probe-again");
      expectThat(ended.answer !== null && ended.code === 0, () => `The process that probed it twice ${endingOf(ended)}.`);
      const { clean, again } = ended.answer;
      expectThat(
        shown(again) === shown(clean),
        () => `By itself the probe says ${shown(clean)}; after one that was aborted it says ${shown(again)}.`
      );
      return { status: probe?.status ?? "unknown" };
    }
  },
  {
    id: "K12.2",
    title: "a probe that ran out of time is not kept, and a crash only for a while",
    change: "Let a probe that takes too long be ended from outside: catch neither the signal nor the silence.",
    needs: "origin",
    place: "caller",
    async run(context) {
      const folder = await mkdtemp2(join2(tmpdir2(), "switchyard-conformance-"));
      try {
        let now = Date.now();
        const store = openStore(folder, { now: () => now });
        const late = await probeWithFault(context, "hang");
        const lost = await probeWithFault(context, "segfault");
        expectThat(
          late.status === "timeout" && lost.status === "crashed",
          `A probe that hangs ended as ${late.status}, and one whose process dies as ${lost.status}.`
        );
        expectThat(
          !await rememberProbe(store, "late", late) && await rememberedProbe(store, "late") === null,
          "A probe that ran out of time was remembered, as if the hardware were absent."
        );
        await rememberProbe(store, "lost", lost);
        expectThat((await rememberedProbe(store, "lost"))?.outcome.ok === false, "A probe that crashed was not remembered.");
        now += 11 * MINUTE_MS;
        expectThat(
          await rememberedProbe(store, "lost") === null,
          "A probe that crashed is still held against it eleven minutes later."
        );
        return void 0;
      } finally {
        await rm2(folder, { recursive: true, force: true });
      }
    }
  }
];

// src/cases/k13-twice.ts
async function worksIn(context, mode, what) {
  const ended = await context.child(mode);
  expectThat(ended.answer !== null && ended.code === 0, () => `A process with ${what} ${endingOf(ended)}.`);
  const { results } = ended.answer;
  for (const [index, found] of results.entries()) {
    expectThat(shown(found) === "[4,6]", `With ${what}, the session of number ${index + 1} computes ${shown(found)}, and not [4,6].`);
  }
  return { sessions: results.length };
}
var TWICE_CASES = [
  {
    id: "K13.1",
    title: "two copies of its modules work in one process",
    change: "Load native code in one place per process, kept under `Symbol.for(\u2026)` on `globalThis`, so that a second copy of your module finds the first.",
    needs: "origin-and-device",
    place: "caller",
    run: (context) => worksIn(context, "copies", "two copies of the module")
  },
  {
    id: "K13.2",
    title: "it works in two worker threads at once, or says that it must not be in one",
    change: "Keep no state that two threads of one process would share, or raise `isolation.minimum` to `process`.",
    needs: "origin-and-device",
    place: "caller",
    async run(context) {
      const { minimum } = context.backend.manifest.isolation;
      if (minimum === "process") return { sessions: 0, minimum };
      return worksIn(context, "workers", "two worker threads");
    }
  }
];

// src/cases/k1-manifest.ts
import { checkBackend } from "@switchyard/core";
var MANIFEST_CASES = [
  {
    id: "K1.1",
    title: "the manifest is plain data within the contract",
    change: "Correct the member of `manifest` that the message names; it has to be JSON and complete.",
    needs: "nothing",
    place: "caller",
    async run({ backend }) {
      const { manifest } = checkBackend(backend);
      expectThat(
        shown(JSON.parse(JSON.stringify(manifest))) === shown(manifest),
        "The manifest holds something that JSON does not keep."
      );
      expectThat(manifest.dtypes.length > 0, "The manifest declares no element type (`dtypes`).");
      expectThat(
        new Set(manifest.dtypes).size === manifest.dtypes.length,
        "The manifest declares an element type twice."
      );
      expectThat(
        /[.!?]$/.test(manifest.optInReason.trim()),
        `\`optInReason\` is no sentence with a full stop: ${shown(manifest.optInReason)}.`
      );
      return { id: manifest.id, dtypes: manifest.dtypes.length, options: Object.keys(manifest.options).length };
    }
  },
  {
    id: "K1.2",
    title: "importing its module and making it does nothing",
    change: "Move whatever the message names out of the top level of your modules and out of the factory, into `doProbe`, `doDevices` and `doOpen`.",
    needs: "origin",
    place: "caller",
    async run({ child }) {
      const ended = await child("import");
      expectThat(ended.answer !== null && ended.code === 0, () => `The process that imported it ${endingOf(ended)}.`);
      const record = ended.answer;
      expectThat(record.problem === null, () => `Importing the module or making the backend failed: ${record.problem}.`);
      const done = Object.entries(record.done).flatMap(([what, list]) => list.map((one) => `${what} ${one}`));
      expectThat(done.length === 0, () => `Importing it and making it did: ${done.slice(0, 5).join("; ")}.`);
      expectThat(ended.stdout === "", () => `Importing it printed ${shown(ended.stdout)} to standard output.`);
      expectThat(ended.stderr === "", () => `Importing it printed ${shown(ended.stderr)} to standard error.`);
      return { milliseconds: Math.round(record.milliseconds) };
    }
  },
  {
    id: "K1.3",
    title: "every object of it says the same about itself",
    change: "Make the manifest a constant: no accessor, no counter, nothing that depends on when it is read.",
    needs: "nothing",
    place: "caller",
    async run({ backend, create }) {
      const first = shown(backend.manifest);
      expectThat(shown(backend.manifest) === first, "The manifest says something else when it is read again.");
      expectThat(
        shown(create().manifest) === first,
        "Another object of the backend has another manifest."
      );
      return void 0;
    }
  },
  {
    id: "K1.4",
    title: "looking for its files loads, starts and writes nothing",
    change: "Read directories and nothing else in `doArtifacts`; what has to be loaded belongs in `doProbe`.",
    needs: "origin",
    place: "caller",
    async run({ child }) {
      const ended = await child("artifacts");
      expectThat(ended.answer !== null && ended.code === 0, () => `The process that looked ${endingOf(ended)}.`);
      const record = ended.answer;
      expectThat(record.problem === null, () => `\`doArtifacts\` rejected: ${record.problem}.`);
      const done = Object.entries(record.done).filter(([what]) => what !== "read the variable");
      expectThat(done.length === 0, () => `\`doArtifacts\` did: ${done.map(([what, list]) => `${what} ${list[0]}`).join("; ")}.`);
      expectThat(ended.stdout === "", () => `It printed ${shown(ended.stdout)} to standard output.`);
      return void 0;
    }
  }
];

// src/cases/k2-predicate.ts
import { askPredicate, checkBackend as checkBackend2, deepFreeze } from "@switchyard/core";
import { loadMachine, MACHINE_NAMES } from "@switchyard/core/machines";
var FORGETFUL = 12;
async function machines({ host }) {
  const recorded = await Promise.all(
    MACHINE_NAMES.map(async (name) => ({ name, host: await loadMachine(name) }))
  );
  const all = [...recorded, { name: "this machine", host }];
  return [
    ...all,
    ...all.map((machine) => ({
      name: `${machine.name} with nothing known`,
      host: deepFreeze(forget(machine.host, () => true))
    })),
    ...all.flatMap(
      (machine, index) => Array.from({ length: FORGETFUL }, (_, round) => {
        const paths = factPaths(machine.host);
        const coin = coins(index * FORGETFUL + round);
        const forgotten = paths.filter(() => coin());
        return {
          name: `${machine.name} without ${forgotten.join(", ")}`,
          host: deepFreeze(forget(machine.host, (path) => forgotten.includes(path)))
        };
      })
    )
  ];
}
function coins(seed) {
  let state = seed * 7919 + 1;
  return () => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state % 1e3 < 500;
  };
}
function forget(value, chosen, path = "") {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  if ("known" in value) return chosen(path) ? { known: false, why: "nobody looked" } : value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      forget(member, chosen, path === "" ? key : `${path}.${key}`)
    ])
  );
}
function factPaths(value, path = "") {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  if ("known" in value) return value.known ? [path] : [];
  return Object.entries(value).flatMap(
    ([key, member]) => factPaths(member, path === "" ? key : `${path}.${key}`)
  );
}
function ask({ backend }, { name, host }) {
  const checked = askPredicate(backend.predicate, host);
  expectThat(checked.ok, () => `On ${name}: ${checked.ok ? "" : checked.problem}.`);
  return checked.answer;
}
var PREDICATE_CASES = [
  {
    id: "K2.1",
    title: "the predicate answers for every machine, at once and the same each time",
    change: "Make `predicate` total: return `unknown` with a reason where a fact is not known, and never throw.",
    needs: "nothing",
    place: "caller",
    async run(context) {
      const { backend } = context;
      const counts = { yes: 0, no: 0, unknown: 0 };
      const all = await machines(context);
      for (const machine of all) {
        const before = shown(machine.host);
        const frozen = deepFreeze(machine.host);
        const answer = ask(context, { ...machine, host: frozen });
        counts[answer.eligible] += 1;
        const again = ask(context, { ...machine, host: deepFreeze(structuredClone(frozen)) });
        expectThat(
          JSON.stringify(again) === JSON.stringify(answer),
          () => `On ${machine.name} it first answered ${shown(answer)}, then ${shown(again)}.`
        );
        expectThat(shown(machine.host) === before, () => `On ${machine.name} it changed the facts.`);
        const other = backend.predicate(frozen);
        expectThat(
          typeof other?.then !== "function",
          () => `On ${machine.name} it returned a promise.`
        );
      }
      return { machines: all.length, ...counts };
    }
  },
  {
    id: "K2.2",
    title: "the predicate looks at nothing but the facts",
    change: "Read only the `host` argument in `predicate`: no `process`, no files, no clock, no random numbers.",
    needs: "origin",
    place: "caller",
    async run({ child }) {
      const ended = await child("predicate");
      expectThat(ended.answer !== null && ended.code === 0, () => `The process that asked it ${endingOf(ended)}.`);
      const { touched, machines: asked } = ended.answer;
      expectThat(touched.length === 0, () => `The predicate looked at ${touched.slice(0, 5).join(", ")}.`);
      return { machines: asked };
    }
  },
  {
    id: "K2.3",
    title: "every reason is complete, and every device is one",
    change: "Complete the reason or the device that the message quotes.",
    needs: "nothing",
    place: "caller",
    async run(context) {
      const { manifest } = checkBackend2(context.backend);
      let reasons = 0;
      for (const machine of await machines(context)) {
        const { eligible, devices, blockers = [], ...answer } = ask(context, machine);
        for (const reason of [...answer.reasons, ...blockers]) {
          reasons += 1;
          const quoted = `On ${machine.name}, the reason \`${reason.code}\` says ${shown(reason.message)}`;
          expectThat(/[.!?)]$/.test(reason.message.trim()), `${quoted}, which has no full stop.`);
          expectThat(
            !/\bundefined\b|\bNaN\b|\[object |\$\{/.test(`${reason.message} ${reason.remedy ?? ""}`),
            `${quoted}, in which a value was not filled in.`
          );
          expectThat(reason.evidence.length > 0, `${quoted}, and names no fact as its evidence.`);
        }
        const ids = devices.map(({ id }) => id);
        expectThat(new Set(ids).size === ids.length, `On ${machine.name} it lists a device twice: ${ids.join(", ")}.`);
        expectThat(eligible !== "no" || devices.length === 0, `On ${machine.name} it says no and lists devices.`);
        for (const device of devices) {
          const emulated = device.software === true && device.kind === "cpu";
          expectThat(
            emulated || manifest.deviceKinds.includes(device.kind),
            `On ${machine.name} the device \`${device.id}\` is of the kind ${device.kind}, which \`deviceKinds\` does not name.`
          );
          expectThat(
            device.software !== true || device.kind === "cpu",
            `On ${machine.name} the emulation \`${device.id}\` says that it computes on a ${device.kind}.`
          );
        }
      }
      return { reasons };
    }
  },
  {
    id: "K2.4",
    title: "a fact that is not known never turns yes into no",
    change: "Answer `unknown`, not `no`, where the fact that the message names is not known.",
    needs: "nothing",
    place: "caller",
    async run(context) {
      let asked = 0;
      for (const machine of await machines(context)) {
        if (machine.name.includes(" with") || ask(context, machine).eligible !== "yes") continue;
        for (const path of factPaths(machine.host)) {
          asked += 1;
          const host = deepFreeze(forget(machine.host, (one) => one === path));
          const answer = ask(context, { name: `${machine.name} without \`${path}\``, host });
          expectThat(
            answer.eligible !== "no",
            () => `On ${machine.name} it says yes, and no when \`${path}\` is not known: ${shown(answer.reasons[0]?.message)}.`
          );
        }
      }
      return { asked };
    }
  }
];

// src/cases/k3-opt-in.ts
import {
  checkBackend as checkBackend3,
  createRegistry,
  select
} from "@switchyard/core";
import { mockBackend } from "@switchyard/core/testing";
var source = { layer: "api", detail: "the conformance kit" };
var OTHERS = ["cpu", "cuda", "mps-coreml", "openvino", "wasm", "webgpu"];
function willing(backend) {
  const { manifest } = checkBackend3(backend);
  const kind = manifest.deviceKinds[0];
  const device = { id: `${manifest.id}:kit`, name: "A device of the kit", kind, software: false };
  return { ...backend, manifest: backend.manifest, predicate: () => ({ eligible: "yes", reasons: [], devices: [device] }) };
}
function decide(context, settings) {
  const { backend, host } = context;
  const other = mockBackend({
    manifest: { id: "kit-other", deviceKinds: ["cpu"], rank: -100 },
    predicate: () => ({
      eligible: "yes",
      reasons: [],
      devices: [{ id: "kit-other", name: "Another", kind: "cpu", software: false }]
    })
  });
  return select({ known: createRegistry([willing(backend), other]).known(), host, settings });
}
var OPT_IN_CASES = [
  {
    id: "K3.1",
    title: "it is selected exactly when its own `optIn` and the request allow it",
    change: "Correct `optIn`, `aliases` and `rank` of the manifest; selection does what they say.",
    needs: "nothing",
    place: "caller",
    async run(context) {
      const { id, optIn, aliases = [] } = context.backend.manifest;
      const named = { kind: "backend", backend: id, source };
      const enabled = { kind: "enable", backend: id, source };
      const disabled = { kind: "disable", backend: id, source };
      const first = { kind: "prefer", backends: [id, "kit-other"], source };
      const last = { kind: "prefer", backends: ["kit-other"], source };
      const rows = [
        ["automatic, nothing said", [], !optIn],
        ["automatic, enabled", [enabled], true],
        ["automatic, disabled", [disabled], false],
        ["automatic, enabled and disabled in a stronger place", [{ ...enabled, source: { layer: "env" } }, disabled], false],
        ["exact, named", [named], true],
        ["exact, named and disabled in the same place", [named, disabled], false],
        ["exact, another named", [{ ...named, backend: "kit-other" }], false],
        ["ordered, first", [first], true],
        ["ordered, first and disabled", [first, disabled], false],
        ["ordered, not named", [last], false],
        ...aliases.map((alias) => [`exact, named \`${alias}\``, [{ ...named, backend: alias }], true])
      ];
      for (const [what, settings, expected] of rows) {
        const report = decide(context, settings);
        const mine = report.candidates.find((candidate) => candidate.backend === id);
        const chosen = report.selected?.backend === id;
        const may = chosen || expected && settings.length < 2 && mine?.status === "passed-over";
        expectThat(
          expected ? may : !chosen,
          () => `${what}: it was ${chosen ? "" : "not "}selected, with \`optIn: ${String(optIn)}\`: ${shown(mine?.reasons[0]?.message ?? report.refusal?.message)}.`
        );
        expectThat(
          chosen || mine === void 0 || mine.reasons.length > 0,
          `${what}: the report says nothing about it.`
        );
      }
      return { requests: rows.length };
    }
  },
  {
    id: "K3.2",
    title: "no name of another backend names it",
    change: "Take the id or alias out that the message names; it belongs to another backend.",
    needs: "nothing",
    place: "caller",
    async run(context) {
      const { manifest } = checkBackend3(context.backend);
      const taken = OTHERS.filter((other) => other !== manifest.id);
      for (const alias of manifest.aliases ?? []) {
        expectThat(!taken.includes(alias), `The alias \`${alias}\` is the id of another backend.`);
        expectThat(alias !== manifest.id, `The alias \`${alias}\` is the id itself.`);
      }
      createRegistry([
        context.backend,
        ...taken.map((id) => mockBackend({ manifest: { id, package: { name: `@kit/${id}`, version: "1.0.0" } } }))
      ]);
      return { names: 1 + (manifest.aliases?.length ?? 0) };
    }
  }
];

// src/cases/k5-life-cycle.ts
import {
  ExecutionError,
  SwitchyardError,
  TensorError,
  tensorValues
} from "@switchyard/core";
var MODEL = difference("float32");
var feedsOf = (first) => ({ a: floats([2], [first, 10]), b: floats([2], [1, 4]) });
function values(results) {
  const tensor = results["difference"];
  expectThat(tensor !== void 0, `The run gave ${Object.keys(results).join(", ") || "no outputs"}, and not \`difference\`.`);
  return tensorValues(tensor);
}
async function works(session, when) {
  const found = values(await session.doRun(feedsOf(5)));
  expectThat(shown(found) === "[4,6]", `${when}, the session computes ${shown(found)}, and not [4,6].`);
}
async function refusal(what, attempt) {
  let error;
  try {
    const given = await attempt();
    if (typeof given === "object" && given !== null && Symbol.asyncDispose in given) {
      await given[Symbol.asyncDispose]();
    }
  } catch (thrown) {
    error = thrown;
    return error;
  }
  expectThat(false, `${what} was not refused.`);
  return error;
}
async function expectCode(what, codes, attempt) {
  const error = await refusal(what, attempt);
  const code = SwitchyardError.isInstance(error) ? error.code : null;
  expectThat(
    code !== null && codes.includes(code),
    () => `${what} was refused with ${code ?? shown(String(error))}, and not with ${codes.join(" or ")}.`
  );
}
async function withSession(context, use) {
  const session = await context.open(MODEL);
  try {
    await use(session);
  } finally {
    await session[Symbol.asyncDispose]();
  }
  return void 0;
}
var LIFE_CYCLE_CASES = [
  {
    id: "K5.1",
    title: "a session is released once, and then refuses everything",
    change: "Remember that the session was released: return at once the second time, and throw `session-closed` in `doRun` and `doPlacement`.",
    needs: "device",
    place: "session",
    async run(context) {
      const session = await context.open(MODEL);
      await works(session, "Right after opening");
      await session[Symbol.asyncDispose]();
      await session[Symbol.asyncDispose]();
      await expectCode("A run after the release", ["session-closed"], () => session.doRun(feedsOf(1)));
      await expectCode("`doPlacement` after the release", ["session-closed"], () => session.doPlacement());
      return void 0;
    }
  },
  {
    id: "K5.2",
    title: "a release during runs lets every one of them settle",
    change: "Wait for runs that have begun before you free what they use, and reject those that have not with `session-closed`.",
    needs: "device",
    place: "session",
    async run(context) {
      const session = await context.open(MODEL);
      const runs = Array.from({ length: 8 }, (_, index) => session.doRun(feedsOf(index)));
      const settled = Promise.allSettled(runs);
      await session[Symbol.asyncDispose]();
      let finished = 0;
      for (const [index, outcome] of (await settled).entries()) {
        if (outcome.status === "fulfilled") {
          finished += 1;
          const found = values(outcome.value);
          expectThat(shown(found) === `[${index - 1},6]`, `Run ${index} gave ${shown(found)} while the session was released.`);
          continue;
        }
        expectThat(
          ExecutionError.isInstance(outcome.reason),
          () => `Run ${index} was rejected with ${shown(String(outcome.reason))}, which is no ExecutionError.`
        );
      }
      return { finished };
    }
  },
  {
    id: "K5.3",
    title: "an aborted signal ends what has not begun, and nothing else",
    change: "Look at `signal.aborted` before the engine is called in `doOpen` and `doRun`, and throw an ExecutionError `aborted`.",
    needs: "device",
    place: "session",
    async run(context) {
      const { backend, device } = context;
      const signal = AbortSignal.abort(new Error("on purpose"));
      const source2 = { bytes: MODEL.bytes(), name: MODEL.name };
      await expectCode(
        "An opening with an aborted signal",
        ["aborted"],
        () => backend.doOpen(source2, { device, options: {}, signal })
      );
      return withSession(context, async (session) => {
        await expectCode("A run with an aborted signal", ["aborted"], () => session.doRun(feedsOf(1), { signal }));
        await works(session, "After an aborted run");
      });
    }
  },
  {
    id: "K5.4",
    title: "feeds and names that do not fit are refused before the engine sees them",
    change: "Call `checkFeeds` and `checkOutputNames` of `@switchyard/core` at the start of `doRun`.",
    needs: "device",
    place: "session",
    run: (context) => withSession(context, async (session) => {
      const { a, b } = feedsOf(5);
      const wrong = [
        ["A run without one of its inputs", "input-missing", { a }],
        ["A run with an input that the model has not", "input-unknown", { a, b, c: a }],
        ["A run with two dimensions in place of one", "input-rank", { a: floats([1, 2], [1, 2]), b }]
      ];
      for (const [what, code, feeds] of wrong) {
        const error = await refusal(what, () => session.doRun(feeds));
        expectThat(
          TensorError.isInstance(error) && error.code === code,
          () => `${what} was refused with ${SwitchyardError.isInstance(error) ? error.code : shown(String(error))}, and not with ${code}.`
        );
      }
      await expectCode(
        "An output that the model has not",
        ["output-unknown"],
        () => session.doRun({ a, b }, { outputs: ["nothing"] })
      );
      const before = shown([...a.bytes]);
      await works(session, "After runs that were refused");
      await session.doRun({ b, a });
      expectThat(shown([...a.bytes]) === before, "A run changed the bytes of its feeds.");
    })
  },
  {
    id: "K5.5",
    title: "many runs at once answer each its own caller",
    change: "Give every call its own tensors, and bind inputs by name rather than by order.",
    needs: "device",
    place: "session",
    run: (context) => withSession(context, async (session) => {
      const runs = Array.from({ length: 48 }, async (_, index) => {
        const { a, b } = feedsOf(index);
        return values(await session.doRun(index % 2 === 0 ? { a, b } : { b, a }));
      });
      for (const [index, found] of (await Promise.all(runs)).entries()) {
        expectThat(
          shown(found) === `[${index - 1},6]`,
          `Of 48 runs at once, run ${index} gave ${shown(found)}, and not [${index - 1},6].`
        );
      }
    })
  },
  {
    id: "K5.6",
    title: "a program that used it ends by itself, with status 0",
    change: "Leave no timer, socket or thread behind after the release, and free the engine in an order that lets the process exit.",
    needs: "origin-and-device",
    place: "caller",
    async run({ child }) {
      const ended = await child("work-and-end");
      expectThat(
        ended.code === 0 && ended.answer?.worked === true,
        () => `A program that opened, ran and released ${endingOf(ended)}.`
      );
      return void 0;
    }
  },
  {
    id: "K5.7",
    title: "a program that ends with runs in flight ends, with status 0",
    change: "Let runs that have begun finish, and keep nothing alive after them; do not abort the process when it exits.",
    needs: "origin-and-device",
    place: "caller",
    async run({ child }) {
      const ended = await child("end-in-flight");
      expectThat(ended.code === 0, () => `A program that released a session while runs were in flight ${endingOf(ended)}.`);
      return void 0;
    }
  }
];

// src/cases/k6-loop-delay.ts
import { createRuntime } from "@switchyard/runtime";
import { makeTensor } from "@switchyard/core";
async function watched(work) {
  let turns = 0;
  let longest = 0;
  const began = performance.now();
  let last = began;
  const timer = setInterval(() => {
    const now2 = performance.now();
    longest = Math.max(longest, now2 - last);
    last = now2;
    turns += 1;
  }, 2);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  const now = performance.now();
  return { turns, longest: Math.max(longest, now - last), took: now - began };
}
var LONG_MS = 400;
var LOOP_CASES = [
  {
    id: "K6.1",
    title: "in the isolation that it recommends, a long run leaves the loop of its caller free",
    change: "Recommend `thread` or `process` in `isolation`, or run the engine where it does not hold the calling thread.",
    needs: "origin-and-device",
    place: "caller",
    async run({ backend, host, device, probe }) {
      var _stack = [];
      try {
        const { id } = backend.manifest;
        const runtime = __using(_stack, await createRuntime({ backends: [backend], settings: [], host, cache: null, trials: "off" }), true);
        const model = { bytes: COUNTING.bytes(), name: COUNTING.name };
        const session = await runtime.open(model, { backend: id, device: device.id });
        const feeds = (count2) => ({
          count: makeTensor("int64", [], [BigInt(count2)]),
          start: floats([1], [0]),
          step: floats([1], [0])
        });
        await session.run(feeds(1));
        let count = 2e3;
        for (; ; ) {
          const { turns, longest, took } = await watched(() => session.run(feeds(count)));
          if (took < LONG_MS && count < 1e7) {
            count *= took < LONG_MS / 8 ? 8 : 2;
            continue;
          }
          expectThat(
            turns >= 5 && longest < took * 0.9,
            `While a run took ${Math.round(took)} ms in the isolation \`${session.isolation.kind}\`, the loop of the caller turned ${turns} times and stood still for ${Math.round(longest)} ms.`
          );
          return {
            isolation: session.isolation.kind,
            runMs: Math.round(took),
            longestPauseMs: Math.round(longest),
            turns,
            probed: probe?.status ?? "unknown"
          };
        }
      } catch (_) {
        var _error = _, _hasError = true;
      } finally {
        var _promise = __callDispose(_stack, _error, _hasError);
        _promise && await _promise;
      }
    }
  }
];

// src/goldens/check-golden.ts
import { ModelError, tensorValues as tensorValues2 } from "@switchyard/core";
import { compareTensors, TOLERANCES } from "@switchyard/runtime";
async function checkGolden(context, golden) {
  var _stack = [];
  try {
    const opened = await context.open(golden).catch((error) => {
      const refused = ModelError.isInstance(error) && error.code === "model-unsupported";
      if (refused && !golden.required) return null;
      throw error;
    });
    if (opened === null) return { [golden.name]: "unsupported" };
    const session = __using(_stack, opened, true);
    let worst = 0;
    for (const { feeds, expected } of golden.runs) {
      const results = await session.doRun(feeds);
      const names = Object.keys(expected).toSorted().join(", ");
      const given = Object.keys(results).toSorted().join(", ");
      expectThat(
        given === names,
        `\`${golden.name}\` gave the outputs ${given || "none"}, and has ${names}.`
      );
      for (const [name, reference] of Object.entries(expected)) {
        const result = results[name];
        const { agrees, problem } = compareTensors(name, reference, result, TOLERANCES);
        expectThat(agrees, () => `\`${golden.name}\` is wrong on \`${context.device.id}\`. ${problem ?? ""}`);
        worst = Math.max(worst, normalizedError(reference, result));
      }
    }
    return { [golden.name]: Number(worst.toPrecision(3)) };
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
function normalizedError(reference, result) {
  if (!reference.dtype.startsWith("float") && reference.dtype !== "bfloat16") return 0;
  const expected = tensorValues2(reference);
  const found = tensorValues2(result);
  let error = 0;
  let power = 0;
  for (const [index, value] of expected.entries()) {
    if (!Number.isFinite(value) || Math.abs(value) > 1e100) continue;
    error += (found[index] - value) ** 2;
    power += value ** 2;
  }
  return power === 0 ? error : error / power;
}

// src/goldens/goldens.ts
import { makeTensor as makeTensor2 } from "@switchyard/core";
var EXTREMES = {
  float32: [0, -0, 1.5, -34028234663852886e22, 1401298464324817e-60],
  float64: [0, -0, 0.1, -17976931348623157e292, 5e-324],
  float16: [0, -0, 1.5, -65504, 6103515625e-14],
  bfloat16: [0, -0, 1.5, -256, 78125e-7],
  int8: [0, 1, -128, 127],
  int16: [0, -1, -32768, 32767],
  int32: [0, -1, -2147483648, 2147483647],
  int64: [0n, -1n, -9223372036854775808n, 9223372036854775807n],
  uint8: [0, 1, 128, 255],
  uint16: [0, 1, 32768, 65535],
  uint32: [0, 1, 2147483648, 4294967295],
  uint64: [0n, 1n, 9223372036854775808n, 18446744073709551615n],
  int4: [-8, 7, 0, -1],
  uint4: [0, 15, 8, 1],
  bool: [true, false, true, true],
  string: ["", "plain", "gr\xF6\xDFer", "\u6587\u5B57"]
};
function identityGolden(dtype) {
  const values2 = EXTREMES[dtype];
  const x = makeTensor2(dtype, [values2.length], values2);
  return { ...identity(dtype), dtype, required: true, runs: [{ feeds: { x }, expected: { y: x } }] };
}
var ARITHMETIC = Object.freeze(["float32", "float64", "float16", "int32", "int64"]);
function differenceGolden(dtype) {
  const whole = dtype.startsWith("int");
  const of = (numbers) => makeTensor2(dtype, [numbers.length], dtype === "int64" ? numbers.map((one) => BigInt(one)) : numbers);
  const feeds = whole ? { a: of([7, -3, 100]), b: of([2, -5, 1]) } : { a: of([7.5, -3, 100]), b: of([2.25, -5, 0.5]) };
  const expected = { difference: whole ? of([5, 2, 99]) : of([5.25, 2, 99.5]) };
  return { ...difference(dtype), dtype, required: dtype === "float32", runs: [{ feeds, expected }] };
}
var OPERATORS = [
  {
    ...MATMUL,
    dtype: "float32",
    required: true,
    runs: [
      {
        feeds: { left: floats([2, 3], [1, 2, 3, -4, 5, 0.5]), right: floats([3, 2], [0.5, -1, 2, 4, -3, 0.25]) },
        expected: { product: floats([2, 2], [-4.5, 7.75, 6.5, 24.125]) }
      }
    ]
  },
  {
    ...SOFTMAX,
    dtype: "float32",
    required: true,
    runs: [
      {
        feeds: { x: floats([2, 3], [1, 2, 3, 1e3, 1e3, -1e3]) },
        expected: {
          y: floats([2, 3], [0.09003057317038046, 0.24472847105479767, 0.6652409557748219, 0.5, 0.5, 0])
        }
      }
    ]
  },
  {
    ...CONVOLUTION,
    dtype: "float32",
    required: true,
    runs: [
      {
        feeds: { x: floats([1, 1, 3, 4], [1, 2, 3, 4, 5, 6, 7, 8, -1, 0, 1, 0.5]) },
        expected: { y: floats([1, 2, 1, 2], [-7.5, -6, 13, 16.625]) }
      }
    ]
  },
  {
    ...PERCEPTRON,
    dtype: "float32",
    required: true,
    runs: [
      {
        feeds: { x: floats([1, 4], [1, -0.5, 0.25, 2]) },
        expected: { y: floats([1, 2], [-0.10778199218739325, -0.09016261007029128]) }
      }
    ]
  }
];
var BATCH = {
  ...PERCEPTRON,
  dtype: "float32",
  required: true,
  runs: [
    {
      feeds: { x: floats([3, 4], [1, -0.5, 0.25, 2, 0, 0, 0, 0, -3, 2, 1, -1]) },
      expected: {
        y: floats(
          [3, 2],
          [
            -0.10778199218739325,
            -0.09016261007029128,
            -0.10008817526124848,
            0.14369397817370322,
            0.12555631012228852,
            0.15728881773383052
          ]
        )
      }
    }
  ]
};
var NOT_FINITE = {
  ...difference("float32"),
  dtype: "float32",
  required: true,
  runs: [
    {
      feeds: {
        a: floats([6], [NaN, Infinity, -Infinity, 1, Infinity, 3e38]),
        b: floats([6], [1, 1, 5, NaN, Infinity, -3e38])
      },
      expected: { difference: floats([6], [NaN, Infinity, -Infinity, NaN, NaN, Infinity]) }
    }
  ]
};
var SIZES = {
  ...difference("float32"),
  dtype: "float32",
  required: true,
  runs: [1, 5, 2, 33].map((count) => {
    const numbers = Array.from({ length: count }, (_, index) => index + 1);
    const shape = [count];
    return {
      feeds: { a: floats(shape, numbers.map((one) => one * 3)), b: floats(shape, numbers) },
      expected: { difference: floats(shape, numbers.map((one) => one * 2)) }
    };
  })
};
var EMPTY = {
  ...difference("float32"),
  dtype: "float32",
  required: false,
  runs: [
    {
      feeds: { a: floats([0], []), b: floats([0], []) },
      expected: { difference: floats([0], []) }
    }
  ]
};
var CONTROL_FLOW = [
  {
    ...CHOICE,
    dtype: "float32",
    required: false,
    runs: [true, false].map((condition) => ({
      feeds: { condition: makeTensor2("bool", [], [condition]), x: floats([3], [-2, 0, 4]) },
      expected: { y: floats([3], condition ? [1, 1, 5] : [2, 0, -4]) }
    }))
  },
  {
    ...COUNTING,
    dtype: "float32",
    required: false,
    runs: [0, 3].map((count) => ({
      feeds: {
        count: makeTensor2("int64", [], [BigInt(count)]),
        start: floats([1], [1.5]),
        step: floats([1], [0.25])
      },
      expected: { result: floats([1], [1.5 + count * 0.25]) }
    }))
  }
];

// src/cases/k7-numbers.ts
async function checkAll(context, goldens) {
  const declared = goldens.filter(({ dtype }) => context.backend.manifest.dtypes.includes(dtype));
  let figures = {};
  for (const golden of declared) figures = { ...figures, ...await checkGolden(context, golden) };
  return figures;
}
var CHANGE = "Refuse what the engine computes wrong with a ModelError `model-unsupported`; until then keep the operator, or the whole device, out.";
var NUMBER_CASES = [
  {
    id: "K7.1",
    title: "a tensor of every declared element type goes through unchanged",
    change: "Take the element type out of `dtypes`, or translate its bytes both ways without loss.",
    needs: "device",
    place: "session",
    run: (context) => checkAll(context, context.backend.manifest.dtypes.map((dtype) => identityGolden(dtype)))
  },
  {
    id: "K7.2",
    title: "arithmetic is right in every declared element type, with inputs by name",
    change: `Bind inputs by name, not by position. ${CHANGE}`,
    needs: "device",
    place: "session",
    run: (context) => checkAll(context, ARITHMETIC.map((dtype) => differenceGolden(dtype)))
  },
  {
    id: "K7.3",
    title: "matrix product, convolution, softmax and dense layers are right",
    change: CHANGE,
    needs: "device",
    place: "session",
    run: (context) => checkAll(context, OPERATORS)
  },
  {
    id: "K7.4",
    title: "NaN and infinities stay what they are",
    change: "Switch off the mode of the engine that assumes finite numbers (fast math).",
    needs: "device",
    place: "session",
    run: (context) => checkAll(context, [NOT_FINITE])
  },
  {
    id: "K7.5",
    title: "rows of a batch do not depend on one another",
    change: CHANGE,
    needs: "device",
    place: "session",
    run: (context) => checkAll(context, [BATCH])
  },
  {
    id: "K7.6",
    title: "one session takes every size of a free dimension, and 0",
    change: "Compile again, or bind shapes at run time, when a free dimension changes; refuse size 0 rather than guess.",
    needs: "device",
    place: "session",
    run: (context) => checkAll(context, [SIZES, EMPTY])
  },
  {
    id: "K7.7",
    title: "`If` and `Loop` are right, or refused",
    change: "Run both branches and every number of turns right, or refuse the model with `model-unsupported`.",
    needs: "device",
    place: "session",
    run: (context) => checkAll(context, CONTROL_FLOW)
  }
];

// src/cases/k8-placement.ts
import { ModelError as ModelError2, SwitchyardError as SwitchyardError2 } from "@switchyard/core";
var onCpu = (name) => /^cpu/i.test(name);
function checkShape(placement, session) {
  const { source: source2, complete, providers, partitions } = placement;
  expectThat(source2.trim() !== "", "The placement does not say where it was read from (`source`).");
  for (const { name, nodes: nodes2, timeShare } of providers) {
    expectThat(
      nodes2 === null || Number.isSafeInteger(nodes2) && nodes2 >= 0,
      `\`${name}\` is said to have ${nodes2} nodes.`
    );
    expectThat(
      timeShare === null || timeShare >= 0 && timeShare <= 1.0001,
      `\`${name}\` is said to have the share ${timeShare} of the time.`
    );
    expectThat(
      onCpu(name) || session.executionProviders.includes(name),
      `Nodes are said to be on \`${name}\`, with which the session was not opened (${session.executionProviders.join(", ")}).`
    );
  }
  const shares = providers.map(({ timeShare }) => timeShare ?? 0).reduce((sum, share) => sum + share, 0);
  expectThat(shares <= 1.01, `The shares of the time add up to ${shares}.`);
  expectThat(partitions === null || partitions >= 0, `The graph is said to be cut into ${partitions} parts.`);
  if (!complete) return;
  const counted = providers.every(({ nodes: nodes2 }) => nodes2 !== null);
  const nodes = providers.reduce((sum, provider) => sum + (provider.nodes ?? 0), 0);
  expectThat(
    counted && nodes > 0,
    `The placement is said to be complete, and accounts for ${counted ? nodes : "an unknown number of"} nodes: ${shown(providers)}.`
  );
}
function figuresOf({ complete, providers }) {
  const nodes = providers.map(({ name, nodes: count }) => `${name} ${count ?? "?"}`).join(", ");
  return { complete: String(complete), nodes: nodes === "" ? "none" : nodes };
}
var PLACEMENT_CASES = [
  {
    id: "K8.1",
    title: "a session says on which device it is, as the engine reports it",
    change: "Read the device back from the engine after opening; refuse a session on any other than the one that was asked for.",
    needs: "device",
    place: "session",
    async run(context) {
      var _stack = [];
      try {
        const { device } = context;
        const session = __using(_stack, await context.open(difference("float32")), true);
        const found = session.device;
        expectThat(
          found.id === device.id,
          `\`${device.id}\` was asked for, and the session says that it is on \`${found.id}\`.`
        );
        expectThat(
          found.kind === device.kind && (found.software === device.software || device.software === "unknown"),
          `The probe called \`${device.id}\` ${device.kind}, software ${device.software}; the session calls it ${found.kind}, software ${found.software}.`
        );
        expectThat(session.executionProviders.length > 0, "The session names no execution provider.");
        const names = [...session.inputs, ...session.outputs].map(({ name }) => name).toSorted();
        expectThat(shown(names) === shown(["a", "b", "difference"]), `The session says that its inputs and outputs are ${shown(names)}.`);
        return { device: found.name, software: String(found.software), kind: found.kind };
      } catch (_) {
        var _error = _, _hasError = true;
      } finally {
        var _promise = __callDispose(_stack, _error, _hasError);
        _promise && await _promise;
      }
    }
  },
  {
    id: "K8.2",
    title: "the placement accounts for nodes that exist, on providers that were asked for",
    change: "Report only what the engine tells: `complete: false` and `nodes: null` where it does not.",
    needs: "device",
    place: "session",
    async run(context) {
      var _stack = [];
      try {
        const session = __using(_stack, await context.open(LARGE_PERCEPTRON), true);
        const feeds = { x: floats([2, 64], Array.from({ length: 128 }, (_2, index) => index / 128)) };
        const cold = await session.doPlacement();
        checkShape(cold, session);
        const measured = await session.doPlacement({ feeds });
        checkShape(measured, session);
        await session.doRun(feeds);
        return figuresOf(measured.complete ? measured : cold);
      } catch (_) {
        var _error = _, _hasError = true;
      } finally {
        var _promise = __callDispose(_stack, _error, _hasError);
        _promise && await _promise;
      }
    }
  },
  {
    id: "K8.3",
    title: "an operator that no engine has is refused, strict or not",
    change: "Reject with a ModelError when the engine does not know an operator; never leave a node out.",
    needs: "device",
    place: "session",
    async run(context) {
      for (const strict of [false, true]) {
        const how = strict ? "in strict mode" : "without strict mode";
        let problem = null;
        try {
          var _stack = [];
          try {
            const _session = __using(_stack, await context.open(UNKNOWN_OPERATOR, { strict }), true);
            problem = `A model with an operator that does not exist was opened ${how}.`;
          } catch (_) {
            var _error = _, _hasError = true;
          } finally {
            var _promise = __callDispose(_stack, _error, _hasError);
            _promise && await _promise;
          }
        } catch (error) {
          if (!ModelError2.isInstance(error)) {
            const code = SwitchyardError2.isInstance(error) ? error.code : String(error);
            problem = `A model with an operator that does not exist was refused ${how} with ${shown(code)}, which is no ModelError.`;
          }
        }
        if (problem !== null) throw new ConformanceFailure(problem);
      }
      return void 0;
    }
  },
  {
    id: "K8.4",
    title: "in strict mode every node is on the device, or the model is refused",
    change: "Refuse a strict opening when a node would run elsewhere, and say in the placement where nodes are.",
    needs: "device",
    place: "session",
    run: (context) => checkStrict(context)
  }
];
async function checkStrict(context) {
  let session;
  try {
    session = await context.open(MIXED, { strict: true });
  } catch (error) {
    expectThat(
      SwitchyardError2.isInstance(error),
      () => `A strict opening was refused with ${shown(String(error))}, which has no code.`
    );
    return { strict: `refused, ${error.code}` };
  }
  try {
    const placement = await session.doPlacement({ feeds: { x: floats([4], [1, 2, 2, 1]) } });
    checkShape(placement, session);
    const own = session.executionProviders.every((name) => onCpu(name));
    const elsewhere = own ? [] : placement.providers.filter(({ name, nodes }) => onCpu(name) && nodes !== 0);
    expectThat(
      elsewhere.length === 0,
      `In strict mode on \`${context.device.id}\`, ${elsewhere[0]?.nodes ?? "some"} nodes are on \`${elsewhere[0]?.name ?? ""}\`.`
    );
    return { strict: "opened", ...figuresOf(placement) };
  } finally {
    await session[Symbol.asyncDispose]();
  }
}

// src/cases/cases.ts
var CONFORMANCE_CASES = Object.freeze([
  ...MANIFEST_CASES,
  ...PREDICATE_CASES,
  ...OPT_IN_CASES,
  ...PROBE_CASES,
  ...LIFE_CYCLE_CASES,
  ...LOOP_CASES,
  ...NUMBER_CASES,
  ...PLACEMENT_CASES,
  ...OPTION_CASES,
  ...LEAK_CASES,
  ...SIDE_EFFECT_CASES,
  ...REMEMBERING_CASES,
  ...TWICE_CASES
]);

// src/child/run-session-case.ts
function caseOf(id) {
  const found = CONFORMANCE_CASES.find((one) => one.id === id);
  if (found === void 0) throw new TypeError(`The conformance kit has no case \`${id}\`.`);
  return found;
}
async function settleCase(one, context) {
  try {
    return { case: one.id, failure: null, figures: await one.run(context) ?? {} };
  } catch (error) {
    const failure = error instanceof ConformanceFailure ? error.message : `It threw ${error instanceof Error ? error.name : "something"}: ${errorText(error)}`;
    return { case: one.id, failure, figures: {} };
  }
}
var made = /* @__PURE__ */ new Map();
async function runSessionCase(request, id) {
  let context = made.get(request);
  if (context === void 0) {
    context = contextOf(request);
    made.set(request, context);
  }
  return settleCase(caseOf(id), await context);
}
async function contextOf(request) {
  const { host, settings, probe } = request;
  const backend = await makeAgain(request.origin);
  const device = deviceOf(request);
  return {
    backend,
    host,
    settings,
    probe,
    device,
    create: () => backend,
    open: (model, context) => openModel({ backend, device }, model, context),
    child: (mode, more = {}) => startChild({ ...request, mode, more }).end()
  };
}

export {
  CONFORMANCE_CASES,
  caseOf,
  settleCase,
  runSessionCase
};
//# sourceMappingURL=chunk-YQYXCHMA.js.map
import {
  difference
} from "./chunk-RELHHSQE.js";

// src/child/start-child.ts
import { spawn } from "child_process";
import { existsSync } from "fs";
import { createInterface } from "readline";
import { fileURLToPath } from "url";
var LIMIT_MS = 24e4;
var TAIL = 4096;
function startChild(request, options = {}) {
  const { environment = process.env, cwd = process.cwd(), nodeFlags = [], limitMs = LIMIT_MS } = options;
  const child = spawn(
    process.execPath,
    [...moduleFlags(process.execArgv), ...nodeFlags, "--disable-warning=ExperimentalWarning", programOf("child-entry")],
    { cwd, env: environment, stdio: ["pipe", "pipe", "pipe", "pipe"], windowsHide: true }
  );
  let stdout = "";
  let stderr = "";
  let timedOut = false;
  child.stdout?.setEncoding("utf8").on("data", (text) => stdout = (stdout + text).slice(-TAIL));
  child.stderr?.setEncoding("utf8").on("data", (text) => stderr = (stderr + text).slice(-TAIL));
  const answers = [];
  const waiting = [];
  const lines = createInterface({ input: child.stdio[3] });
  let closed = false;
  lines.on("line", (line) => {
    const next = waiting.shift();
    if (next === void 0) answers.push(line);
    else next(line);
  });
  lines.once("close", () => {
    closed = true;
    for (const next of waiting.splice(0)) next(null);
  });
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill("SIGKILL");
  }, limitMs);
  const ended = new Promise((resolve) => {
    child.once("error", (error) => {
      stderr += String(error);
      resolve();
    });
    child.once("close", () => resolve());
  }).finally(() => clearTimeout(timer));
  const input = child.stdin;
  input.on("error", () => void 0);
  input.write(`${JSON.stringify(request)}
`);
  const nextLine = () => {
    const line = answers.shift();
    if (line !== void 0) return Promise.resolve(line);
    return closed ? Promise.resolve(null) : new Promise((resolve) => waiting.push(resolve));
  };
  return {
    send: (line) => input.write(`${JSON.stringify(line)}
`),
    next: async () => parsed(await nextLine()),
    end: async () => {
      input.end();
      await ended;
      const rest = answers.shift() ?? null;
      return { answer: parsed(rest), code: child.exitCode, signal: child.signalCode, stdout, stderr, timedOut };
    }
  };
}
function endingOf({ code, signal, timedOut, stderr }) {
  const lines = stderr.trim().split("\n");
  const error = lines.findLast((line) => /^\w*Error\b|: /.test(line) && !/^\s+at |^Node\.js /.test(line));
  const words = (error ?? lines.slice(-3).join(" ")).trim().slice(0, 300);
  const said = words === "" ? "" : `; its last words were: ${words}`;
  if (timedOut) return `did not end in time and was killed${said}`;
  return signal === null ? `ended with status ${code}${said}` : `was ended by ${signal}${said}`;
}
function programOf(name) {
  if (import.meta.url.endsWith(".ts")) return fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const places = [`./child/${name}.js`, `./${name}.js`].map((place) => new URL(place, import.meta.url));
  const found = places.find((place) => existsSync(place));
  if (found === void 0) throw new TypeError(`\`${name}.js\` is not beside ${import.meta.url}.`);
  return fileURLToPath(found);
}
function parsed(line) {
  return line === null ? null : JSON.parse(line);
}
function moduleFlags(flags) {
  return flags.flatMap((flag, index) => {
    if (/^(?:--conditions|--import|-C|--experimental-strip-types)=?/.test(flag) === false) return [];
    const next = flags[index + 1];
    return flag.includes("=") || next === void 0 || flag === "--experimental-strip-types" ? [flag] : [flag, next];
  });
}

// src/conformance-failure.ts
var ConformanceFailure = class extends Error {
  name = "ConformanceFailure";
};
function expectThat(holds, found) {
  if (!holds) throw new ConformanceFailure(typeof found === "string" ? found : found());
}
function shown(value) {
  const text = JSON.stringify(
    value,
    (_key, member) => typeof member === "bigint" ? `${member}n` : member
  );
  const line = text ?? String(value);
  return line.length > 300 ? `${line.slice(0, 300)}\u2026` : line;
}

// src/cases/k9-options.ts
import {
  checkOptions,
  SettingsError,
  SwitchyardError
} from "@switchyard/core";
function valuesOf(name, spec) {
  switch (spec.type) {
    case "boolean":
      return [{ [name]: false }, { [name]: true }];
    case "enum":
      return spec.values.map((value) => ({ [name]: value }));
    case "integer":
    case "number": {
      const numbers = [spec.minimum ?? spec.default ?? 1, ...spec.default === void 0 ? [] : [spec.default]];
      return [...new Set(numbers)].map((value) => ({ [name]: value }));
    }
    case "string":
      return spec.default === void 0 ? [] : [{ [name]: spec.default }];
  }
}
function wrongFor(spec) {
  const outside = spec.type === "integer" || spec.type === "number" ? [
    "many",
    Number.NaN,
    ...spec.minimum === void 0 ? [] : [spec.minimum - 1],
    ...spec.maximum === void 0 ? [] : [spec.maximum + 1]
  ] : spec.type === "enum" ? ["none-of-these", 1] : spec.type === "boolean" ? ["true", 1] : [1, true];
  return [...outside, null, {}, []];
}
async function openWith({ backend, device }, options) {
  const model = difference("float32");
  try {
    const session = await backend.doOpen({ bytes: model.bytes(), name: model.name }, { device, options });
    await session[Symbol.asyncDispose]();
    return null;
  } catch (error) {
    return { code: SwitchyardError.isInstance(error) ? error.code : null, message: String(error) };
  }
}
var OPTION_CASES = [
  {
    id: "K9.1",
    title: "the option schema is closed, and its defaults are values of its own",
    change: "Correct the option that the message names in `manifest.options`.",
    needs: "nothing",
    place: "caller",
    async run({ backend, settings }) {
      const { options: schema } = backend.manifest;
      const subject = `backend \`${backend.manifest.id}\``;
      const refused = (values) => {
        try {
          checkOptions(schema, values, subject);
          return false;
        } catch (error) {
          return SettingsError.isInstance(error);
        }
      };
      for (const [name, spec] of Object.entries(schema)) {
        expectThat(/[.!?]$/.test(spec.description.trim()), `The description of \`${name}\` is no sentence: ${shown(spec.description)}.`);
        if (spec.type === "enum") {
          expectThat(
            spec.values.length > 0 && new Set(spec.values).size === spec.values.length,
            `The values of \`${name}\` are none, or one is there twice.`
          );
        }
        if (spec.default !== void 0) {
          expectThat(!refused({ [name]: spec.default }), `The default ${shown(spec.default)} of \`${name}\` is no value of it.`);
        }
        for (const wrong of wrongFor(spec)) {
          expectThat(refused({ [name]: wrong }), `\`${name}\` takes ${shown(wrong)}.`);
        }
        for (const values of [...valuesOf(name, spec), ...settings.optionSets?.[name] ?? []]) {
          expectThat(!refused(values), `\`${name}\` does not take ${shown(values)}.`);
        }
      }
      expectThat(refused({ "option-that-does-not-exist": 1 }), "An option that does not exist is taken.");
      return { options: Object.keys(schema).length };
    }
  },
  {
    id: "K9.2",
    title: "every value of every option opens a session, or is refused by name",
    change: "Hand the value that the message names to the engine, or refuse it with `invalid-value` and the name of the option; take out what the engine ignores.",
    needs: "device",
    place: "session",
    async run(context) {
      const { backend, settings } = context;
      let opened = 0;
      let refused = 0;
      for (const [name, spec] of Object.entries(backend.manifest.options)) {
        const named = settings.optionSets?.[name];
        for (const values of named ?? valuesOf(name, spec)) {
          let problem = await openWith(context, values);
          if (problem !== null && backend.origin !== void 0) {
            const ended = await context.child("option-set", { values });
            expectThat(ended.code === 0 && ended.answer !== null, () => `A process that opened a session with ${shown(values)} ${endingOf(ended)}.`);
            problem = ended.answer.problem;
          }
          if (problem === null) {
            opened += 1;
            continue;
          }
          const byName = problem.code === "invalid-value" && problem.message.includes(name);
          expectThat(
            byName && named === void 0,
            () => `${shown(values)} was refused${byName ? ", and the author says that it is taken" : " without `invalid-value` and its name"}: ${shown(problem.message)}.`
          );
          refused += 1;
        }
      }
      return { opened, refused };
    }
  }
];

export {
  startChild,
  endingOf,
  programOf,
  ConformanceFailure,
  expectThat,
  shown,
  openWith,
  OPTION_CASES
};
//# sourceMappingURL=chunk-2W2LR6AV.js.map